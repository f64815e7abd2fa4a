//! The places of a body in which providers put codes, sentences, ids and waits.

use std::time::{Duration, SystemTime};

use readmit_error::rfc3339;
use serde_json::{Map, Value};

use crate::retry_after;

/// What stood in the usual places of a body.
#[derive(Debug, Default)]
pub(crate) struct Places<'a> {
    /// Codes, the most telling places first.
    pub(crate) codes: Vec<&'a str>,
    /// Sentences.
    pub(crate) texts: Vec<&'a str>,
    /// The first code that is a number other than a status.
    pub(crate) number: Option<u64>,
    pub(crate) request_id: Option<&'a str>,
    /// Whether the body names a field of the request.
    pub(crate) names_a_field: bool,
    retry_after: Option<&'a Value>,
}

/// What a member is by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    /// A code of the provider's own.
    Code,
    /// The name of a part of the request.
    Field,
    /// A container with more of these, or a word, or a sentence.
    Group,
    RequestId,
    RetryAfter,
    Text,
}

impl<'a> Places<'a> {
    pub(crate) fn of(members: &'a Map<String, Value>) -> Places<'a> {
        let mut places = Places::default();
        places.visit(members, 0);
        places
    }

    /// Returns how long the body asks to wait: seconds, `30s`, or an instant with its offset.
    ///
    /// An instant without an offset is no instant: nobody knows which zone was meant.
    pub(crate) fn delay(&self, now: SystemTime) -> Option<Duration> {
        let told = self.retry_after?;
        if let Some(seconds) = told.as_u64() {
            return Some(Duration::from_secs(seconds));
        }
        if let Some(seconds) = told.as_f64() {
            // A fraction, or more than any clock holds.
            let wait = || Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
            return (0.0 <= seconds).then(wait);
        }
        let text = told.as_str()?.trim();
        if let Some(at) = rfc3339::parse(text) {
            return Some(at.duration_since(now).unwrap_or(Duration::ZERO));
        }
        let number = text.strip_suffix('s').unwrap_or(text);
        retry_after::seconds(number.as_bytes()).map(Duration::from_secs)
    }

    /// Returns the provider's code as the failure tells it.
    pub(crate) fn code(&self) -> Option<String> {
        match self.codes.first() {
            Some(code) => Some((*code).to_owned()),
            None => self.number.map(|number| number.to_string()),
        }
    }

    /// Returns the sentence that the failure tells.
    pub(crate) fn description(&self) -> Option<&'a str> {
        self.texts.first().copied()
    }

    fn visit(&mut self, members: &'a Map<String, Value>, depth: usize) {
        // A code proper goes before what is inside, and that before a word for the family, wherever
        // the three stand in the object.
        for (name, value) in members.iter().filter(|(name, _)| is_proper_code(name)) {
            self.take(Role::Code, name, value, depth);
        }
        for inside in [true, false] {
            let others = members.iter().filter(|(name, _)| !is_proper_code(name));
            for (name, value) in others {
                match role(name) {
                    Some(role) if (role == Role::Group) == inside => {
                        self.take(role, name, value, depth);
                    }
                    _ => {}
                }
            }
        }
    }

    fn take(&mut self, role: Role, name: &str, value: &'a Value, depth: usize) {
        match (role, value) {
            (Role::RetryAfter, Value::Number(_) | Value::String(_)) => {
                self.retry_after = self.retry_after.or(Some(value));
            }
            (Role::RequestId, Value::String(id)) => {
                self.request_id = self.request_id.or(Some(id));
            }
            (Role::Field, Value::String(_) | Value::Array(_)) => self.names_a_field = true,
            (Role::Code, Value::Number(number)) if is_proper_code(name) => {
                let number = number.as_u64().filter(|number| !(100..1_000).contains(number));
                self.number = self.number.or(number);
            }
            (Role::Code | Role::Group | Role::Text, Value::String(text)) => self.word(role, text),
            (Role::Code | Role::Group | Role::Text, Value::Object(members)) if depth < DEPTH => {
                self.visit(members, depth + 1);
            }
            (Role::Group | Role::Text, Value::Array(items)) if depth < DEPTH => {
                for item in items.iter().take(ITEM_LIMIT) {
                    self.take(Role::Group, name, item, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// Sorts a word by its shape: a sentence under `code` is a sentence, a code under `message` a
    /// code (rule 78).
    fn word(&mut self, role: Role, text: &'a str) {
        let text = text.trim();
        let shaped = match role {
            Role::Text => text.contains('_') || text.len() <= SHORT,
            Role::Code | Role::Field | Role::Group | Role::RequestId | Role::RetryAfter => true,
        };
        let is_code = crate::words::is_code(text) && shaped;
        let numeric = text.bytes().all(|byte| byte.is_ascii_digit());
        let says_nothing = numeric || matches!(text, "about:blank" | "error" | "ERROR" | "fail");
        let list = if is_code { &mut self.codes } else { &mut self.texts };
        if !says_nothing && list.len() < PLACE_LIMIT {
            list.push(text);
        }
        if is_code && !says_nothing && role == Role::Text && self.texts.len() < PLACE_LIMIT {
            self.texts.push(text);
        }
    }
}

fn is_proper_code(name: &str) -> bool {
    ["code", "error_code", "errorCode", "Code"].contains(&name)
}

/// Looks a name up, however it is written: `errorCode`, `error_code` and `ErrorCode` are one.
fn role(name: &str) -> Option<Role> {
    let mut buffer = [0_u8; NAME_LIMIT];
    let mut length = 0;
    for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    let name = std::str::from_utf8(&buffer[..length]).ok()?;
    Some(match name {
        "code" | "errcode" | "errorclass" | "errorcode" | "errortype" | "exceptioncode"
        | "errorslug" | "name" | "oauthproblem" | "reason" | "status" | "title" | "type" => {
            Role::Code
        }
        "apiexception" | "details" | "detail" | "error" | "errorresponse" | "errors"
        | "exception" | "extensions" | "fault" | "innererror" | "messages" | "meta"
        | "odataerror" | "parameters" | "rootcause" | "source" => Role::Group,
        "description" | "detailedmessage" | "err" | "errordescription" | "errormessage"
        | "errorsummary" | "explanation" | "message" | "msg" | "oauthproblemadvice" => Role::Text,
        "field" | "fields" | "param" | "pointer" => Role::Field,
        "correlationid" | "requestid" | "traceid" => Role::RequestId,
        "retryafter" | "retryafterseconds" | "retrydelay" => Role::RetryAfter,
        _ => return None,
    })
}

/// How deep containers stand in each other.
const DEPTH: usize = 4;
/// Items of an array that are looked at.
const ITEM_LIMIT: usize = 8;
/// Codes, and sentences, that are looked at.
const PLACE_LIMIT: usize = 16;
/// Letters and digits of the longest name.
const NAME_LIMIT: usize = 20;
/// Bytes of a single word in the place of a sentence that may still be a code.
const SHORT: usize = 40;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_and_sentences_are_found_where_providers_put_them() {
        for (body, code, text) in [
            (json!({"error": "unauthorized", "error_code": "A_1"}), Some("A_1"), None),
            (
                json!({"error": {"code": "A_1", "message": "It broke"}}),
                Some("A_1"),
                Some("It broke"),
            ),
            (
                json!({"errors": [{"title": "A_1", "detail": "It broke"}]}),
                Some("A_1"),
                Some("It broke"),
            ),
            (json!({"errors": ["It broke"]}), None, Some("It broke")),
            (json!({"__type": "A_1", "Message": "It broke"}), Some("A_1"), Some("It broke")),
            (json!({"message": "A_1"}), Some("A_1"), Some("A_1")),
            (json!({"code": "It broke", "status": 400}), None, Some("It broke")),
        ] {
            let members = body.as_object().unwrap();

            let places = Places::of(members);

            assert_eq!(places.codes.first().copied(), code, "{body}");
            assert_eq!(places.texts.first().copied(), text, "{body}");
        }
    }

    #[test]
    fn r75_what_is_nested_without_an_end_is_left() {
        let deep = (0..100).fold(json!({"code": "A_1"}), |inner, _| json!({"error": inner}));

        assert!(Places::of(deep.as_object().unwrap()).codes.is_empty());
    }

    #[test]
    fn r44_a_wait_is_a_number_or_an_instant_with_its_offset() {
        let now = rfc3339::parse("2024-01-15T10:30:30Z").unwrap();

        for (told, wait) in [
            (json!(5), Some(5_000)),
            (json!(64.5), Some(64_500)),
            (json!("5"), Some(5_000)),
            (json!("58s"), Some(58_000)),
            (json!("2024-01-15T10:31:00Z"), Some(30_000)),
            (json!("2024-01-15T12:31:00+02:00"), Some(30_000)),
            (json!("2024-01-15T10:00:00Z"), Some(0)),
            (json!("2024-01-15T10:31:00"), None),
            (json!("+5"), None),
            (json!(-5), None),
            (json!(-0.5), None),
            (json!(null), None),
        ] {
            let body = json!({"details": {"retry_after": told}});

            let delay = Places::of(body.as_object().unwrap()).delay(now);

            assert_eq!(delay, wait.map(Duration::from_millis), "{body}");
        }
        let endless = json!({"retry_after": 1e300});
        assert_eq!(Places::of(endless.as_object().unwrap()).delay(now), Some(Duration::MAX));
    }

    #[test]
    fn a_status_is_no_code_of_the_providers() {
        let body = json!({"error": {"code": 401}, "errors": [{"code": 10_000}]});

        assert_eq!(Places::of(body.as_object().unwrap()).code().as_deref(), Some("10000"));
    }
}
