use std::io;

use crate::job::Report;
use crate::process::{cargo, is_there, succeeds, succeeds_unwarned};
use crate::workspace::{Package, Workspace};

/// Checks each library without features, with the default ones and with all; with `cargo hack`
/// installed, every combination.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let hack = is_there(&mut cargo(workspace, &["hack", "--version"]));
    let mut failed = Vec::new();
    let mut checked = 0_usize;
    for package in workspace.libraries() {
        for flags in flag_sets(package) {
            let mut check = cargo(workspace, CHECK);
            checked += 1;
            if !succeeds_unwarned(check.args(["--package", &package.name]).args(*flags))? {
                failed.push([&[package.name.as_str()], *flags].concat().join(" "));
            }
        }
        if hack && !powerset_succeeds(workspace, package)? {
            failed.push(format!("{} in some combination of features", package.name));
        }
    }
    let how = if hack { ", and every combination" } else { "; combinations need cargo-hack" };
    Ok(Report::passed(format!("{checked} checks{how}")).or_failed_for(&failed))
}

fn flag_sets(package: &Package) -> &'static [&'static [&'static str]] {
    if package.default_features {
        &[&["--no-default-features"], &[], &["--all-features"]]
    } else {
        &[&["--no-default-features"], &["--all-features"]]
    }
}

fn powerset_succeeds(workspace: &Workspace, package: &Package) -> io::Result<bool> {
    let mut hack = cargo(workspace, &["hack", "check", "--feature-powerset", "--locked"]);
    succeeds(hack.args(["--package", &package.name]))
}

/// With tests and examples: they have to do without a feature as well.
const CHECK: &[&str] = &["check", "--locked", "--all-targets"];
