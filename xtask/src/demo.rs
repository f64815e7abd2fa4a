use std::io::{self, Write};
use std::process::{Command, ExitCode};

use crate::job::Report;
use crate::print;
use crate::process::{cargo, cargo_path, succeeds};
use crate::workspace::Workspace;

/// Builds and runs the demo, its arguments and its exit code passed through.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    // With `--json` the standard output is for machines.
    if args.iter().any(|word| word == "--json") {
        announce(io::stderr());
    } else {
        announce(io::stdout());
    }
    if !succeeds(Command::new(cargo_path()).args(BUILD))? {
        return Ok(ExitCode::FAILURE);
    }
    let status = Command::new(cargo_path()).args(RUN).args(args).status()?;
    // No code means that a signal ended it.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    announce(io::stdout());
    let ended = succeeds(&mut cargo(workspace, BUILD))? && succeeds(&mut cargo(workspace, RUN))?;
    Ok(Report::of_success(ended, "every scenario ended as it must", "a scenario went wrong"))
}

/// Says what comes before the compiler has said anything, for the first build takes a while.
fn announce(out: impl Write) {
    let told = format!(
        "demo: building the readmit client, an API that misbehaves on purpose, and the demo that \
         sets one on the other ({PROFILE} profile)"
    );
    print::line(out, told);
}

/// The profile of `cargo xtask test`, so that one build serves both.
const PROFILE: &str = "dev";

const BUILD: &[&str] = &["build", "--locked", "--profile", PROFILE, "--package", "xtask-demo"];

const RUN: &[&str] =
    &["run", "--quiet", "--locked", "--profile", PROFILE, "--package", "xtask-demo", "--"];
