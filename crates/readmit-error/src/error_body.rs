use std::borrow::Cow;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::Details;

/// The documented error format, read and written.
///
/// A member that is not one of the six, or is not of the type that the format gives it, is kept
/// under [`extra`](ErrorBody::extra) and written again: nothing that arrived is lost.
/// [`Debug`] names the members and shows none of their values.
///
/// # Example
///
/// ```
/// use readmit_error::ErrorBody;
///
/// let body = ErrorBody::read(br#"{"error_code": "AUTH_003", "trace": 7}"#)?;
/// assert_eq!(body.error_code.as_deref(), Some("AUTH_003"));
/// assert_eq!(body.extra["trace"], 7);
/// # Ok::<_, readmit_error::NotAnErrorBody>(())
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the format is complete, and `extra` holds the rest")]
pub struct ErrorBody {
    /// The error in one word, such as `unauthorized`.
    pub error: Option<String>,
    /// The error in a sentence. Whoever runs the API wrote it: show it only through
    /// [`neutralise`](crate::neutralise).
    pub error_description: Option<String>,
    /// The provider's code, such as `AUTH_001`.
    pub error_code: Option<String>,
    /// When it happened, as the server wrote it.
    pub timestamp: Option<String>,
    /// What the provider's support asks for.
    pub request_id: Option<String>,
    /// More about it, different for each code; [`details`](ErrorBody::details) reads it by type.
    pub details: Option<Map<String, Value>>,
    /// The members that the format does not know.
    pub extra: Map<String, Value>,
}

/// A body is not of the documented error format: not JSON, or not an object.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAnErrorBody {
    /// It is JSON, and not an object.
    #[error("the body is JSON but not an object")]
    NotAnObject,
    /// It is not JSON.
    #[error("the body is not JSON: line {line}, column {column}")]
    NotJson {
        /// The line of the first byte that does not fit, from 1 on.
        line: usize,
        /// The column of that byte, from 1 on.
        column: usize,
    },
}

impl ErrorBody {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// [`NotAnErrorBody`] where the bytes are not a JSON object.
    pub fn read(bytes: &[u8]) -> Result<ErrorBody, NotAnErrorBody> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            NotAnErrorBody::NotJson { line: error.line(), column: error.column() }
        })?;
        let Value::Object(members) = value else {
            return Err(NotAnErrorBody::NotAnObject);
        };
        Ok(ErrorBody::from_members(members))
    }

    /// Returns a typed view of `details`; an empty one where there are none.
    #[must_use]
    pub fn details(&self) -> Details<'_> {
        Details::new(self.details.as_ref().map(Cow::Borrowed))
    }

    /// Sorts the members of a JSON object into the format.
    ///
    /// One that is nested in more than 64 levels is dropped: what no reader takes back cannot be
    /// written either (rule 75).
    #[must_use]
    pub fn from_members(mut members: Map<String, Value>) -> ErrorBody {
        drop_bottomless(&mut members);
        let [error, error_description, error_code, timestamp, request_id] =
            ["error", "error_description", "error_code", "timestamp", "request_id"]
                .map(|name| take_text(&mut members, name));
        let details = take_object(&mut members, "details");
        ErrorBody {
            error,
            error_description,
            error_code,
            timestamp,
            request_id,
            details,
            extra: members,
        }
    }

    /// Returns the members of the JSON object that the body is.
    #[must_use]
    pub fn into_members(self) -> Map<String, Value> {
        let mut members = self.extra;
        let texts = [
            ("error", self.error),
            ("error_description", self.error_description),
            ("error_code", self.error_code),
            ("timestamp", self.timestamp),
            ("request_id", self.request_id),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                members.insert(name.to_owned(), Value::String(text));
            }
        }
        if let Some(details) = self.details {
            members.insert("details".to_owned(), Value::Object(details));
        }
        members
    }
}

/// Drops what is nested so deep that JSON readers refuse it once it stands in something else.
pub(crate) fn drop_bottomless(members: &mut Map<String, Value>) {
    members.retain(|_, value| is_bounded(value, DEPTH));
}

fn is_bounded(value: &Value, levels: usize) -> bool {
    let inside = levels.checked_sub(1);
    match value {
        Value::Array(items) => {
            inside.is_some_and(|inside| items.iter().all(|item| is_bounded(item, inside)))
        }
        Value::Object(members) => {
            inside.is_some_and(|inside| members.values().all(|it| is_bounded(it, inside)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// Takes a member out of the map if it is a text, and leaves it there if it is anything else.
pub(crate) fn take_text(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    if !members.get(name)?.is_string() {
        return None;
    }
    match members.remove(name)? {
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// Takes a member out of the map if it is an object, and leaves it there if it is anything else.
pub(crate) fn take_object(
    members: &mut Map<String, Value>,
    name: &str,
) -> Option<Map<String, Value>> {
    if !members.get(name)?.is_object() {
        return None;
    }
    match members.remove(name)? {
        Value::Object(object) => Some(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::String(_) => {
            None
        }
    }
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.clone().into_members();
        f.debug_set().entries(members.keys()).finish()
    }
}

impl Serialize for ErrorBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.clone().into_members().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ErrorBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ErrorBody, D::Error> {
        let Value::Object(members) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom(NotAnErrorBody::NotAnObject));
        };
        Ok(ErrorBody::from_members(members))
    }
}

/// Levels of a member.
const DEPTH: usize = 64;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_documented_body_is_read_and_written_whole() {
        let written = json!({
            "error": "unauthorized",
            "error_description": "Invalid or expired access token",
            "error_code": "AUTH_001",
            "timestamp": "2024-01-15T10:30:00Z",
            "request_id": "req_1234567890abcdef",
            "details": {"token_expires_at": "2024-01-15T09:30:00Z", "more": [1, 2]},
            "unknown": {"kept": true},
        });

        let body = ErrorBody::read(written.to_string().as_bytes()).unwrap();

        assert_eq!(body.error.as_deref(), Some("unauthorized"));
        assert_eq!(body.extra.len(), 1);
        assert_eq!(serde_json::to_value(&body).unwrap(), written);
    }

    #[test]
    fn a_member_of_another_type_is_kept_as_unknown() {
        let written = json!({"error": {"code": 401}, "details": "none", "request_id": 7});

        let body = ErrorBody::read(written.to_string().as_bytes()).unwrap();

        assert_eq!(body.error, None);
        assert_eq!(body.extra.len(), 3);
        assert_eq!(serde_json::to_value(&body).unwrap(), written);
    }

    #[test]
    fn r75_what_is_nested_without_an_end_is_dropped_and_nothing_else() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let written = format!(r#"{{"deep": {}, "not": {}}}"#, nested(65), nested(64));

        let body = ErrorBody::read(written.as_bytes()).unwrap();

        assert!(body.extra.contains_key("not") && !body.extra.contains_key("deep"));
    }

    #[test]
    fn what_is_no_object_says_so() {
        assert_eq!(ErrorBody::read(b"[1]"), Err(NotAnErrorBody::NotAnObject));
        assert_eq!(ErrorBody::read(b"<html>"), Err(NotAnErrorBody::NotJson { line: 1, column: 1 }));
    }

    #[test]
    fn r55_debug_shows_no_value() {
        let body = ErrorBody::read(br#"{"error": "s3cret", "token": "s3cret"}"#).unwrap();

        assert_eq!(format!("{body:?}"), r#"{"error", "token"}"#);
    }
}
