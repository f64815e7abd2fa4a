//! A failure as JSON: the documented handler's answer, and what that answer has no word for.

use std::borrow::Cow;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::inner::Inner;
use crate::told::Part;
use crate::{
    Action, Challenge, Denied, ErrorBody, Failure, Kind, Origin, Replay, RetryAfter, retry_after,
    rfc3339,
};

#[derive(Deserialize, Serialize)]
struct Wire<'a> {
    action: Action,
    message: Cow<'a, str>,
    retryable: bool,
    /// Seconds.
    retry_after: Option<f64>,
    error_data: Cow<'a, ErrorBody>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    code: Option<Option<Cow<'a, str>>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    description: Option<Option<Cow<'a, str>>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    request_id: Option<Option<Cow<'a, str>>>,
    kind: Kind,
    origin: Origin,
    replay: Replay,
    because: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(default, skip_serializing_if = "is_empty")]
    denied: Cow<'a, Denied>,
    #[serde(default, skip_serializing_if = "<[Challenge]>::is_empty")]
    challenges: Cow<'a, [Challenge]>,
}

fn is_empty(denied: &Denied) -> bool {
    denied.is_empty()
}

/// Returns what is told of a text that is not the one in the body.
fn beside<'a>(told: Option<&'a str>, member: Option<&str>) -> Option<Option<Cow<'a, str>>> {
    (told != member).then(|| told.map(Cow::Borrowed))
}

/// Tells a member that is `null` from one that is missing.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = self.inner();
        let body = self.body();
        let wire = Wire {
            action: inner.action,
            message: Cow::Borrowed(inner.kind.meaning()),
            retryable: inner.retryable,
            retry_after: inner.retry_after.map(|hint| hint.delay().as_secs_f64()),
            code: beside(self.code(), body.error_code.as_deref()),
            description: beside(self.description(), body.error_description.as_deref()),
            request_id: beside(self.request_id(), body.request_id.as_deref()),
            error_data: Cow::Owned(body),
            kind: inner.kind,
            origin: inner.origin,
            replay: inner.replay,
            because: Cow::Borrowed(self.because()),
            retry_since: inner.retry_after.map(|hint| rfc3339::format(hint.since())),
            at: inner.at.map(rfc3339::format),
            denied: Cow::Borrowed(self.denied()),
            challenges: Cow::Borrowed(inner.challenges()),
        };
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Failure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Failure, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let since = wire.retry_since.as_deref().and_then(rfc3339::parse);
        let delay = wire.retry_after.map(|told| retry_after::seconds(told).unwrap_or_default());
        let mut inner = Inner::new(wire.kind, wire.origin);
        inner.action = wire.action;
        inner.retryable = wire.retryable;
        inner.replay = wire.replay;
        inner.retry_after =
            delay.map(|delay| RetryAfter::new(delay, since.unwrap_or(SystemTime::UNIX_EPOCH)));
        inner.at = wire.at.as_deref().and_then(rfc3339::parse);
        inner.told.put_body(wire.error_data.into_owned());
        inner.told.put(Part::Because, &wire.because);
        for (part, said) in [
            (Part::Code, wire.code),
            (Part::Description, wire.description),
            (Part::RequestId, wire.request_id),
        ] {
            match said {
                Some(Some(text)) => inner.told.put(part, &text),
                Some(None) => inner.told.forget(part),
                None => {}
            }
        }
        inner.deny(wire.denied.into_owned());
        wire.challenges.into_owned().into_iter().for_each(|challenge| inner.challenge(challenge));
        Ok(Failure::of(Box::new(inner)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_failure_is_the_documented_handlers_answer() {
        let body =
            ErrorBody::read(br#"{"error": "rate_limit_exceeded", "error_code": "RATE_001"}"#)
                .unwrap();
        let hint = RetryAfter::new(Duration::from_secs(30), SystemTime::UNIX_EPOCH);
        let failure = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
            .body(body)
            .retry_after(hint)
            .because("code RATE_001")
            .build();

        let written = serde_json::to_value(&failure).unwrap();

        assert_eq!(
            written,
            json!({
                "action": "wait_and_retry",
                "message": "Too many requests were sent in too short a time.",
                "retryable": true,
                "retry_after": 30.0,
                "error_data": {"error": "rate_limit_exceeded", "error_code": "RATE_001"},
                "kind": "rate_limited",
                "origin": {"answer": {"status": 429}},
                "replay": "not_processed",
                "because": "code RATE_001",
                "retry_since": "1970-01-01T00:00:00Z",
            })
        );
        assert_eq!(serde_json::from_value::<Failure>(written).unwrap(), failure);
    }

    #[test]
    fn r56_a_failure_that_is_read_is_as_neutral_as_one_that_is_built() {
        let built = Failure::builder(Kind::Unknown, Origin::Local).build();
        let mut written = serde_json::to_value(&built).unwrap();
        written["error_data"]["error_code"] = json!("\u{1b}[31m");
        written["error_data"]["request_id"] = json!("x".repeat(1_000));
        written["because"] = json!("code \n");
        written["denied"] = json!({"role": "\u{202e}"});

        let read: Failure = serde_json::from_value(written).unwrap();

        assert!(!read.to_string().contains('\u{1b}'), "{read}");
        assert_eq!(read.request_id().map(|id| id.chars().count()), Some(128));
        assert_eq!(read.because(), "code \\u{a}");
        assert_eq!(read.denied().role.as_deref(), Some("\\u{202e}"));
    }

    #[test]
    fn r44_a_wait_that_no_clock_holds_is_read_as_endless() {
        let failure = Failure::builder(Kind::RateLimited, Origin::Local).build();
        let mut written = serde_json::to_value(&failure).unwrap();

        for (seconds, wait) in [(1e300, Duration::MAX), (-1.0, Duration::ZERO)] {
            written["retry_after"] = json!(seconds);
            let read: Failure = serde_json::from_value(written.clone()).unwrap();

            assert_eq!(read.retry_after().map(RetryAfter::delay), Some(wait));
        }
    }
}
