use std::io;
use std::process::{Command, ExitCode};

use crate::job::Report;
use crate::process::{cargo, cargo_path, succeeds};
use crate::workspace::Workspace;

/// Measures, or with `--smoke` runs each bench once to see that it works.
///
/// Whatever else stands there is criterion's, such as a part of a bench's name.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    let (smoke, rest): (Vec<_>, Vec<_>) = args.iter().partition(|word| *word == "--smoke");
    let words = if smoke.is_empty() { MEASURE } else { SMOKE };
    let measured = succeeds(Command::new(cargo_path()).args(words).args(rest))?;
    Ok(if measured { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let ran = succeeds(&mut cargo(workspace, SMOKE))?;
    Ok(Report::of_success(ran, "each bench ran once, nothing was measured", "a bench went wrong"))
}

const MEASURE: &[&str] = &["bench", "--locked", "--package", "xtask-bench", "--"];

/// In the profile of the tests, for what they built is built.
const SMOKE: &[&str] =
    &["bench", "--locked", "--profile", "dev", "--package", "xtask-bench", "--", "--test"];
