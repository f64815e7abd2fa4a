use std::io;

use crate::job::{Report, Tally};
use crate::process::{cargo, count_tests};
use crate::source::Source;
use crate::workspace::{Package, Workspace};

/// Runs the `loom_tests` of each crate that has them, in a target folder of their own: `--cfg loom`
/// is for every crate of the build.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let mut tally = Tally::default();
    let mut failed = Vec::new();
    let mut crates = 0_usize;
    for package in workspace.libraries() {
        if !has_loom_tests(workspace, package)? {
            continue;
        }
        crates += 1;
        let mut tests = cargo(workspace, &["test", "--locked", "--lib", "--release", "--package"]);
        tests.args([package.name.as_str(), "loom"]);
        tests.env("RUSTFLAGS", "--cfg loom").env("CARGO_TARGET_DIR", workspace.target.join("loom"));
        // Optimised, because loom runs each test thousands of times; the rest of the release
        // profile costs more than it saves here.
        tests.env("CARGO_PROFILE_RELEASE_LTO", "off");
        tests.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        let (succeeded, ran) = count_tests(&mut tests)?;
        tally.add(ran);
        if !succeeded || !ran.ran() {
            failed.push(format!("{} in {}", ran, package.name));
        }
    }
    if crates == 0 {
        return Ok(Report::skipped("no crate has a module `loom_tests`"));
    }
    Ok(Report::tested(true, tally).or_failed_for(&failed))
}

fn has_loom_tests(workspace: &Workspace, package: &Package) -> io::Result<bool> {
    for file in workspace.files(&package.folder.join("src"), ".rs")? {
        if Source::new(&file, &workspace.read(&file)?).has_module("loom_tests") {
            return Ok(true);
        }
    }
    Ok(false)
}
