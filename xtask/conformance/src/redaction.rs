//! `redaction.json`: what a log hides, what it keeps, and what becomes of characters that act.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::line::{Check, Line};
use crate::page::Page;
use crate::redaction::fixtures::Fixtures;
use crate::redaction::surface::Surface;
use crate::suite::{Fault, Outcome, Suite};

mod fixtures;
mod sink;
mod surface;

pub(crate) const SUITE: Suite = Suite { file: "redaction.json", lines: LINES, run, explain };

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    fixtures: Fixtures,
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    expect: Expect,
    #[serde(flatten)]
    surface: Surface,
    /// The fixtures that must not be found, nor a piece of them.
    #[serde(default)]
    secrets: Vec<String>,
    /// What must still be there to read.
    #[serde(default)]
    must_keep: Vec<String>,
    /// The fixtures that are told to the redactor.
    #[serde(default)]
    registered: Vec<String>,
    #[serde(flatten)]
    sinks: sink::Expected,
    why: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Redact,
    Keep,
    Neutralise,
}

fn run(text: &str) -> Outcome {
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Outcome::broken(Fault::of_json(&error, 0)),
    };
    let mut outcome = Outcome::default();
    outcome.lines.extend(LINES.iter().map(|name| Line::new(name)));
    for case in &file.cases {
        let line = &mut outcome.lines[case.expect as usize];
        match case.check(&file.fixtures) {
            Ok(misses) if misses.is_empty() => line.add(&case.id, Check::Passed),
            Ok(misses) => {
                let (expected, got): (Vec<_>, Vec<_>) = misses.into_iter().unzip();
                let all = |of: Vec<String>| json!(of.join("; "));
                line.add(&case.id, Check::Failed { expected: all(expected), got: all(got) });
            }
            Err(reason) => {
                let reason = format!(" {}: {reason}", case.id);
                outcome.faults.push(Fault { line: None, reason });
            }
        }
    }
    outcome
}

fn explain(text: &str, id: &str) -> Vec<String> {
    let Ok(file) = serde_json::from_str::<File>(text) else { return Vec::new() };
    file.cases.iter().filter(|case| case.id == id).map(|case| case.page(&file.fixtures)).collect()
}

/// What must be, and what is.
type Miss = (String, String);

impl Case {
    fn check(&self, fixtures: &Fixtures) -> Result<Vec<Miss>, String> {
        let redactor = readmit_log::redact::Redactor::new();
        for name in &self.registered {
            redactor.register(&fixtures.value(name)?);
        }
        let shown = self.surface.show(fixtures, &redactor)?;
        let mut misses = Vec::new();
        if self.expect == Expect::Neutralise {
            misses.extend(self.sinks.misses(&shown, &redactor, &self.must_keep)?);
            return Ok(misses);
        }
        let text = shown.text();
        for name in &self.secrets {
            if let Some(piece) = echo(text, &fixtures.value(name)?) {
                misses.push((format!("nothing of {name}"), format!("{piece} in {text}")));
            }
        }
        for kept in self.must_keep.iter().filter(|kept| !text.contains(kept.as_str())) {
            misses.push((format!("{kept} is kept"), text.to_owned()));
        }
        let again = self.surface.show_again(text, &redactor);
        if again.as_ref().is_some_and(|again| again != text) {
            misses
                .push((text.to_owned(), format!("redacted again: {}", again.unwrap_or_default())));
        }
        Ok(misses)
    }

    fn page(&self, fixtures: &Fixtures) -> String {
        let mut page = Page::new(&self.id);
        if let Some(why) = &self.why {
            page.row("why", why);
        }
        page.row("surface", self.surface.name());
        match self.check(fixtures) {
            Ok(misses) if misses.is_empty() => page.row("got", "right"),
            Ok(misses) => {
                for (expected, got) in misses {
                    page.row("expected", &expected);
                    page.row("got, WRONG", &got);
                }
            }
            Err(reason) => page.row("broken", &reason),
        }
        page.into_text()
    }
}

/// Returns what of a secret a text holds: all of it, or of a long one eight characters in a row.
fn echo(text: &str, secret: &str) -> Option<String> {
    if !secret.is_empty() && text.contains(secret) {
        return Some(secret.to_owned());
    }
    let chars: Vec<char> = secret.chars().collect();
    if chars.len() < LONG {
        return None;
    }
    let mut pieces = chars.windows(PIECE).map(String::from_iter);
    pieces.find(|piece| text.contains(piece.as_str()))
}

/// One line for each member of [`Expect`], in their order.
const LINES: &[&str] = &["redaction.redact", "redaction.keep", "redaction.neutralise"];
/// Characters of a secret of which no piece may be told.
const LONG: usize = 12;
const PIECE: usize = 8;

/// Reads what stands for a text: itself, or a piece of it and how often that comes.
fn repeated(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let count = usize::try_from(value.get("count")?.as_u64()?).ok()?;
    let prefix = value.get("prefix").and_then(Value::as_str).unwrap_or_default();
    Some(format!("{prefix}{}", value.get("repeat")?.as_str()?.repeat(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_expectation_has_its_line() {
        let outcome = run(&file(
            r#"{"id": "a", "surface": "text", "expect": "redact", "input": "token=${t}", "secrets": ["t"]},
               {"id": "b", "surface": "text", "expect": "keep", "input": "abc", "must_keep": ["abc"]},
               {"id": "c", "surface": "text", "expect": "neutralise", "input": "a\nb",
                "sinks": ["line"], "forbidden_codepoints": ["U+000A"], "must_keep": ["a"]}"#,
        ));

        assert_eq!(outcome.faults, []);
        let passes: Vec<_> = outcome.lines.iter().map(|line| line.passes.join(",")).collect();
        assert_eq!(passes, ["a", "b", "c"]);
    }

    #[test]
    fn a_secret_or_a_piece_of_it_is_a_miss_and_so_is_what_is_lost() {
        let outcome = run(&file(
            r#"{"id": "a", "surface": "text", "expect": "redact", "input": "id ${t}", "secrets": ["t"]},
               {"id": "b", "surface": "text", "expect": "redact", "input": "id 0123456789ab", "secrets": ["t"]},
               {"id": "c", "surface": "text", "expect": "keep", "input": "token=abc", "must_keep": ["abc"]}"#,
        ));

        assert_eq!(outcome.lines[0].misses.len(), 2);
        assert_eq!(outcome.lines[1].misses.len(), 1);
    }

    #[test]
    fn an_unknown_surface_sink_or_fixture_is_a_fault() {
        let outcome = run(&file(
            r#"{"id": "a", "surface": "moon", "expect": "redact", "input": "x", "secrets": []},
               {"id": "b", "surface": "text", "expect": "redact", "input": "x", "secrets": ["none"]},
               {"id": "c", "surface": "text", "expect": "neutralise", "input": "x", "sinks": ["moon"]}"#,
        ));

        assert_eq!(outcome.faults.len(), 3);
    }

    #[test]
    fn a_case_is_told_with_what_is_wrong() {
        let text = file(
            r#"{"id": "a", "surface": "text", "expect": "keep", "input": "token=abc", "must_keep": ["abc"]}"#,
        );

        let pages = explain(&text, "a");

        assert!(pages[0].contains("got, WRONG     token=REDACTED"), "{}", pages[0]);
    }

    fn file(cases: &str) -> String {
        format!(
            r#"{{"fixtures": {{"t": {{"parts": ["0123", "456789abcdef"]}}}}, "cases": [{cases}]}}"#
        )
    }
}
