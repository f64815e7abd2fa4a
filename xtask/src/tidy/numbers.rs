use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;

use super::Finding;
use crate::source::{Source, find_words};

pub(crate) const FILE: &str = "docs/rules.md";

/// Checks that each rule stands once under its number, and that tests name rules that exist.
pub(crate) fn check(rules: &str, sources: &[Source]) -> Vec<Finding> {
    let path = Path::new(FILE);
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, number) in numbered(rules) {
        if !seen.insert(number) {
            let what = format!("rule {number} stands twice: give the later one back its number");
            findings.push(Finding::error(path, line, what));
        }
        if !RULES.contains(&number) {
            let what = format!("rule {number} is past the last: raise RULES in tidy, or remove it");
            findings.push(Finding::error(path, line, what));
        }
    }
    for missing in RULES.filter(|number| !seen.contains(number)) {
        findings.push(Finding::error(path, 1, format!("rule {missing} is missing: write it")));
    }
    for source in sources {
        for (offset, number) in named(source) {
            if !RULES.contains(&number) {
                let what = format!("there is no rule {number}: name the test after one there is");
                findings.push(Finding::error(&source.path, source.line(offset), what));
            }
        }
    }
    findings
}

/// Counts the rules that at least one test is named after.
pub(crate) fn tested(sources: &[Source]) -> usize {
    let numbers: BTreeSet<u32> = sources.iter().flat_map(named).map(|(_, number)| number).collect();
    numbers.len()
}

/// The lines that begin with a number and a full stop.
fn numbered(rules: &str) -> impl Iterator<Item = (usize, u32)> {
    (1..).zip(rules.lines()).filter_map(|(line, text)| {
        let (number, _) = text.split_once(". ")?;
        Some((line, number.parse().ok()?))
    })
}

/// The tests called `r12_…`, each with its offset.
fn named(source: &Source) -> Vec<(usize, u32)> {
    let mut found = Vec::new();
    for offset in find_words(&source.code, "fn ") {
        let name = source.code[offset + "fn ".len()..].strip_prefix('r');
        let number = name.and_then(|name| name.split_once('_')).and_then(|(n, _)| n.parse().ok());
        found.extend(number.filter(|_| source.is_test(offset)).map(|number| (offset, number)));
    }
    found
}

const RULES: RangeInclusive<u32> = 1..=100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hundred_rules_in_order_are_fine() {
        let findings = check(&rules(RULES), &[]);

        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn a_rule_missing_twice_there_or_past_the_end_is_a_finding() {
        assert_eq!(check(&rules(1..=99), &[]).len(), 1);
        assert_eq!(check(&(rules(RULES) + "7. Again.\n"), &[]).len(), 1);
        assert_eq!(check(&rules(1..=101), &[]).len(), 1);
    }

    #[test]
    fn tests_are_counted_by_the_rule_they_name() {
        let source =
            source("mod tests { fn r43_a() {} fn r43_b() {} fn r7_c() {} fn rest_d() {} }");

        assert_eq!(tested(&[source]), 2);
    }

    #[test]
    fn a_test_that_names_no_rule_is_a_finding() {
        let source = source("fn r200_not_a_test() {}\nmod tests {\n    fn r101_a() {}\n}\n");

        let findings = check(&rules(RULES), &[source]);

        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].line, 3);
    }

    fn rules(numbers: RangeInclusive<u32>) -> String {
        numbers.map(|number| format!("{number}. A rule.\n   More of it.\n")).collect()
    }

    fn source(text: &str) -> Source {
        Source::new(Path::new("crates/a/src/a.rs"), text)
    }
}
