use std::io;
use std::process::{Command, ExitCode};

use crate::job::Report;
use crate::process::{cargo, cargo_path, succeeds};
use crate::workspace::Workspace;

/// Measures, or with `--smoke` runs each bench once to see that it works.
///
/// `--peers` does so with readmit and the crates that do the same, side by side.
/// Whatever else stands there is criterion's, or theirs, such as a part of a bench's name.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    let (ours, rest): (Vec<_>, Vec<_>) =
        args.iter().partition(|word| ["--peers", "--smoke"].contains(&word.as_str()));
    let given = |word: &str| ours.iter().any(|given| *given == word);
    let words = match (given("--peers"), given("--smoke")) {
        (false, false) => MEASURE,
        (false, true) => SMOKE,
        (true, false) => MEASURE_PEERS,
        (true, true) => SMOKE_PEERS,
    };
    let measured = succeeds(Command::new(cargo_path()).args(words).args(rest))?;
    Ok(if measured { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let ran =
        succeeds(&mut cargo(workspace, SMOKE))? && succeeds(&mut cargo(workspace, SMOKE_PEERS))?;
    Ok(Report::of_success(ran, "each bench ran once, nothing was measured", "a bench went wrong"))
}

const MEASURE: &[&str] = &["bench", "--locked", "--package", "xtask-bench", "--"];

/// In the profile of the tests, for what they built is built.
const SMOKE: &[&str] =
    &["bench", "--locked", "--profile", "dev", "--package", "xtask-bench", "--", "--test"];

const MEASURE_PEERS: &[&str] = &["run", "--locked", "--release", "--package", "xtask-peers", "--"];

const SMOKE_PEERS: &[&str] = &["run", "--locked", "--package", "xtask-peers", "--", "--smoke"];
