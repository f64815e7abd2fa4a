//! `classify.jsonl`: answers of APIs, and what the classifier makes of them.

mod case;
mod expect;
mod explain;

use http::StatusCode;
use readmit_classify::{Dialect, Evidence, classify};
use readmit_error::Failure;

use self::case::Case;
use self::expect::{FIELDS, Judged};
use crate::line::{Check, Line};
use crate::suite::{Fault, Outcome, Suite};

pub(crate) const SUITE: Suite =
    Suite { file: "classify.jsonl", lines: &LINES, run, explain: explain::explain };

fn run(text: &str) -> Outcome {
    let mut lines = LINES.map(Line::new);
    let mut faults = Vec::new();
    for case in cases(text) {
        let case = match case {
            Ok(case) => case,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        let (by_dialect, generic) = lines.split_at_mut(FIELDS.len());
        add(by_dialect, &case.id, check(&case, case.dialect()));
        if is_seen_without_dialect(case.response.status) {
            add(generic, &case.id, check(&case, None));
        }
    }
    Outcome { lines: lines.into(), faults }
}

/// Reads a case from each line that is not blank.
fn cases(text: &str) -> impl Iterator<Item = Result<Case, Fault>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(before, line)| {
        serde_json::from_str(line).map_err(|error| Fault::of_json(&error, before))
    })
}

/// Whether one can see without a dialect that the answer is a failure: nobody can below 400.
fn is_seen_without_dialect(status: StatusCode) -> bool {
    StatusCode::BAD_REQUEST <= status
}

fn check(case: &Case, dialect: Option<&Dialect>) -> [Check; FIELDS.len()] {
    expect::compare(&case.expect, judge(case, dialect).as_ref().map(Judged::from).as_ref())
}

/// Returns what the classifier makes of the answer: `None` where it takes it for a success.
fn judge(case: &Case, dialect: Option<&Dialect>) -> Option<Failure> {
    let answer = &case.response;
    let evidence = Evidence::answer(
        &case.request.method,
        answer.status,
        &answer.headers.map,
        case.received_at(),
    )
    .body(answer.body.as_bytes());
    classify(&match dialect {
        Some(dialect) => evidence.dialect(dialect),
        None => evidence,
    })
}

fn add(lines: &mut [Line], id: &str, checks: [Check; FIELDS.len()]) {
    for (line, check) in lines.iter_mut().zip(checks) {
        line.add(id, check);
    }
}

/// In the order of [`FIELDS`], first with the provider's dialect and then with none.
const LINES: [&str; 2 * FIELDS.len()] = [
    "classify.kind",
    "classify.action",
    "classify.retryable",
    "classify.retry_after",
    "classify.replay",
    "classify.generic.kind",
    "classify.generic.action",
    "classify.generic.retryable",
    "classify.generic.retry_after",
    "classify.generic.replay",
];

#[cfg(test)]
mod tests {
    use super::*;

    const EXPIRED: &str = r#"{"id": "a", "request": {"method": "GET"}, "response": {"status": 401, "headers": [], "body": "{\"error_code\": \"AUTH_003\"}"}, "expect": {"kind": ["token_expired"], "action": ["refresh_token"], "retryable": true, "retry_after_s": null, "replay_safe": true}}"#;

    #[test]
    fn a_case_is_run_with_the_dialect_and_with_none() {
        let outcome = run(EXPIRED);

        assert_eq!(totals(&outcome), [(1, 1); LINES.len()]);
    }

    #[test]
    fn a_success_is_left_out_where_there_is_no_dialect() {
        for status in ["200", "304"] {
            let success = EXPIRED.replace("401", status);

            let outcome = run(&success);

            let (by_dialect, generic) = outcome.lines.split_at(FIELDS.len());
            assert!(by_dialect.iter().all(|line| line.total() == 1), "{status}");
            assert!(generic.iter().all(Line::is_empty), "{status}");
        }
    }

    #[test]
    fn a_line_that_is_broken_is_told_and_the_others_are_run() {
        let text = format!("{EXPIRED}\n\n{{\"id\": \"b\"}}\n{EXPIRED}\n");

        let outcome = run(&text);

        assert_eq!(totals(&outcome)[0], (2, 2));
        let [fault] = &outcome.faults[..] else { panic!("one fault") };
        assert_eq!(fault.line, Some(3));
        assert!(fault.reason.contains("missing field `request`"), "{fault}");
    }

    #[test]
    fn the_same_cases_have_the_same_result_whenever_they_are_run() {
        let dated = EXPIRED
            .replace("401", "429")
            .replace("[]", r#"[["Retry-After", "Thu, 01 Jan 2026 00:00:07 GMT"]]"#)
            .replace("token_expired", "rate_limited")
            .replace("\"retry_after_s\": null", "\"retry_after_s\": 7")
            .replace("AUTH_003", "RATE_001");

        let outcome = run(&dated);

        let line = outcome.lines.iter().find(|line| line.name == "classify.retry_after").unwrap();
        assert_eq!(line.passes, ["a"]);
    }

    fn totals(outcome: &Outcome) -> Vec<(usize, usize)> {
        outcome.lines.iter().map(|line| (line.passes.len(), line.total())).collect()
    }
}
