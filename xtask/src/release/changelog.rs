use std::io;
use std::path::Path;

use super::{Release, judged};
use crate::job::Report;
use crate::tidy::Finding;

pub(super) const FILE: &str = "CHANGELOG.md";

pub(super) const NO_NOTES: &str = "the changelog has no section for this version";

/// Checks that the changelog says what this version brings.
///
/// Until it is tagged, that may stand under `## Unreleased`; from then on under the version and its
/// day.
pub(super) fn check(release: &Release) -> io::Result<Report> {
    let text = release.workspace.read(Path::new(FILE))?;
    let findings = faults(&text, &release.version, release.tag.is_some());
    Ok(judged(&findings, format!("it says what {} brings", release.version)))
}

/// Returns what the changelog says of a version, without its title.
pub(super) fn notes(text: &str, version: &str) -> Option<String> {
    let section = Section::of(text, version)?;
    Some(section.body)
}

/// The versions that have a section of their own.
pub(super) fn released(text: &str) -> impl Iterator<Item = &str> {
    let titles = text.lines().filter_map(|line| line.strip_prefix("## "));
    titles.filter_map(|title| title.split(' ').next()).filter(|word| *word != UNRELEASED)
}

fn faults(text: &str, version: &str, is_tagged: bool) -> Vec<Finding> {
    let fault = |line, what: String| vec![Finding::error(Path::new(FILE), line, what)];
    let Some(section) = Section::of(text, version) else {
        return fault(
            1,
            format!(
                "no section for {version}: add `## Unreleased`, or `## {version} - YYYY-MM-DD`"
            ),
        );
    };
    if section.body.is_empty() {
        return fault(section.line, format!("`{}` is empty: say what a user sees", section.title));
    }
    let day = section.title.strip_prefix(version).and_then(|rest| rest.strip_prefix(" - "));
    match (section.title.starts_with(UNRELEASED), day.is_some_and(is_day)) {
        (true, _) if is_tagged => fault(
            section.line,
            format!("`{}` is tagged: call it `{version} - YYYY-MM-DD`", section.title),
        ),
        (false, false) => fault(
            section.line,
            format!("`{}` has no day: call it `{version} - YYYY-MM-DD`", section.title),
        ),
        (true, _) | (false, true) => Vec::new(),
    }
}

#[derive(Debug)]
struct Section<'a> {
    title: &'a str,
    /// From 1.
    line: usize,
    body: String,
}

impl<'a> Section<'a> {
    /// The section of the version, or the one of what is not released.
    fn of(text: &'a str, version: &str) -> Option<Section<'a>> {
        let is_its = |title: &str| title.split(' ').next() == Some(version);
        Section::titled(text, is_its)
            .or_else(|| Section::titled(text, |title| title.starts_with(UNRELEASED)))
    }

    fn titled(text: &'a str, is_meant: impl Fn(&str) -> bool) -> Option<Section<'a>> {
        let mut lines = (1..).zip(text.lines());
        let (line, title) = lines.find_map(|(number, line)| {
            line.strip_prefix("## ").filter(|title| is_meant(title)).map(|title| (number, title))
        })?;
        let body: Vec<_> =
            lines.map(|(_, line)| line).take_while(|line| !line.starts_with("## ")).collect();
        Some(Section { title, line, body: body.join("\n").trim().to_owned() })
    }
}

/// Returns whether a text looks like `2026-11-21`.
fn is_day(text: &str) -> bool {
    let lengths: Vec<_> = text.split('-').map(str::len).collect();
    lengths == [4, 2, 2] && text.chars().all(|c| c == '-' || c.is_ascii_digit())
}

const UNRELEASED: &str = "Unreleased";

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\n## Unreleased\n\nNew.\n\n## 0.1.0 - 2026-11-21\n\nFirst.\n\n\
                        ### Added\n\n- a\n";

    #[test]
    fn the_notes_of_a_version_are_its_section() {
        assert_eq!(notes(TEXT, "0.1.0").unwrap(), "First.\n\n### Added\n\n- a");
        assert_eq!(notes(TEXT, "0.2.0").unwrap(), "New.");
        assert_eq!(notes("# Changelog\n", "0.2.0"), None);
        assert_eq!(released(TEXT).collect::<Vec<_>>(), ["0.1.0"]);
    }

    #[test]
    fn what_is_not_released_becomes_a_version_with_a_day_before_its_tag() {
        assert!(faults(TEXT, "0.2.0", false).is_empty());
        assert_eq!(faults(TEXT, "0.2.0", true).len(), 1);
        assert!(faults(TEXT, "0.1.0", true).is_empty());
        assert_eq!(faults(&TEXT.replace(" - 2026-11-21", ""), "0.1.0", false).len(), 1);
    }

    #[test]
    fn a_section_says_something() {
        assert_eq!(faults("## Unreleased\n\n## 0.1.0 - 2026-11-21\n", "0.2.0", false).len(), 1);
        assert_eq!(faults("# Changelog\n", "0.2.0", false).len(), 1);
    }
}
