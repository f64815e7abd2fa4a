use serde_json::Value;

/// One line of the report: how many of the cases that ask something were answered right.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    /// The ids of the cases that were answered right.
    pub(crate) passes: Vec<String>,
    pub(crate) misses: Vec<Miss>,
    /// Why each case that was not compared was not.
    pub(crate) skips: Vec<&'static str>,
}

/// A case that ended otherwise than it must.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Miss {
    pub(crate) id: String,
    pub(crate) expected: Value,
    pub(crate) got: Value,
}

/// What came of one case on one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Check {
    /// The case does not say what is right.
    Absent,
    Failed {
        expected: Value,
        got: Value,
    },
    Passed,
    /// The case is not compared, for this reason.
    Skipped(&'static str),
}

impl Line {
    pub(crate) fn new(name: &'static str) -> Line {
        Line { name, passes: Vec::new(), misses: Vec::new(), skips: Vec::new() }
    }

    pub(crate) fn add(&mut self, id: &str, check: Check) {
        match check {
            Check::Absent => {}
            Check::Failed { expected, got } => {
                self.misses.push(Miss { id: id.to_owned(), expected, got });
            }
            Check::Passed => self.passes.push(id.to_owned()),
            Check::Skipped(why) => self.skips.push(why),
        }
    }

    /// Returns how many cases were compared.
    pub(crate) fn total(&self) -> usize {
        self.passes.len() + self.misses.len()
    }

    /// Returns whether no case asked for this line.
    pub(crate) fn is_empty(&self) -> bool {
        self.total() == 0 && self.skips.is_empty()
    }
}

impl Check {
    /// Compares what must be with what is, word for word.
    pub(crate) fn equal(expected: Value, got: Value) -> Check {
        if expected == got { Check::Passed } else { Check::Failed { expected, got } }
    }
}

/// Returns whether a line is the one of this name, or stands below it.
pub(crate) fn is_under(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_skipped_is_not_part_of_the_total() {
        let mut line = Line::new("timing");

        line.add("a", Check::Passed);
        line.add("b", Check::equal(json!(1), json!(2)));
        line.add("c", Check::Skipped("a reason"));
        line.add("d", Check::Absent);

        assert_eq!((line.passes.len(), line.total(), line.skips.len()), (1, 2, 1));
        assert_eq!(line.misses[0].id, "b");
    }

    #[test]
    fn a_name_covers_itself_and_what_is_below_it() {
        assert!(is_under("classify.generic.kind", "classify.generic.kind"));
        assert!(is_under("classify.generic.kind", "classify.generic"));
        assert!(is_under("classify.generic.kind", "classify"));
        assert!(!is_under("classify.kind", "classify.generic"));
        assert!(!is_under("retry_after", "retry"));
    }
}
