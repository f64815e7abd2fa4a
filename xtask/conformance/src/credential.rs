//! `credential.json`: the life of a cached credential on a virtual clock, step by step.

mod crowd;
mod run;
mod step;

use serde::Deserialize;
use serde_json::json;

use self::run::Run;
use self::step::{Given, Step};
use crate::line::{Check, Line};
use crate::page::{Page, value};
use crate::suite::{Fault, Outcome, Suite};

pub(crate) const SUITE: Suite = Suite { file: "credential.json", lines: &[LINE], run, explain };

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    cases: Vec<Case>,
    #[serde(default)]
    concurrency_cases: Vec<Crowded>,
}

#[derive(Debug, Deserialize)]
struct Case {
    id: Option<String>,
    documentation: Option<String>,
    given: Given,
    steps: Vec<Step>,
}

/// Many callers at once, in a situation that has a name.
#[derive(Debug, Deserialize)]
struct Crowded {
    name: String,
    expected: Option<String>,
}

fn run(text: &str) -> Outcome {
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Outcome::broken(Fault::of_json(&error, 0)),
    };
    let mut outcome = Outcome::default();
    let mut line = Line::new(LINE);
    for (at, case) in file.cases.iter().enumerate() {
        let id = case.id(at);
        match case.check() {
            Ok(check) => line.add(&id, check),
            Err(reason) => {
                outcome.faults.push(Fault { line: None, reason: format!("{id}: {reason}") });
            }
        }
    }
    for crowded in &file.concurrency_cases {
        line.add(&crowded.name, crowded.check());
    }
    outcome.lines.push(line);
    outcome
}

fn explain(text: &str, id: &str) -> Vec<String> {
    let Ok(file) = serde_json::from_str::<File>(text) else { return Vec::new() };
    let cases = file.cases.iter().enumerate().filter(|(at, case)| case.id(*at) == id);
    let crowded = file.concurrency_cases.iter().filter(|crowded| crowded.name == id);
    cases.map(|(_, case)| case.page(id)).chain(crowded.map(Crowded::page)).collect()
}

impl Case {
    fn id(&self, at: usize) -> String {
        self.id.clone().unwrap_or_else(|| format!("cases[{at}]"))
    }

    /// Compares the steps one by one, up to the first that is not as it must be.
    fn check(&self) -> Result<Check, String> {
        let mut run = Run::new(&self.given)?;
        for (at, step) in self.steps.iter().enumerate() {
            for (what, expected, got) in run.take(step)? {
                if expected != got {
                    let place = format!("step {at}, {what}: {}", value(&expected));
                    return Ok(Check::Failed { expected: json!(place), got });
                }
            }
        }
        Ok(Check::Passed)
    }

    fn page(&self, id: &str) -> String {
        let mut page = Page::new(id);
        if let Some(documentation) = &self.documentation {
            page.row("documentation", documentation);
        }
        match Run::new(&self.given) {
            Ok(mut run) => {
                for (at, step) in self.steps.iter().enumerate() {
                    page.section(&format!("step {at}: {}", step.title()));
                    match run.take(step) {
                        Ok(compared) => page.compared(compared),
                        Err(reason) => page.row("broken", &reason),
                    }
                }
            }
            Err(reason) => page.row("broken", &reason),
        }
        page.into_text()
    }
}

impl Crowded {
    fn check(&self) -> Check {
        match crowd::scenario(&self.name) {
            Some(scenario) => match scenario() {
                Ok(()) => Check::Passed,
                Err(got) => Check::Failed { expected: json!(self.expected), got: json!(got) },
            },
            None => Check::Skipped("no scenario of that name is known"),
        }
    }

    fn page(&self) -> String {
        let mut page = Page::new(&self.name);
        page.row("expected", self.expected.as_deref().unwrap_or("as its name says"));
        match self.check() {
            Check::Failed { got, .. } => page.row("got, WRONG", &value(&got)),
            Check::Absent | Check::Passed => page.row("got, right", "the same"),
            Check::Skipped(why) => page.row("skipped", why),
        }
        page.into_text()
    }
}

const LINE: &str = "credential";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_passes_where_every_step_is_as_it_must_be() {
        let outcome = run(&file("newCredentials", "freshCredentials"));

        assert_eq!(outcome.lines[0].passes, ["cases[0]"]);
        assert_eq!(outcome.faults, []);
    }

    #[test]
    fn a_case_fails_at_its_first_wrong_step() {
        let wrong = file("cachedCredentials", "freshCredentials");

        let outcome = run(&wrong);

        let [miss] = &outcome.lines[0].misses[..] else { panic!("one miss") };
        assert_eq!(miss.expected, json!("step 0, result: cachedCredentials"));
        assert_eq!(miss.got, json!("newCredentials"));
        let pages = explain(&wrong, "cases[0]");
        assert!(pages[0].contains("WRONG"), "{}", pages[0]);
    }

    #[test]
    fn a_case_that_cannot_be_run_is_a_fault() {
        for broken in [
            file("newCredentials", "something else"),
            file("newCredentials", "freshCredentials").replace("mandatory", "nowhere"),
        ] {
            let [fault] = &run(&broken).faults[..] else { panic!("one fault") };
            assert!(fault.reason.starts_with("cases[0]: "), "{fault}");
        }
    }

    #[test]
    fn a_crowd_without_a_scenario_is_skipped() {
        let outcome = run(r#"{"concurrency_cases": [{"name": "something else"},
            {"name": "no_expiry_served_indefinitely"}]}"#);

        assert_eq!(outcome.lines[0].skips.len(), 1);
        assert_eq!(outcome.lines[0].passes, ["no_expiry_served_indefinitely"]);
    }

    /// A case of one step, in which the source is asked in the last minute.
    fn file(result: &str, response: &str) -> String {
        format!(
            r#"{{"cases": [{{
                "given": {{"cachedCredentials": "mandatory"}},
                "steps": [{{"type": "getCredentials", "response": "{response}",
                    "expected": {{"result": "{result}", "sourceContacted": true}}}}]
            }}]}}"#
        )
    }
}
