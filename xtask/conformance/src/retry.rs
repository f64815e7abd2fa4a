//! `retry.json`: what retries cost and how long they wait, randomness fixed.

mod bucket;
mod scenario;
mod sequence;

use serde::Deserialize;
use serde_json::{Value, json};

use self::bucket::TokenBucket;
use self::scenario::{Scenario, Version};
use self::sequence::Sequence;
use crate::line::{Check, Line};
use crate::page::{Page, value};
use crate::suite::{Fault, Outcome, Suite};

pub(crate) const SUITE: Suite =
    Suite { file: "retry.json", lines: &[QUOTA, BACKOFF], run, explain };

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    standard_retry_v2_0: Vec<Scenario>,
    #[serde(default)]
    standard_retry_v2_1: Vec<Scenario>,
    #[serde(default)]
    backoff_sequences: Vec<Sequence>,
    #[serde(default)]
    token_bucket: TokenBucket,
}

/// A fact, and what became of it.
#[derive(Debug)]
struct Case {
    id: String,
    line: &'static str,
    /// What it is called in the file.
    name: String,
    told: Told,
}

/// What must be and what is, or why the two were not compared.
#[derive(Debug)]
enum Told {
    Compared { expected: Value, got: Value },
    Skipped(&'static str),
}

impl Told {
    fn compared(expected: impl Into<Value>, got: impl Into<Value>) -> Told {
        Told::Compared { expected: expected.into(), got: got.into() }
    }
}

fn run(text: &str) -> Outcome {
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Outcome::broken(Fault::of_json(&error, 0)),
    };
    let mut lines = [Line::new(QUOTA), Line::new(BACKOFF)];
    for case in file.cases() {
        for line in lines.iter_mut().filter(|line| line.name == case.line) {
            line.add(&case.id, case.check());
        }
    }
    Outcome { lines: lines.into(), faults: Vec::new() }
}

fn explain(text: &str, id: &str) -> Vec<String> {
    let Ok(file) = serde_json::from_str::<File>(text) else { return Vec::new() };
    file.cases().iter().filter(|case| case.id == id).map(Case::page).collect()
}

impl File {
    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        let older = ("standard_retry_v2_0", &self.standard_retry_v2_0, Version::Older);
        let newer = ("standard_retry_v2_1", &self.standard_retry_v2_1, Version::Newer);
        for (list, scenarios, version) in [older, newer] {
            for (at, scenario) in scenarios.iter().enumerate() {
                let id = scenario.id.clone().unwrap_or_else(|| format!("{list}[{at}]"));
                let (quota, backoff) = scenario.run(version);
                cases.push(Case::new(&id, QUOTA, &scenario.name, quota));
                cases.extend(backoff.map(|told| Case::new(&id, BACKOFF, &scenario.name, told)));
            }
        }
        for (at, sequence) in self.backoff_sequences.iter().enumerate() {
            let id = sequence.id.clone().unwrap_or_else(|| format!("backoff_sequences[{at}]"));
            cases.push(Case::new(&id, BACKOFF, sequence.name(), sequence.run()));
        }
        for (id, name, told) in self.token_bucket.run() {
            cases.push(Case::new(&format!("token_bucket.{id}"), QUOTA, &name, told));
        }
        cases
    }
}

impl Case {
    fn new(id: &str, line: &'static str, name: &str, told: Told) -> Case {
        Case { id: id.to_owned(), line, name: name.to_owned(), told }
    }

    fn check(&self) -> Check {
        match &self.told {
            Told::Compared { expected, got } => Check::equal(expected.clone(), got.clone()),
            Told::Skipped(why) => Check::Skipped(why),
        }
    }

    fn page(&self) -> String {
        let mut page = Page::new(&self.id);
        page.row("line", self.line);
        page.row("name", &self.name);
        match &self.told {
            Told::Compared { expected, got } => {
                page.row("expected", &value(expected));
                page.row(if expected == got { "got, right" } else { "got, WRONG" }, &value(got));
            }
            Told::Skipped(why) => page.row("skipped", why),
        }
        page.into_text()
    }
}

/// A length of time as the files have it: in seconds, to the nanosecond.
fn seconds(delay: std::time::Duration) -> Value {
    json!(delay.as_secs_f64())
}

const QUOTA: &str = "retry.quota";
const BACKOFF: &str = "retry.backoff";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_judged_on_both_lines() {
        let wrong = r#"{"standard_retry_v2_0": [{"name": "a", "given": {}, "responses": [
            {"response": {"status_code": 500},
             "expected": {"outcome": "retry_request", "retry_quota": 495, "delay": 2}}]}]}"#;

        let outcome = run(wrong);

        let [quota, backoff] = &outcome.lines[..] else { panic!("two lines") };
        assert_eq!(quota.passes, ["standard_retry_v2_0[0]"]);
        assert_eq!(backoff.misses[0].got, json!([1.0]));
        let pages = explain(wrong, "standard_retry_v2_0[0]");
        assert!(pages[1].contains("got, WRONG     [1.0]\n"), "{}", pages[1]);
    }

    #[test]
    fn a_scenario_without_a_delay_asks_nothing_of_the_backoff() {
        let outcome = run(r#"{"standard_retry_v2_1": [{"name": "a", "given": {}, "responses": [
                {"response": {"status_code": 404}, "expected": {"outcome": "fail_request"}}]}]}"#);

        assert_eq!(outcome.lines.iter().map(Line::total).collect::<Vec<_>>(), [1, 0]);
    }

    #[test]
    fn a_case_that_says_nothing_to_compare_is_broken_or_skipped() {
        let broken = run(r#"{"standard_retry_v2_0": [{"name": "a"}]}"#);
        let skipped = run(r#"{"backoff_sequences": [{"name": "something else"}]}"#);

        assert_eq!(broken.faults.len(), 1);
        assert_eq!(skipped.lines[1].skips.len(), 1);
    }
}
