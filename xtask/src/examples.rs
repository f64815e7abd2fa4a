use std::io;

use crate::job::Report;
use crate::print;
use crate::process::{cargo, succeeds};
use crate::workspace::Workspace;

/// Builds all examples, then runs each; an example that needs an argument or a server of its own
/// does not belong among them.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let mut build = cargo(workspace, &["build", "--workspace", "--examples", "--all-features"]);
    if !succeeds(build.arg("--locked"))? {
        return Ok(Report::failed("an example does not build"));
    }
    let mut failed = Vec::new();
    let mut ran = 0_usize;
    for package in &workspace.packages {
        for example in &package.examples {
            print::line(io::stdout(), format_args!("--> {} of {}", example, package.name));
            let mut run = cargo(workspace, &["run", "--quiet", "--all-features", "--locked"]);
            run.args(["--package", &package.name, "--example", example]);
            ran += 1;
            if !succeeds(&mut run)? {
                failed.push(format!("{example} of {} failed", package.name));
            }
        }
    }
    if ran == 0 {
        return Ok(Report::skipped("no crate has an example"));
    }
    Ok(Report::passed(format!("{ran} ran")).or_failed_for(&failed))
}
