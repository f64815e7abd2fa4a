//! The case files that are known, and what each is to the runner.

use std::fmt;

use readmit_error::neutralise;

use crate::line::Line;
use crate::{breaker, challenges, classify, credential, redaction, retry, skew, timing};

/// Every file that is run; each other file of a folder is named and passed over.
///
/// A new suite is a module with these two functions and a row here.
pub(crate) const ALL: &[Suite] = &[
    classify::SUITE,
    challenges::SUITE,
    timing::SUITE,
    retry::SUITE,
    credential::SUITE,
    skew::SUITE,
    breaker::SUITE,
    redaction::SUITE,
];

/// A case file.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) file: &'static str,
    /// The lines that it reports, in their order.
    pub(crate) lines: &'static [&'static str],
    /// Compares every case in the text of the file.
    pub(crate) run: fn(&str) -> Outcome,
    /// Tells in full each case in the text of the file that has this id.
    pub(crate) explain: fn(&str, &str) -> Vec<String>,
}

/// What came of a file.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) lines: Vec<Line>,
    pub(crate) faults: Vec<Fault>,
}

/// What is wrong with a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fault {
    /// From 1, where one line is to blame.
    pub(crate) line: Option<usize>,
    pub(crate) reason: String,
}

impl Outcome {
    pub(crate) fn broken(fault: Fault) -> Outcome {
        Outcome { lines: Vec::new(), faults: vec![fault] }
    }
}

impl Fault {
    /// Says what a JSON text is not, the lines before it in its file counted in.
    pub(crate) fn of_json(error: &serde_json::Error, lines_before: usize) -> Fault {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let text = error.to_string();
        let reason = text.strip_suffix(&place).unwrap_or(&text);
        let line = (0 < error.line()).then_some(lines_before + error.line());
        // The reason may quote the text.
        let reason = neutralise(reason, REASON_LIMIT);
        Fault { line, reason: format!("{reason} (column {})", error.column()) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{line}: {}", self.reason),
            None => write!(f, " {}", self.reason),
        }
    }
}

/// Returns the suite that reads a file, if one does.
pub(crate) fn of(file: &str) -> Option<&'static Suite> {
    ALL.iter().find(|suite| suite.file == file)
}

/// Returns the name of every line that there is.
pub(crate) fn line_names() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(|suite| suite.lines.iter().copied())
}

/// Characters of a reason.
const REASON_LIMIT: usize = 1_000;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_lines_and_no_two_files_share_a_name() {
        let lines: BTreeSet<_> = line_names().collect();
        let files: BTreeSet<_> = ALL.iter().map(|suite| suite.file).collect();

        assert_eq!(lines.len(), line_names().count());
        assert_eq!(files.len(), ALL.len());
    }

    #[test]
    fn a_fault_is_told_with_the_line_of_its_file() {
        let error = serde_json::from_str::<u8>("\n{").unwrap_err();

        let fault = Fault::of_json(&error, 3);

        assert_eq!(fault.line, Some(5));
        assert!(!fault.reason.contains("line"), "{fault}");
    }
}
