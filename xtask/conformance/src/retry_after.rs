//! `retry_after` of `challenges.json`: values of the `Retry-After` field.

use std::time::SystemTime;

use readmit_classify::retry_after;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::instant;
use crate::line::{Check, Line};
use crate::page::{Page, value};

pub(crate) const LINE: &str = "retry_after";

#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    id: Option<String>,
    value: String,
    #[serde(default, deserialize_with = "instant::read")]
    now: Option<SystemTime>,
    expect: Expect,
    note: Option<String>,
}

/// A delay, or that the value is invalid.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Either")]
struct Expect(Option<u64>);

#[derive(Debug, Deserialize)]
struct Either {
    delay_s: Option<u64>,
    #[serde(default)]
    invalid: bool,
}

impl TryFrom<Either> for Expect {
    type Error = &'static str;

    fn try_from(either: Either) -> Result<Expect, &'static str> {
        match (either.delay_s, either.invalid) {
            (Some(delay), false) => Ok(Expect(Some(delay))),
            (None, true) => Ok(Expect(None)),
            (_, _) => Err("expect either `delay_s` or `invalid`: true"),
        }
    }
}

/// Compares every case.
pub(crate) fn line(cases: &[Case]) -> Line {
    let mut line = Line::new(LINE);
    for (at, case) in cases.iter().enumerate() {
        line.add(&case.id(at), case.check());
    }
    line
}

/// Tells each case with this id.
pub(crate) fn explain(cases: &[Case], id: &str) -> Vec<String> {
    let cases = cases.iter().enumerate().filter(|(at, case)| case.id(*at) == id);
    cases.map(|(_, case)| case.page(id)).collect()
}

impl Case {
    fn id(&self, at: usize) -> String {
        self.id.clone().unwrap_or_else(|| format!("{LINE}[{at}]"))
    }

    fn check(&self) -> Check {
        Check::equal(shown(self.expect.0), self.told())
    }

    fn told(&self) -> Value {
        let now = self.now.unwrap_or_else(instant::unsaid);
        shown(retry_after::parse(self.value.as_bytes(), now).map(|delay| delay.as_secs()))
    }

    fn page(&self, id: &str) -> String {
        let mut page = Page::new(id);
        if let Some(note) = &self.note {
            page.row("note", note);
        }
        page.row("value", &format!("{:?}", self.value));
        page.row("expected", &value(&shown(self.expect.0)));
        let is_right = self.check() == Check::Passed;
        page.row(if is_right { "got, right" } else { "got, WRONG" }, &value(&self.told()));
        page.into_text()
    }
}

fn shown(delay: Option<u64>) -> Value {
    delay.map_or(json!("invalid"), |delay| json!(delay))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r44_a_delay_and_an_invalid_value_are_told_apart() {
        let cases = cases(
            r#"[{"id": "a", "value": "0", "expect": {"delay_s": 0}},
                {"id": "b", "value": "0", "expect": {"invalid": true}},
                {"value": "+5", "expect": {"invalid": true}},
                {"value": "+5", "expect": {"delay_s": 5}}]"#,
        );

        let line = line(&cases);

        assert_eq!(line.passes, ["a", "retry_after[2]"]);
        let missed: Vec<_> = line.misses.iter().map(|miss| (miss.id.as_str(), &miss.got)).collect();
        assert_eq!(missed, [("b", &json!(0)), ("retry_after[3]", &json!("invalid"))]);
    }

    #[test]
    fn a_case_says_one_thing() {
        for expect in ["{}", r#"{"delay_s": 1, "invalid": true}"#] {
            assert!(serde_json::from_str::<Expect>(expect).is_err(), "{expect}");
        }
    }

    #[test]
    fn a_case_is_told_by_its_place_where_it_has_no_id() {
        let cases = cases(r#"[{"value": "7", "expect": {"invalid": true}}]"#);

        let pages = explain(&cases, "retry_after[0]");

        assert!(pages[0].contains("got, WRONG     7\n"), "{}", pages[0]);
    }

    fn cases(text: &str) -> Vec<Case> {
        serde_json::from_str(text).unwrap()
    }
}
