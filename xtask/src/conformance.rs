use std::io;
use std::process::{Command, ExitCode};

use crate::job::Report;
use crate::process::{cargo, cargo_path, succeeds};
use crate::workspace::Workspace;

/// Builds and runs the conformance runner, its arguments and its exit code passed through.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    if !succeeds(Command::new(cargo_path()).args(BUILD))? {
        return Ok(ExitCode::FAILURE);
    }
    let status = Command::new(cargo_path()).args(RUN).args(args).status()?;
    // No code means that a signal ended it.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

/// Runs the project's own cases.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let ended = succeeds(&mut cargo(workspace, BUILD))? && succeeds(&mut cargo(workspace, RUN))?;
    Ok(Report::of_success(
        ended,
        "every case ended as it must or is a known gap",
        "a case ended otherwise than it must, or a gap is stale",
    ))
}

const BUILD: &[&str] = &["build", "--locked", "--package", "xtask-conformance"];

const RUN: &[&str] = &["run", "--quiet", "--locked", "--package", "xtask-conformance", "--"];
