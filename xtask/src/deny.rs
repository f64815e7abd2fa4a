use std::io;

use crate::job::Report;
use crate::process::{cargo, is_there, succeeds};
use crate::workspace::Workspace;

/// Checks licences, advisories and bans, where cargo-deny is installed.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    if !is_there(&mut cargo(workspace, &["deny", "--version"])) {
        return Ok(Report::skipped("no cargo-deny: cargo install --locked cargo-deny"));
    }
    let mut check = cargo(workspace, &["deny", "--config", ".cargo/deny.toml", "check"]);
    Ok(Report::of_success(
        succeeds(&mut check)?,
        "licences and advisories",
        "a dependency is not welcome",
    ))
}
