use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::job::Report;
use crate::process::{cargo, is_there, succeeds};
use crate::workspace::Workspace;

/// Runs the client against an OpenID provider that nobody here wrote, where Node is installed.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    if !is_there(Command::new("node").args(["--eval", IS_NEW_ENOUGH])) {
        return Ok(Report::skipped("no node to run the provider with, or one before 20"));
    }
    if !is_there(Command::new("npm").arg("--version")) {
        return Ok(Report::skipped("no npm to install the provider with"));
    }
    let folder = workspace.target.join("interop");
    if !install(&workspace.root.join(PROVIDER), &folder)? {
        return Ok(Report::skipped("the provider could not be installed: npm says why"));
    }
    if !succeeds(&mut cargo(workspace, &["build", "--locked", "--package", PACKAGE]))? {
        return Ok(Report::failed("it does not build"));
    }
    let mut run = cargo(workspace, &["run", "--quiet", "--locked", "--package", PACKAGE, "--"]);
    Ok(Report::of_success(
        succeeds(run.arg(&folder))?,
        "every session went on, or ended, as it must",
        "a check went wrong",
    ))
}

/// Installs the provider as its lock file has it, outside of the sources.
fn install(from: &Path, to: &Path) -> io::Result<bool> {
    fs::create_dir_all(to)?;
    for file in ["package.json", "package-lock.json", "server.mjs"] {
        fs::copy(from.join(file), to.join(file))?;
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(to);
    succeeds(&mut install)
}

/// The provider is written for 22, and found to run on 20.
const IS_NEW_ENOUGH: &str = "process.exit(process.versions.node.split('.')[0] < 20 ? 1 : 0)";

const PROVIDER: &str = "xtask/interop/provider";

const PACKAGE: &str = "xtask-interop";
