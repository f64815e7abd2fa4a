use std::path::Path;

use super::Finding;
use crate::workspace::Package;

/// Checks that the README is the crate's documentation, and with it that its examples are tested.
pub(crate) fn check(package: &Package, root: &str, readme: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !root.starts_with(WIRE) {
        let what = format!("the README is not tested: make `{WIRE}` the first line");
        findings.push(Finding::error(&package.folder.join("src/lib.rs"), 1, what));
    }
    let title = format!("# {}", package.name);
    if readme.and_then(|text| text.lines().next()) != Some(title.as_str()) {
        let what = format!("does not begin with `{title}`: write it so");
        findings.push(Finding::error(&package.folder.join("README.md"), 1, what));
    }
    findings
}

/// Checks that the lines which a user copies from the front page stand in an example that is run.
pub(crate) fn check_quickstart(readme: Option<&str>, example: Option<&str>) -> Vec<Finding> {
    let lines = readme.and_then(|text| text.split("```rust\n").nth(1)?.split("```").next());
    let what = match (lines, example) {
        (Some(lines), Some(example)) if example.contains(lines.trim_end()) => return Vec::new(),
        (Some(_), _) => format!("its first Rust lines are not those of {QUICKSTART}: copy them"),
        (None, _) => "has no Rust lines to copy: show some".to_owned(),
    };
    vec![Finding::error(Path::new(FRONT_PAGE), 1, what)]
}

pub(crate) const FRONT_PAGE: &str = "README.md";
pub(crate) const QUICKSTART: &str = "crates/readmit/examples/quickstart.rs";
const WIRE: &str = "#![doc = include_str!(\"../README.md\")]";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_that_is_the_crates_documentation_is_fine() {
        let root = format!("{WIRE}\n\nmod a;\n");

        assert!(check(&Package::sample("a"), &root, Some("# a\n\nA crate.\n")).is_empty());
    }

    #[test]
    fn the_lines_to_copy_are_those_of_the_example() {
        let readme = Some("# a\n\n```rust\nfn b() {}\n```\n");

        assert!(check_quickstart(readme, Some("//! c\n\nfn b() {}\n\nfn main() {}\n")).is_empty());
        assert_eq!(check_quickstart(readme, Some("fn d() {}\n")).len(), 1);
        assert_eq!(check_quickstart(readme, None).len(), 1);
        assert_eq!(check_quickstart(Some("# a\n"), Some("fn b() {}\n")).len(), 1);
    }

    #[test]
    fn a_readme_that_is_missing_unwired_or_of_another_crate_is_a_finding() {
        let root = format!("{WIRE}\n");

        assert_eq!(check(&Package::sample("a"), "//! A crate.\n", Some("# a\n")).len(), 1);
        assert_eq!(check(&Package::sample("a"), &root, Some("# b\n")).len(), 1);
        assert_eq!(check(&Package::sample("a"), &root, None).len(), 1);
    }
}
