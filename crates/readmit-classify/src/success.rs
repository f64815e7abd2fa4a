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

    fn slack(body: &str) -> Option<Flawed> {
        read(Dialect::named("slack").unwrap(), body.as_bytes())
    }
}
