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
    fn a_readme_that_is_missing_unwired_or_of_another_crate_is_a_finding() {
        let root = format!("{WIRE}\n");

        assert_eq!(check(&Package::sample("a"), "//! A crate.\n", Some("# a\n")).len(), 1);
        assert_eq!(check(&Package::sample("a"), &root, Some("# b\n")).len(), 1);
        assert_eq!(check(&Package::sample("a"), &root, None).len(), 1);
    }
}
