use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::job::Report;
use crate::process::{cargo, succeeds};
use crate::tidy::runs_without_io;
use crate::workspace::Workspace;

/// Checks that the words and the machines build where there is no operating system.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    if !is_installed()? {
        return Ok(Report::skipped(format!("no target {TARGET}: rustup target add {TARGET}")));
    }
    let mut check = cargo(workspace, &["check", "--locked", "--no-default-features"]);
    check.args(["--target", TARGET]);
    let mut count = 0_usize;
    for package in workspace.libraries().filter(|package| runs_without_io(&package.name)) {
        check.args(["--package", &package.name]);
        count += 1;
    }
    if count == 0 {
        return Ok(Report::failed("there is no crate of layers 0 and 1"));
    }
    Ok(Report::of_success(
        succeeds(&mut check)?,
        &format!("{count} crates"),
        "a machine needs an operating system",
    ))
}

/// Asks the compiler where the target's standard library would be, and looks.
fn is_installed() -> io::Result<bool> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--print", "target-libdir", "--target", TARGET])
        .stdin(Stdio::null())
        .output()?;
    let folder = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success() && Path::new(folder.trim()).is_dir())
}

const TARGET: &str = "wasm32-unknown-unknown";
