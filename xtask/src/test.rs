use std::io;

use crate::job::Report;
use crate::process::{cargo, count_tests};
use crate::workspace::Workspace;

/// Runs all tests, the doc tests included, and goes on after the first failure.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let mut tests = cargo(workspace, &["test", "--workspace", "--all-features", "--locked"]);
    let (succeeded, tally) = count_tests(tests.arg("--no-fail-fast"))?;
    Ok(Report::tested(succeeded, tally))
}
