use std::fs;
use std::io;

use super::{Release, judged};
use crate::job::Report;
use crate::process::{cargo, told};
use crate::tidy::Finding;
use crate::workspace::{Package, Workspace};

/// Checks that each package holds what it must and nothing that is no part of it, and that its
/// licences are those of the project.
pub(super) fn check(release: &Release) -> io::Result<Report> {
    let workspace = &release.workspace;
    let mut findings = Vec::new();
    let (mut packages, mut files) = (0_usize, 0_usize);
    for package in workspace.published() {
        packages += 1;
        let list = ["package", "--list", "--allow-dirty", "--package", &package.name];
        let Some(list) = told(&mut cargo(workspace, &list))? else {
            findings.push(Finding::error(&package.manifest(), 1, "cargo lists no package of it"));
            continue;
        };
        files += list.lines().count();
        findings.extend(faults(package, &list));
        for licence in LICENCES {
            findings.extend(licence_fault(workspace, package, licence)?);
        }
    }
    Ok(judged(&findings, format!("{files} files in {packages} packages, the licences in each")))
}

fn faults(package: &Package, list: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Windows names them otherwise.
    let files: Vec<_> = list.lines().map(|line| line.trim().replace('\\', "/")).collect();
    for wanted in WANTED {
        if !files.iter().any(|file| file == wanted) {
            let what =
                format!("the package lacks {wanted}: put it into {}", package.folder.display());
            findings.push(Finding::error(&package.manifest(), 1, what));
        }
    }
    for file in &files {
        let is_known = WANTED.contains(&file.as_str())
            || MADE.contains(&file.as_str())
            || FOLDERS.iter().any(|folder| file.starts_with(folder)) && !file.contains("/.");
        if !is_known {
            let what = format!(
                "the package has {file}: put it away, or leave it out of `include` in Cargo.toml"
            );
            findings.push(Finding::error(&package.manifest(), 1, what));
        }
    }
    findings
}

fn licence_fault(
    workspace: &Workspace,
    package: &Package,
    licence: &str,
) -> io::Result<Option<Finding>> {
    let ours = fs::read(workspace.root.join(licence))?;
    let path = package.folder.join(licence);
    // One that is missing is told by the list of files.
    let differs = fs::read(workspace.root.join(&path)).is_ok_and(|its| its != ours);
    let what = format!("is not the {licence} of the project: link to that");
    Ok(differs.then(|| Finding::error(&path, 1, what)))
}

const LICENCES: &[&str] = &["LICENSE-APACHE", "LICENSE-MIT"];

const WANTED: &[&str] = &["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// What cargo adds.
const MADE: &[&str] = &[".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];

/// The folders of `include` in the root manifest.
const FOLDERS: &[&str] = &["dialects/", "examples/", "lang/", "src/", "tests/"];

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = ".cargo_vcs_info.json\nCargo.lock\nCargo.toml\nCargo.toml.orig\n\
                        LICENSE-APACHE\nLICENSE-MIT\nREADME.md\nsrc/lib.rs\ntests/model/main.rs\n";

    #[test]
    fn a_package_with_its_sources_its_readme_and_both_licences_is_fine() {
        assert!(faults(&Package::sample("a"), GOOD).is_empty());
    }

    #[test]
    fn what_is_missing_or_does_not_belong_is_named() {
        let list = GOOD.replace("LICENSE-MIT\n", "").replace("src/lib.rs", "src/.env\nsrc/lib.rs");

        let whats: Vec<_> =
            faults(&Package::sample("a"), &list).into_iter().map(|finding| finding.what).collect();

        assert_eq!(whats.len(), 2, "{whats:?}");
        assert!(whats[0].contains("lacks LICENSE-MIT") && whats[1].contains("has src/.env"));
    }
}
