//! Failures in answers below 400, as far as a dialect says how to tell them.

use crate::body::{self, Path, Value, Visitor};
use crate::dialect::{Dialect, Told};
use crate::fold;

/// A success with a failure in it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Flawed {
    /// Whether there is a result beside the failure: something was done.
    pub(crate) has_data: bool,
}

/// Reads the body of a success; nothing of it is kept, and nothing is allocated.
///
/// Only what the body itself says counts, and not what stands in one of its texts: somebody else
/// may have written that.
pub(crate) fn read(dialect: &Dialect, bytes: &[u8]) -> Option<Flawed> {
    if !dialect.reads_success() {
        return None;
    }
    let text = body::text(bytes);
    if !body::is_for_programs(&text) {
        return None;
    }
    let mut tests = Tests { dialect, fails: false, has_data: false };
    body::walk(&text, &mut tests);
    tests.fails.then_some(Flawed { has_data: tests.has_data })
}

/// Reads the body of a success that is not what was asked for: an object whose outermost members say
/// that it is an error, in the words that most APIs use.
pub(crate) fn read_error(bytes: &[u8]) -> Option<Flawed> {
    let text = body::text(bytes);
    if !text.starts_with('{') {
        return None;
    }
    let mut outside = Outside { fails: false, has_data: false };
    body::walk(&text, &mut outside);
    outside.fails.then_some(Flawed { has_data: outside.has_data })
}

struct Outside {
    fails: bool,
    has_data: bool,
}

impl<'a> Visitor<'a> for Outside {
    const READS_ESCAPES: bool = false;

    fn member(&mut self, path: &Path<'a>, value: Value<'a>) {
        let mut names = path.names();
        if let (Some(name), None) = (names.next(), names.next()) {
            self.fails |= tells_error(name, &value);
            self.has_data |= name == "data" && value != Value::Null;
        }
    }
}

fn tells_error(name: &str, value: &Value<'_>) -> bool {
    let is_one_of = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
    match value {
        Value::Null => false,
        Value::Bool(told) => is_one_of(if *told { &ERRORS } else { &SUCCESSES }),
        // Zero is what says that there is none.
        Value::Number(number) => is_one_of(&ERRORS) && *number != "0",
        Value::Text(text) => is_one_of(&ERRORS) && !text.is_empty(),
        Value::Group { empty } => is_one_of(&ERRORS) && !empty,
    }
}

struct Tests<'d> {
    dialect: &'d Dialect,
    fails: bool,
    has_data: bool,
}

impl<'a> Visitor<'a> for Tests<'_> {
    const READS_ESCAPES: bool = false;

    fn member(&mut self, path: &Path<'a>, value: Value<'a>) {
        let is_leaf = matches!(value, Value::Bool(_) | Value::Number(_) | Value::Text(_));
        self.has_data |= is_leaf && path.names().len() > 1 && path.names().next() == Some("data");
        // The tests are few and near the outside; what is deep below is not asked for.
        if !self.fails && path.names().len() <= TEST_DEPTH {
            let at = path.names().fold(fold::Path::ROOT, |at, name| at.member(name.as_bytes()));
            self.fails = self.dialect.fails(at, value.told());
        }
    }
}

impl Value<'_> {
    /// The value as a dialect compares it.
    fn told(&self) -> Told<'_> {
        match self {
            Value::Null => Told::Null,
            Value::Bool(told) => Told::Bool(*told),
            Value::Number(text) => Told::Number(text),
            Value::Text(text) => Told::Text(text),
            Value::Group { empty } => Told::Container { empty: *empty },
        }
    }
}

/// Names of the longest path that a test may have.
const TEST_DEPTH: usize = 4;

/// Members that only an error has, or that say that there is one.
const ERRORS: [&str; 8] = [
    "error",
    "errors",
    "error_code",
    "errorCode",
    "error_description",
    "error_message",
    "errorMessage",
    "fault",
];

/// Members that say whether it is a success.
const SUCCESSES: [&str; 3] = ["ok", "success", "succeeded"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_somebody_wrote_makes_no_failure() {
        for body in [
            "ok=false or not, a sentence",
            r#"{"ok": true, "message": {"text": "{\"ok\":false,\"error\":\"token_expired\"}"}}"#,
            r#"see {"ok": false}"#,
            r#"{"ok": true}"#,
        ] {
            assert_eq!(slack(body), None, "{body}");
        }
        for body in [r#"{"ok": false}"#, "ok=false&error=x"] {
            assert_eq!(slack(body), Some(Flawed { has_data: false }), "{body}");
        }
    }

    #[test]
    fn r42_a_result_beside_the_failure_is_seen() {
        let graphql = Dialect::named("graphql").unwrap();
        for (body, has_data) in [
            (r#"{"data": {"pay": {"id": 1}}, "errors": [{}]}"#, true),
            (r#"{"data": {"pay": null}, "errors": [{}]}"#, false),
            (r#"{"data": null, "errors": [{}]}"#, false),
        ] {
            assert_eq!(read(graphql, body.as_bytes()), Some(Flawed { has_data }), "{body}");
        }
    }

    #[test]
    fn of_documents_only_an_error_is_read() {
        let aws = Dialect::named("aws").unwrap();
        let error = b"<?xml version=\"1.0\"?><Error><Code>SlowDown</Code></Error>";
        let list = b"<List><Error><Code>SlowDown</Code></Error></List>";

        assert!(read(aws, error).is_some());
        assert!(read(aws, list).is_none());
    }

    #[test]
    fn an_object_tells_of_an_error_at_its_outside() {
        for body in [
            r#"{"error": {"code": 7}}"#,
            r#"{"error": "invalid_token", "error_description": "it expired"}"#,
            r#"{"errors": [{"code": "NOPE"}]}"#,
            r#"{"error_code": "AUTH_003"}"#,
            r#"{"errorCode": 17}"#,
            r#"{"ok": false}"#,
            r#"{"success": false, "message": "no"}"#,
            r#"{"fault": {"faultstring": "no"}"#,
        ] {
            let flawed = Some(Flawed { has_data: false });
            assert_eq!(read_error(body.as_bytes()), flawed, "{body}");
        }
    }

    #[test]
    fn an_object_of_another_shape_tells_of_none() {
        for body in [
            "",
            "{}",
            "[]",
            r#"[{"error": "no"}]"#,
            r#"{"name": "error", "id": 7}"#,
            r#"{"error": null, "errors": [], "error_code": 0, "error_message": ""}"#,
            r#"{"error": false, "ok": true}"#,
            r#"{"id": 7, "status": "failed", "message": "a job that failed"}"#,
            r#"{"last_run": {"error": "no", "ok": false}}"#,
            "<Error><Code>SlowDown</Code></Error>",
            "error=no",
        ] {
            assert_eq!(read_error(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn r42_a_result_beside_an_error_is_seen() {
        let body = br#"{"data": {"id": 1}, "error": "late"}"#;

        assert_eq!(read_error(body), Some(Flawed { has_data: true }));
    }

    fn slack(body: &str) -> Option<Flawed> {
        read(Dialect::named("slack").unwrap(), body.as_bytes())
    }
}
