use std::io;

use crate::job::Report;
use crate::process::{cargo, is_there, succeeds};
use crate::workspace::Workspace;

pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    if !is_there(&mut cargo(workspace, &["clippy", "--version"])) {
        return Ok(Report::skipped("clippy is missing: rustup component add clippy"));
    }
    let mut clippy = cargo(workspace, &["clippy", "--workspace", "--all-targets"]);
    clippy.args(["--all-features", "--locked", "--", "-D", "warnings"]);
    let clean = succeeds(&mut clippy)?;
    Ok(Report::of_success(clean, "no warning", "clippy has something to say"))
}
