use std::io;
use std::path::{Path, PathBuf};

use super::{Release, judged};
use crate::job::Report;
use crate::tidy::Finding;

/// Checks that every published crate has the version of the release, that they ask for each other
/// by it, and that what a reader copies into a manifest would find it.
pub(super) fn check(release: &Release) -> io::Result<Report> {
    let (workspace, version) = (&release.workspace, release.version.as_str());
    let published = || workspace.published();
    let mut findings = Vec::new();
    for package in published().filter(|package| package.version != version) {
        let what = format!("version {}: write `version.workspace = true`", package.version);
        findings.push(Finding::error(&package.manifest(), 1, what));
    }
    let root = workspace.read(Path::new(ROOT))?;
    findings.extend(requirements(&root, version));
    let readmes = published().map(|package| package.folder.join("README.md"));
    for file in readmes.chain([PathBuf::from("README.md")]) {
        findings.extend(copied(&file, &workspace.read(&file)?, version));
    }
    Ok(judged(&findings, format!("{version} in {} crates", published().count())))
}

/// Looks at the crates that the root manifest has by their path.
fn requirements(root: &str, version: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(root.lines()) {
        let Some((name, _)) = line.split_once(" = { path = \"crates/") else { continue };
        if version_in(line) != Some(version) {
            let told = version_in(line).unwrap_or("no version");
            let what = format!("`{name}` is asked for by {told}: write `version = \"{version}\"`");
            findings.push(Finding::error(Path::new(ROOT), number, what));
        }
    }
    findings
}

/// Looks at lines such as `readmit = "0.1"` of a README.
fn copied(file: &Path, text: &str, version: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some((name, rest)) = line.split_once(" = ") else { continue };
        if !(name == "readmit" || name.starts_with("readmit-")) {
            continue;
        }
        let told = match rest.strip_prefix('"') {
            Some(rest) => rest.split('"').next(),
            None => version_in(rest),
        };
        let Some(told) = told else { continue };
        let finds = version == told || version.starts_with(&format!("{told}."));
        if !finds {
            let what = format!("`{name} = \"{told}\"` does not find {version}: write that");
            findings.push(Finding::error(file, number, what));
        }
    }
    findings
}

fn version_in(table: &str) -> Option<&str> {
    table.split_once("version = \"")?.1.split('"').next()
}

const ROOT: &str = "Cargo.toml";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_that_ask_for_another_version_of_each_other_are_named_with_their_line() {
        let root = "[workspace.dependencies]\na = { path = \"crates/a\", version = \"0.2.0\" }\n\
                    b = { path = \"crates/b\", version = \"0.1.0\" }\nhttp = \"1.4\"\n";

        let [finding] = &requirements(root, "0.2.0")[..] else { panic!("one finding") };

        assert_eq!(finding.line, 3);
        assert!(finding.what.contains("`b` is asked for by 0.1.0"), "{}", finding.what);
        assert_eq!(requirements("a = { path = \"crates/a\" }\n", "0.2.0").len(), 1);
    }

    #[test]
    fn what_a_reader_copies_finds_the_version() {
        let text = "readmit = \"0.1\"\nreadmit-retry = { version = \"0.1\", features = [] }\n\
                    readmit.workspace = true\nserde_json = \"1\"\n";

        assert!(copied(Path::new("README.md"), text, "0.1.3").is_empty());
        assert_eq!(copied(Path::new("README.md"), text, "0.10.0").len(), 2);
    }
}
