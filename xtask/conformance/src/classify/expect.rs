use readmit_error::{Action, Failure, Kind};
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::{Value, json};

use crate::line::Check;

/// What a case says of an answer, in the order of the report.
pub(crate) const FIELDS: [&str; 5] = ["kind", "action", "retryable", "retry_after", "replay"];

/// What is right; what is left out is not compared.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Expect {
    /// Any of them is right, and the first is the best.
    #[serde(deserialize_with = "kinds")]
    pub(crate) kind: Vec<Kind>,
    /// Any of them is right.
    #[serde(default)]
    pub(crate) action: Vec<Action>,
    pub(crate) retryable: Option<bool>,
    /// In seconds; `null` says that no wait is told.
    #[serde(default, deserialize_with = "written")]
    pub(crate) retry_after_s: Option<Option<f64>>,
    pub(crate) replay_safe: Option<bool>,
}

/// What the classifier says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judged {
    pub(crate) kind: Kind,
    pub(crate) action: Action,
    pub(crate) retryable: bool,
    pub(crate) retry_after_s: Option<f64>,
    pub(crate) replay_safe: bool,
}

impl From<&Failure> for Judged {
    fn from(failure: &Failure) -> Judged {
        Judged {
            kind: failure.kind(),
            action: failure.action(),
            retryable: failure.is_retryable(),
            retry_after_s: failure.retry_after().map(|told| told.delay().as_secs_f64()),
            replay_safe: failure.replay().is_safe(),
        }
    }
}

/// Compares what is said with what is right, in the order of [`FIELDS`].
///
/// Where a kind was chosen that is right and not the best, the rest may rightly be that kind's and
/// is not compared. Where the kind is wrong, so may the rest be, and all of it is compared. Nothing
/// is right about a failure that was taken for a success.
pub(crate) fn compare(right: &Expect, judged: Option<&Judged>) -> [Check; FIELDS.len()] {
    let is = |holds: &dyn Fn(&Judged) -> bool| judged.is_some_and(holds);
    let is_first = is(&|it| right.kind.first() == Some(&it.kind));
    let is_accepted = is(&|it| right.kind.contains(&it.kind));
    let rest = |expected: Option<Value>, got: Value, is_right: bool| match expected {
        Some(_) if is_accepted && !is_first => Check::Skipped(OTHER_KIND),
        expected => check(expected, got, is_right),
    };
    let [kind, action, retryable, retry_after, replay] = wanted(right);
    let [said_kind, said_action, said_retryable, said_retry_after, said_replay] = said(judged);
    [
        check(kind, said_kind, is_accepted),
        rest(action, said_action, is(&|it| right.action.contains(&it.action))),
        rest(retryable, said_retryable, is(&|it| right.retryable == Some(it.retryable))),
        rest(
            retry_after,
            said_retry_after,
            is(&|it| is_near(right.retry_after_s.flatten(), it.retry_after_s)),
        ),
        rest(replay, said_replay, is(&|it| right.replay_safe == Some(it.replay_safe))),
    ]
}

/// What is said, as a report shows it.
pub(crate) fn said(judged: Option<&Judged>) -> [Value; FIELDS.len()] {
    let Some(judged) = judged else { return [NO_FAILURE; FIELDS.len()].map(Value::from) };
    [
        json!(judged.kind),
        json!(judged.action),
        json!(judged.retryable),
        json!(judged.retry_after_s),
        json!(judged.replay_safe),
    ]
}

fn check(expected: Option<Value>, got: Value, is_right: bool) -> Check {
    match expected {
        None => Check::Absent,
        Some(_) if is_right => Check::Passed,
        Some(expected) => Check::Failed { expected, got },
    }
}

/// What is right, as a report shows it; `None` where the case does not say.
pub(crate) fn wanted(right: &Expect) -> [Option<Value>; FIELDS.len()] {
    [
        Some(json!(right.kind)),
        (!right.action.is_empty()).then(|| json!(right.action)),
        right.retryable.map(|it| json!(it)),
        right.retry_after_s.map(|it| json!(it)),
        right.replay_safe.map(|it| json!(it)),
    ]
}

/// Whether two waits are the same but for the rounding of a clock.
fn is_near(right: Option<f64>, told: Option<f64>) -> bool {
    match (right, told) {
        (Some(right), Some(told)) => (right - told).abs() <= TOLERANCE_S,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn kinds<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Kind>, D::Error> {
    let kinds = Vec::deserialize(from)?;
    if kinds.is_empty() {
        return Err(D::Error::custom("no kind: the first of the list is the best"));
    }
    Ok(kinds)
}

/// Tells `null` from what is left out.
fn written<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<f64>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// What is said of an answer that was taken for a success.
const NO_FAILURE: &str = "no failure";

/// In seconds.
const TOLERANCE_S: f64 = 1.0;

const OTHER_KIND: &str = "the kind is right and not the first, so it alone counts";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_kind_is_compared_in_every_field() {
        let right = throttled(&["rate_limited", "unavailable"]);

        assert_eq!(marks(&right, Some(&said(Kind::RateLimited))), "pppfp");
    }

    #[test]
    fn another_accepted_kind_is_compared_alone() {
        let right = throttled(&["unavailable", "rate_limited"]);

        assert_eq!(marks(&right, Some(&said(Kind::RateLimited))), "pssss");
    }

    #[test]
    fn a_wrong_kind_is_compared_in_every_field() {
        let right = throttled(&["unavailable"]);

        assert_eq!(marks(&right, Some(&said(Kind::RateLimited))), "fppfp");
    }

    #[test]
    fn nothing_is_right_about_a_failure_taken_for_a_success() {
        assert_eq!(marks(&throttled(&["rate_limited"]), None), "fffff");
    }

    #[test]
    fn what_the_case_does_not_say_is_not_compared() {
        let right: Expect = serde_json::from_str(r#"{"kind": ["rate_limited"]}"#).unwrap();

        assert_eq!(marks(&right, Some(&said(Kind::RateLimited))), "p....");
    }

    #[test]
    fn a_wait_is_right_within_a_second() {
        for (right, told, is_right) in [
            (Some(30.0), Some(31.0), true),
            (Some(30.0), Some(29.0), true),
            (Some(30.0), Some(31.1), false),
            (Some(0.644), Some(0.0), true),
            (Some(0.0), None, false),
            (None, Some(0.0), false),
            (None, None, true),
        ] {
            assert_eq!(is_near(right, told), is_right, "{right:?} {told:?}");
        }
    }

    #[test]
    fn a_wait_of_null_says_that_none_is_told() {
        let null: Expect =
            serde_json::from_str(r#"{"kind": ["rate_limited"], "retry_after_s": null}"#).unwrap();

        assert_eq!(null.retry_after_s, Some(None));
        assert_eq!(marks(&null, Some(&said(Kind::RateLimited))), "p..f.");
    }

    fn throttled(kinds: &[&str]) -> Expect {
        let right = json!({
            "kind": kinds,
            "action": ["retry_with_backoff", "wait_and_retry"],
            "retryable": true,
            "retry_after_s": 30,
            "replay_safe": true,
        });
        serde_json::from_value(right).unwrap()
    }

    /// Right in all but the wait.
    fn said(kind: Kind) -> Judged {
        Judged {
            kind,
            action: Action::WaitAndRetry,
            retryable: true,
            retry_after_s: Some(60.0),
            replay_safe: true,
        }
    }

    fn marks(right: &Expect, judged: Option<&Judged>) -> String {
        let mark = |check| match check {
            Check::Absent => '.',
            Check::Failed { .. } => 'f',
            Check::Passed => 'p',
            Check::Skipped(_) => 's',
        };
        compare(right, judged).into_iter().map(mark).collect()
    }
}
