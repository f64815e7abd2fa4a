//! The cases that are known to fail, each with the reason: `known-gaps.toml`.

use serde::Deserialize;
use toml::Spanned;

use crate::line::{Line, is_under};
use crate::suite::{self, Fault};

/// The known gaps of the project.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    gaps: Vec<Gap>,
}

/// A case that is known to fail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Gap {
    /// A line of the report, or a name that several lines stand below.
    pub(crate) suite: String,
    pub(crate) id: String,
    pub(crate) reason: String,
    /// Where it stands in the file.
    pub(crate) line: usize,
}

impl Gaps {
    /// Reads the file; the name of every suite must be one that there is.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, and where.
    pub(crate) fn parse(text: &str) -> Result<Gaps, Fault> {
        let written: File = toml::from_str(text).map_err(|error| Fault {
            line: error.span().map(|span| line_of(text, span.start)),
            reason: error.message().to_owned(),
        })?;
        let mut gaps = Vec::new();
        for gap in written.gap {
            gaps.extend(Gap::read(gap, text)?);
        }
        Ok(Gaps { gaps })
    }

    /// Returns why this case is known to fail on this line, if it is.
    pub(crate) fn reason(&self, line: &str, id: &str) -> Option<&str> {
        let covers = |gap: &&Gap| gap.id == id && is_under(line, &gap.suite);
        self.gaps.iter().find(covers).map(|gap| gap.reason.as_str())
    }

    /// Returns the gaps that are none: compared on a line of theirs, and failing on no such line.
    ///
    /// Of a gap that is wider than the selection only a part was run, and nothing is said of it.
    pub(crate) fn stale(&self, lines: &[Line], selected: Option<&str>) -> Vec<Gap> {
        let selected = |gap: &&Gap| selected.is_none_or(|name| is_under(&gap.suite, name));
        self.gaps.iter().filter(selected).filter(|gap| gap.is_stale(lines)).cloned().collect()
    }
}

impl Gap {
    /// Reads a gap, or several that have one reason.
    fn read(written: Written, text: &str) -> Result<Vec<Gap>, Fault> {
        let line = line_of(text, written.suite.span().start);
        let fault = |reason: String| Fault { line: Some(line), reason };
        let (suite, reason) = (written.suite.into_inner(), written.reason.trim().to_owned());
        let ids = match written.id {
            Ids::One(id) => vec![id],
            Ids::Several(ids) => ids,
        };
        if !suite::line_names().any(|name| is_under(name, &suite)) {
            return Err(fault(format!("there is no suite `{suite}`")));
        }
        if ids.is_empty() {
            return Err(fault("`id` is an empty list: name the cases".to_owned()));
        }
        if reason.is_empty() {
            return Err(fault(format!("`{}` has no reason: say why it fails", ids.join("`, `"))));
        }
        let gap = |id| Gap { suite: suite.clone(), id, reason: reason.clone(), line };
        Ok(ids.into_iter().map(gap).collect())
    }

    fn is_stale(&self, lines: &[Line]) -> bool {
        let mut passes = false;
        for line in lines.iter().filter(|line| is_under(line.name, &self.suite)) {
            if line.misses.iter().any(|miss| miss.id == self.id) {
                return false;
            }
            passes |= line.passes.contains(&self.id);
        }
        passes
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    gap: Vec<Written>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    suite: Spanned<String>,
    id: Ids,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "`id` is a text or a list of texts")]
enum Ids {
    One(String),
    Several(Vec<String>),
}

/// The number of the line, from 1, that has this offset.
fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::line::Check;

    const FILE: &str = "[[gap]]\nsuite = \"classify.generic\"\nid = \"a\"\nreason = \"why\"\n";

    #[test]
    fn a_gap_covers_the_lines_below_its_suite() {
        let gaps = Gaps::parse(FILE).unwrap();

        assert_eq!(gaps.reason("classify.generic.kind", "a"), Some("why"));
        assert_eq!(gaps.reason("classify.kind", "a"), None);
        assert_eq!(gaps.reason("classify.generic.kind", "b"), None);
    }

    #[test]
    fn a_gap_is_stale_where_its_case_passes_on_every_line() {
        let gaps = Gaps::parse(FILE).unwrap();
        let passes = line("classify.generic.kind", "a", Check::Passed);
        let fails = line("classify.generic.action", "a", Check::equal(json!(1), json!(2)));
        let skipped = line("classify.generic.action", "a", Check::Skipped("why"));
        let stale = |lines: &[Line]| gaps.stale(lines, None).len();

        assert_eq!(stale(&[]), 0);
        assert_eq!(stale(&[line("classify.generic.kind", "b", Check::Passed)]), 0);
        assert_eq!(stale(&[line("classify.kind", "a", Check::Passed)]), 0);
        assert_eq!(stale(std::slice::from_ref(&skipped)), 0);
        assert_eq!(stale(&[passes, skipped]), 1);
        let passes = line("classify.generic.kind", "a", Check::Passed);
        assert_eq!(stale(&[passes, fails]), 0);
    }

    #[test]
    fn a_gap_that_was_run_in_part_is_not_called_stale() {
        let gaps = Gaps::parse(FILE).unwrap();
        let lines = [line("classify.generic.kind", "a", Check::Passed)];

        assert!(gaps.stale(&lines, Some("classify.generic.kind")).is_empty());
        assert_eq!(gaps.stale(&lines, Some("classify")).len(), 1);
    }

    #[test]
    fn one_reason_may_stand_for_several_cases() {
        let gaps = Gaps::parse(&FILE.replace("\"a\"", "[\"a\", \"b\"]")).unwrap();

        for id in ["a", "b"] {
            let passes = [line("classify.generic.kind", id, Check::Passed)];
            assert_eq!(gaps.reason("classify.generic.kind", id), Some("why"));
            assert_eq!(gaps.stale(&passes, None).len(), 1, "{id}");
        }
        assert_eq!(gaps.reason("classify.generic.kind", "c"), None);
    }

    #[test]
    fn a_gap_of_a_case_that_is_kept_elsewhere_is_not_stale() {
        let gaps = Gaps::parse(FILE).unwrap();
        let lines = [line("classify.generic.kind", "of-this-folder", Check::Passed)];

        assert!(gaps.stale(&lines, None).is_empty());
    }

    #[test]
    fn what_is_wrong_with_the_file_is_told_with_its_line() {
        for (text, line, word) in [
            (FILE.replace("classify.generic", "clasify"), 2, "no suite `clasify`"),
            (FILE.replace("why", " "), 2, "no reason"),
            (FILE.replace("\"a\"", "[]"), 2, "empty list"),
            (FILE.replace("\"a\"", "1"), 3, "text or a list"),
            (FILE.replace("reason", "because"), 4, "because"),
            (format!("{FILE}x ="), 5, ""),
        ] {
            let fault = Gaps::parse(&text).unwrap_err();

            assert_eq!(fault.line, Some(line), "{fault:?}");
            assert!(fault.reason.contains(word), "{fault:?}");
        }
    }

    fn line(name: &'static str, id: &str, check: Check) -> Line {
        let mut line = Line::new(name);
        line.add(id, check);
        line
    }
}
