use std::io;
use std::path::Path;

use crate::job::Report;
use crate::links;
use crate::print;
use crate::process::{cargo, succeeds};
use crate::workspace::Workspace;

/// Builds the API documentation, warnings refused, and follows the links of the Markdown files.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let mut rustdoc = cargo(workspace, &["doc", "--workspace", "--no-deps", "--all-features"]);
    rustdoc.arg("--locked").env("RUSTDOCFLAGS", "-D warnings");
    let mut failed = Vec::new();
    if !succeeds(&mut rustdoc)? {
        failed.push("rustdoc has something to say".to_owned());
    }
    let files = workspace.files(Path::new(""), ".md")?;
    let mut broken = 0_usize;
    for file in &files {
        for finding in links::check(&workspace.root, file, &workspace.read(file)?) {
            print::line(io::stdout(), finding);
            broken += 1;
        }
    }
    if 0 < broken {
        failed.push(format!("{broken} links lead nowhere"));
    }
    let note = format!("rustdoc, and the links of {} Markdown files", files.len());
    Ok(Report::passed(note).or_failed_for(&failed))
}
