//! `breaker.json`: what a circuit breaker admits and counts, step by step on a virtual clock.

use serde::Deserialize;
use serde_json::json;

use crate::breaker::run::Run;
use crate::breaker::settings::Settings;
use crate::breaker::step::Step;
use crate::line::{Check, Line};
use crate::page::{Page, value};
use crate::suite::{Fault, Outcome, Suite};

mod run;
mod settings;
mod step;

pub(crate) const SUITE: Suite = Suite { file: "breaker.json", lines: &[LINE], run, explain };

#[derive(Debug, Deserialize)]
struct File {
    vectors: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    config: Settings,
    steps: Vec<Step>,
    /// The choices that the case is sensitive to.
    #[serde(default)]
    depends_on_knobs: Vec<String>,
    note: Option<String>,
}

fn run(text: &str) -> Outcome {
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Outcome::broken(Fault::of_json(&error, 0)),
    };
    let mut outcome = Outcome::default();
    let mut line = Line::new(LINE);
    for case in &file.vectors {
        match case.check() {
            Ok(check) => line.add(&case.id, check),
            Err(reason) => {
                let reason = format!(" {}: {reason}", case.id);
                outcome.faults.push(Fault { line: None, reason });
            }
        }
    }
    outcome.lines.push(line);
    outcome
}

fn explain(text: &str, id: &str) -> Vec<String> {
    let Ok(file) = serde_json::from_str::<File>(text) else { return Vec::new() };
    file.vectors.iter().filter(|case| case.id == id).map(Case::page).collect()
}

impl Case {
    /// Compares the steps one by one, up to the first that is not as it must be.
    fn check(&self) -> Result<Check, String> {
        if let Some(why) = self.skip() {
            return Ok(Check::Skipped(why));
        }
        let mut run = Run::new(&self.config)?;
        for (at, step) in self.steps.iter().enumerate() {
            for (what, expected, got) in run.take(step)? {
                if expected != got {
                    let place = format!("step {at}, t {}, {what}", step.t);
                    return Ok(Check::Failed {
                        expected: json!(format!("{place}: {}", value(&expected))),
                        got,
                    });
                }
            }
        }
        Ok(Check::Passed)
    }

    /// Says which choice of the case readmit did not make, where it matters.
    fn skip(&self) -> Option<&'static str> {
        self.depends_on_knobs.iter().find_map(|knob| match knob.split(':').next()? {
            "half-open decision" => self.config.decides_otherwise(),
            "open deadline inclusive/exclusive" => self.config.ends_otherwise(),
            "threshold comparison" => self.config.compares_otherwise(),
            "window evaluated as tumbling" => self.config.tumbles(),
            "evaluate on any completion / only on failure" => {
                let opens_on_success = || self.steps.iter().any(|step| self.opens_on_success(step));
                (self.config.evaluates_any() && opens_on_success())
                    .then_some("a success that is not slow opens no circuit (rule 57)")
            }
            // What is ignored or cancelled is told as the case says, and late results are dropped.
            _ => None,
        })
    }

    fn opens_on_success(&self, step: &Step) -> bool {
        step.expects_open() && step.succeeds() && !self.config.is_slow(step.duration_ms)
    }

    fn page(&self) -> String {
        let mut page = Page::new(&self.id);
        if let Some(note) = &self.note {
            page.row("note", note);
        }
        if let Some(why) = self.skip() {
            page.row("skipped", why);
        }
        match Run::new(&self.config) {
            Ok(mut run) => {
                for step in &self.steps {
                    page.section(&step.title());
                    match run.take(step) {
                        Ok(checks) => page.compared(checks),
                        Err(reason) => page.row("broken", &reason),
                    }
                }
            }
            Err(reason) => page.row("broken", &reason),
        }
        page.into_text()
    }
}

const LINE: &str = "breaker";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_passes_where_every_step_is_as_it_must_be() {
        let outcome = run(&file("closed", ""));

        assert_eq!(outcome.lines[0].passes, ["a"]);
        assert_eq!(outcome.faults, []);
    }

    #[test]
    fn a_case_fails_at_its_first_wrong_step() {
        let outcome = run(&file("open", ""));

        let [miss] = &outcome.lines[0].misses[..] else { panic!("one miss") };
        assert_eq!(miss.expected, json!("step 0, t 0, state: open"));
        assert_eq!(miss.got, json!("closed"));
    }

    #[test]
    fn a_case_is_skipped_only_for_a_choice_that_it_depends_on() {
        let skipped = run(&file("closed", r#""half-open decision: rate""#));
        let decided = run(&file("closed", r#""late results dropped""#));

        assert_eq!(skipped.lines[0].skips.len(), 1);
        assert_eq!(decided.lines[0].passes, ["a"]);
    }

    #[test]
    fn a_case_that_cannot_be_run_is_a_fault() {
        let text = file("closed", "").replace(r#""failures": 2"#, r#""failures": 0"#);

        let [fault] = &run(&text).faults[..] else { panic!("one fault") };

        assert!(fault.reason.contains("a: there is no threshold"), "{fault}");
    }

    #[test]
    fn a_case_is_told_step_by_step() {
        let pages = explain(&file("open", ""), "a");

        assert!(pages[0].contains("state   open  closed  WRONG"), "{}", pages[0]);
    }

    /// A case of one step, a failure that must leave the circuit in this state.
    fn file(state: &str, knob: &str) -> String {
        format!(
            r#"{{"vectors": [{{
                "id": "a",
                "config": {{
                    "window": {{"type": "consecutive", "failures": 2}},
                    "trip": {{}},
                    "evaluate_on": "any",
                    "open": {{"ms": 1000}},
                    "half_open": {{"permitted": 4, "decision": "rate"}}
                }},
                "depends_on_knobs": [{knob}],
                "steps": [{{"t": 0, "op": "call", "outcome": "failure",
                    "expect": {{"permit": true, "state": "{state}"}}}}]
            }}]}}"#
        )
    }
}
