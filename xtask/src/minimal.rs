use std::fs;
use std::io;
use std::path::Path;

use crate::job::Report;
use crate::process::{cargo, succeeds};
use crate::workspace::Workspace;

/// Checks that the published crates build with the oldest versions that they say they work with,
/// in a copy of the workspace without its tools, whose dependencies are nobody else's.
///
/// The versions are those of the dependencies that a manifest names; what these need in turn is as
/// new as they want, for others do not keep their bounds.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let copy = workspace.target.join("minimal");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    for package in workspace.published() {
        copy_folder(&workspace.root.join(&package.folder), &copy.join(&package.folder))?;
    }
    let manifest = without_tools(&workspace.read(Path::new("Cargo.toml"))?);
    fs::write(copy.join("Cargo.toml"), manifest)?;
    // As nightly has it: cargo alone is told, and the compiler stays as it is.
    let mut choose = cargo(workspace, &["-Z", "direct-minimal-versions", "generate-lockfile"]);
    if !succeeds(choose.current_dir(&copy).env("RUSTC_BOOTSTRAP", "1"))? {
        return Ok(Report::failed(
            "the lower bounds contradict those of a dependency: raise the one that cargo names, in \
             the root Cargo.toml",
        ));
    }
    let mut check = cargo(workspace, &["check", "--workspace", "--all-features", "--locked"]);
    check.arg("--target-dir").arg(workspace.target.join("minimal-target")).current_dir(&copy);
    Ok(Report::of_success(
        succeeds(&mut check)?,
        &format!("{} crates, each dependency at its lower bound", workspace.published().count()),
        "a lower bound is too low: raise it in the root Cargo.toml to the version that has what is \
         missing",
    ))
}

/// Leaves the published crates as the members.
fn without_tools(manifest: &str) -> String {
    let kept = manifest.lines().filter(|line| !line.starts_with("    \"xtask"));
    kept.map(|line| format!("{line}\n")).collect()
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tools_are_no_members_of_the_copy() {
        let manifest = "members = [\n    \"crates/*\",\n    \"xtask\",\n    \"xtask/bench\",\n]\n";

        assert_eq!(without_tools(manifest), "members = [\n    \"crates/*\",\n]\n");
    }
}
