//! `skew.json`: how far off a server's clock is, learned from its answers.

mod operation;

use serde::Deserialize;
use serde_json::{Value, json};

use self::operation::Operation;
use crate::line::{Check, Line};
use crate::page::{Page, value};
use crate::suite::{Fault, Outcome, Suite};

pub(crate) const SUITE: Suite = Suite { file: "skew.json", lines: &[LINE], run, explain };

#[derive(Debug, Deserialize)]
struct File {
    tests: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    id: Option<String>,
    description: String,
    operations: Vec<Operation>,
}

fn run(text: &str) -> Outcome {
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Outcome::broken(Fault::of_json(&error, 0)),
    };
    let mut outcome = Outcome::default();
    let mut line = Line::new(LINE);
    for (at, case) in file.tests.iter().enumerate() {
        let id = case.id(at);
        match case.compare() {
            Ok(compared) => line.add(&id, check(compared)),
            Err(reason) => {
                outcome.faults.push(Fault { line: None, reason: format!("{id}: {reason}") });
            }
        }
    }
    outcome.lines.push(line);
    outcome
}

fn explain(text: &str, id: &str) -> Vec<String> {
    let Ok(file) = serde_json::from_str::<File>(text) else { return Vec::new() };
    let cases = file.tests.iter().enumerate().filter(|(at, case)| case.id(*at) == id);
    cases.map(|(_, case)| case.page(id)).collect()
}

/// What is compared, what it must be, what it is.
type Compared = (String, Value, Value);

impl Case {
    fn id(&self, at: usize) -> String {
        self.id.clone().unwrap_or_else(|| format!("tests[{at}]"))
    }

    /// Runs the operations of one client, each with what the one before it learned.
    fn compare(&self) -> Result<Vec<Compared>, String> {
        let mut compared = Vec::new();
        let first = self.operations.first().ok_or("there are no operations")?;
        let mut clock = first.initial_clock();
        for (at, operation) in self.operations.iter().enumerate() {
            for (what, expected, got) in operation.run(&mut clock)? {
                compared.push((format!("operation {at}, {what}"), expected, got));
            }
        }
        Ok(compared)
    }

    fn page(&self, id: &str) -> String {
        let mut page = Page::new(id);
        page.row("description", &self.description);
        match self.compare() {
            Ok(compared) => {
                let rows: Vec<_> = compared
                    .into_iter()
                    .map(|(what, expected, got)| {
                        let is_right = if expected == got { "right" } else { "WRONG" };
                        [what, value(&expected), value(&got), is_right.to_owned()]
                    })
                    .collect();
                page.table(&rows);
            }
            Err(reason) => page.row("broken", &reason),
        }
        page.into_text()
    }
}

fn check(compared: Vec<Compared>) -> Check {
    match compared.into_iter().find(|(_, expected, got)| expected != got) {
        Some((what, expected, got)) => {
            Check::Failed { expected: json!(format!("{what}: {}", value(&expected))), got }
        }
        None => Check::Passed,
    }
}

const LINE: &str = "skew";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_passes_where_offset_and_signing_time_are_as_they_must_be() {
        let outcome = run(&file(60, "2026-01-01T00:00:00Z"));

        assert_eq!(outcome.lines[0].passes, ["tests[0]"]);
        assert_eq!(outcome.faults, []);
    }

    #[test]
    fn a_case_fails_at_the_first_that_is_not() {
        let wrong = file(61, "2026-01-01T00:00:00Z");

        let outcome = run(&wrong);

        let [miss] = &outcome.lines[0].misses[..] else { panic!("one miss") };
        assert_eq!(miss.expected, json!("operation 0, offset: 61"));
        assert_eq!(miss.got, json!(60.0));
        assert!(explain(&wrong, "tests[0]")[0].contains("WRONG"));
        let signed = run(&file(60, "2026-01-01T00:00:01Z"));
        assert_eq!(signed.lines[0].misses.len(), 1);
    }

    #[test]
    fn a_case_whose_times_are_none_is_a_fault() {
        let broken = file(60, "2026-01-01T00:00:00Z").replace("00:01:00 GMT", "noon");

        let [fault] = &run(&broken).faults[..] else { panic!("one fault") };

        assert!(fault.reason.contains("noon"), "{fault}");
    }

    fn file(offset: i64, signed_at: &str) -> String {
        format!(
            r#"{{"tests": [{{"description": "a", "operations": [{{"initialClientSkew": 0, "attempts": [{{
                "clientTimeAtSend": "2026-01-01T00:00:00Z",
                "clientTimeAtReceive": "2026-01-01T00:00:00Z",
                "expectedSigningTime": "{signed_at}",
                "response": {{"statusCode": 200, "headers": {{"Date": "Thu, 01 Jan 2026 00:01:00 GMT"}}}}
            }}], "expectedClientSkew": {offset}, "expectedOutcome": "success"}}]}}]}}"#
        )
    }
}
