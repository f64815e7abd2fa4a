use std::io;

use crate::job::Report;
use crate::process::{cargo, is_there, succeeds};
use crate::workspace::Workspace;

pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    if !is_there(&mut cargo(workspace, &["fmt", "--version"])) {
        return Ok(Report::skipped("rustfmt is missing: rustup component add rustfmt"));
    }
    let formatted = succeeds(&mut cargo(workspace, &["fmt", "--all", "--check"]))?;
    Ok(Report::of_success(formatted, "formatted", "not formatted: cargo fmt --all"))
}
