//! `timing.json`: how long a header asks to wait, and the delay until an HTTP date.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use readmit_classify::{rate_limit, retry_after};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::headers::pair;
use crate::instant;
use crate::line::{Check, Line};
use crate::page::{Page, value};
use crate::suite::{Fault, Outcome, Suite};

pub(crate) const SUITE: Suite = Suite { file: "timing.json", lines: &[LINE], run, explain };

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    cases: Vec<Headed>,
    #[serde(default)]
    http_date: Vec<Dated>,
}

/// A header with a delay in it.
#[derive(Debug, Deserialize)]
struct Headed {
    id: Option<String>,
    headers: Fields,
    #[serde(flatten)]
    expect: Expect,
}

/// A value alone.
#[derive(Debug, Deserialize)]
struct Dated {
    id: Option<String>,
    value: String,
    #[serde(flatten)]
    expect: Expect,
}

#[derive(Debug, Deserialize)]
struct Expect {
    #[serde(default, deserialize_with = "instant::read")]
    now: Option<SystemTime>,
    /// Seconds since 1970, in the place of `now`.
    now_epoch: Option<u64>,
    /// In seconds; `null` says that there is no usable delay.
    #[serde(deserialize_with = "Option::deserialize")]
    delay: Option<u64>,
    note: Option<String>,
}

/// A header written as an object from a name to its value.
#[derive(Debug, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
struct Fields(HeaderMap);

impl TryFrom<BTreeMap<String, String>> for Fields {
    type Error = String;

    fn try_from(fields: BTreeMap<String, String>) -> Result<Fields, String> {
        let pairs = fields.iter().map(|(name, value)| pair(name, value.as_bytes()));
        Ok(Fields(pairs.collect::<Result<_, _>>()?))
    }
}

fn run(text: &str) -> Outcome {
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Outcome::broken(Fault::of_json(&error, 0)),
    };
    let mut line = Line::new(LINE);
    for case in file.into_cases() {
        line.add(&case.id, case.check());
    }
    Outcome { lines: vec![line], faults: Vec::new() }
}

fn explain(text: &str, id: &str) -> Vec<String> {
    let Ok(file) = serde_json::from_str::<File>(text) else { return Vec::new() };
    file.into_cases().filter(|case| case.id == id).map(|case| case.page()).collect()
}

/// A case of either list, and what the parsers make of it.
#[derive(Debug)]
struct Case {
    id: String,
    shown: Vec<String>,
    expect: Expect,
    told: Option<Duration>,
}

impl File {
    fn into_cases(self) -> impl Iterator<Item = Case> {
        let headed = self.cases.into_iter().enumerate().map(|(at, case)| case.into_case(at));
        headed.chain(self.http_date.into_iter().enumerate().map(|(at, case)| case.into_case(at)))
    }
}

impl Headed {
    fn into_case(self, at: usize) -> Case {
        let told = rate_limit::read(&self.headers.0, self.expect.now()).wait(None);
        let shown =
            self.headers.0.iter().map(|(name, value)| {
                format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))
            });
        let id = self.id.unwrap_or_else(|| format!("cases[{at}]"));
        Case {
            id,
            shown: shown.collect(),
            expect: self.expect,
            told: told.map(|wait| wait.delay()),
        }
    }
}

impl Dated {
    fn into_case(self, at: usize) -> Case {
        let told = retry_after::parse(self.value.as_bytes(), self.expect.now());
        let id = self.id.unwrap_or_else(|| format!("http_date[{at}]"));
        Case { id, shown: vec![self.value], expect: self.expect, told }
    }
}

impl Expect {
    fn now(&self) -> SystemTime {
        let epoch =
            self.now_epoch.and_then(|epoch| UNIX_EPOCH.checked_add(Duration::from_secs(epoch)));
        self.now.or(epoch).unwrap_or_else(instant::unsaid)
    }
}

impl Case {
    fn check(&self) -> Check {
        Check::equal(json!(self.expect.delay), self.told())
    }

    fn told(&self) -> Value {
        json!(self.told.map(|delay| delay.as_secs()))
    }

    fn page(&self) -> String {
        let mut page = Page::new(&self.id);
        if let Some(note) = &self.expect.note {
            page.row("note", note);
        }
        page.row("now", &readmit_error::rfc3339::format(self.expect.now()));
        page.section("header");
        for line in &self.shown {
            page.line(line);
        }
        page.section("delay in seconds");
        page.row("expected", &value(&json!(self.expect.delay)));
        let is_right = self.check() == Check::Passed;
        page.row(if is_right { "got, right" } else { "got, WRONG" }, &value(&self.told()));
        page.into_text()
    }
}

const LINE: &str = "timing";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_dates_are_one_line() {
        let outcome = run(r#"{"cases": [{"headers": {"Retry-After": "5"}, "delay": 5},
                          {"id": "b", "headers": {}, "delay": 5}],
                "http_date": [{"value": "Thu Jan  1 00:00:10 2026", "now": "2026-01-01T00:00:00Z",
                               "delay": 10}]}"#);

        let [line] = &outcome.lines[..] else { panic!("one line") };
        assert_eq!(line.passes, ["cases[0]", "http_date[0]"]);
        assert_eq!((line.misses[0].id.as_str(), &line.misses[0].got), ("b", &json!(null)));
    }

    #[test]
    fn a_time_is_an_instant_or_seconds_since_1970() {
        for (now, at) in [
            (r#""now": "2026-01-01T00:00:01Z""#, instant::unsaid() + Duration::from_secs(1)),
            (r#""now_epoch": 7"#, UNIX_EPOCH + Duration::from_secs(7)),
            (r#""note": "none""#, instant::unsaid()),
        ] {
            let expect: Expect =
                serde_json::from_str(&format!(r#"{{"delay": null, {now}}}"#)).unwrap();

            assert_eq!(expect.now(), at);
        }
    }

    #[test]
    fn a_case_without_a_delay_or_with_an_impossible_header_is_broken() {
        for case in [r#"{"headers": {}}"#, r#"{"headers": {"a b": "1"}, "delay": 1}"#] {
            let outcome = run(&format!("{{\"cases\": [\n{case}\n]}}"));

            let [fault] = &outcome.faults[..] else { panic!("one fault") };
            assert_eq!(fault.line, Some(2), "{fault}");
        }
    }

    #[test]
    fn a_case_is_told_with_its_header() {
        let text = r#"{"cases": [{"id": "a", "headers": {"Retry-After": "5"}, "delay": 6}]}"#;

        let pages = explain(text, "a");

        assert!(pages[0].contains("retry-after: 5\n"), "{}", pages[0]);
        assert!(pages[0].contains("got, WRONG     5\n"), "{}", pages[0]);
    }
}
