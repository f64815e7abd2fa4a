use std::io;
use std::process::Command;

use crate::job::Report;
use crate::process::{is_there, succeeds};
use crate::workspace::Workspace;

/// Checks the rules for Prometheus and runs their unit tests, where promtool is installed.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let promtool = || {
        let mut promtool = Command::new("promtool");
        promtool.current_dir(workspace.root.join(FOLDER));
        promtool
    };
    if !is_there(promtool().arg("--version")) {
        return Ok(Report::skipped("no promtool: it comes with Prometheus"));
    }
    let checked = succeeds(promtool().args(["check", "rules", RULES]))?;
    let tested = succeeds(promtool().args(["test", "rules", TESTS]))?;
    Ok(Report::of_success(checked && tested, "they fire as they should", "promtool says why"))
}

const FOLDER: &str = "docs/observability";
const RULES: &str = "readmit.rules.yml";
const TESTS: &str = "readmit.rules.test.yml";
