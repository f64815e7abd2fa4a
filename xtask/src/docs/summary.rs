use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::page::Page;
use crate::tidy::Finding;

/// Checks that each page of the book stands in its summary once; that what stands there exists is
/// for whoever follows the links.
pub(super) fn check(summary: &Path, text: &str, pages: &[Page]) -> Vec<Finding> {
    let folder = summary.parent().unwrap_or(Path::new(""));
    let mut listed = BTreeSet::new();
    let mut findings = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let Some((_, target)) = text.split_once("](") else { continue };
        let target = target.trim_end().trim_end_matches(')');
        if !listed.insert(plain(&folder.join(target))) {
            let what = format!("`{target}` stands twice: leave one out");
            findings.push(Finding::error(summary, line, what));
        }
    }
    for page in pages {
        if page.path != summary && !listed.contains(&page.path) {
            let what = format!("is not in {}: add it", summary.display());
            findings.push(Finding::error(&page.path, 1, what));
        }
    }
    findings
}

/// The path without `.` in it.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, Component::CurDir)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_stands_in_the_summary_once() {
        let pages = ["docs/SUMMARY.md", "docs/a.md", "docs/b/c.md"].map(page);

        assert_eq!(whats("[A](a.md)\n- [C](./b/c.md)\n", &pages), [""; 0]);
        assert!(whats("[A](a.md)\n", &pages)[0].contains("is not in docs/SUMMARY.md"));
        assert!(whats("[A](a.md)\n[C](b/c.md)\n[A](a.md)\n", &pages)[0].contains("twice"));
    }

    fn whats(text: &str, pages: &[Page]) -> Vec<String> {
        let findings = check(Path::new("docs/SUMMARY.md"), text, pages);
        findings.into_iter().map(|finding| finding.what).collect()
    }

    fn page(path: &str) -> Page {
        Page { path: path.into(), text: String::new() }
    }
}
