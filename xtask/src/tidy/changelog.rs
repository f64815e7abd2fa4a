use std::path::Path;

use super::Finding;

pub(crate) const FILE: &str = "CHANGELOG.md";

/// Checks that the changelog has an entry for this version, or one for what is not yet released.
pub(crate) fn check(text: Option<&str>, version: &str) -> Option<Finding> {
    let Some(text) = text else {
        return Some(Finding::error(Path::new(FILE), 1, "is missing: write it"));
    };
    let entry = |line: &str| {
        line.strip_prefix("## ").is_some_and(|title| {
            title.split([' ', '[', ']']).any(|word| word == version || word == "Unreleased")
        })
    };
    let what = format!("no entry for {version} and none called Unreleased: add `## Unreleased`");
    (!text.lines().any(entry)).then(|| Finding::error(Path::new(FILE), 1, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_or_unreleased_is_an_entry() {
        assert!(check(Some("# Changelog\n\n## [0.1.0] - 2026-11-21\n"), "0.1.0").is_none());
        assert!(check(Some("# Changelog\n\n## Unreleased (0.2.0)\n"), "0.1.0").is_none());
    }

    #[test]
    fn another_version_is_none() {
        assert!(check(Some("# Changelog\n\n## 0.1.01\n\nUnreleased\n"), "0.1.0").is_some());
        assert!(check(None, "0.1.0").is_some());
    }
}
