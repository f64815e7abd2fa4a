//! Entries of a log in JSON, one a line (rule 81).

use std::time::SystemTime;

use http::{Method, StatusCode};
use readmit_error::{Failure, Kind, Origin, neutralise, rfc3339};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Subject};
use super::input::Subjects;

/// Takes the failures out of a log; what stands on a line before the entry is passed over, and so
/// are lines without one.
pub(super) fn subjects(text: &[u8]) -> Subjects<'_> {
    if let Some(subject) = serde_json::from_slice(text).ok().and_then(subject) {
        return subject.into();
    }
    let lines = text.split(|byte| *byte == b'\n');
    Subjects::of(lines.filter_map(|line| {
        let start = line.iter().position(|byte| *byte == b'{')?;
        subject(serde_json::from_slice(line.get(start..)?).ok()?)
    }))
}

/// Reads an entry; `None` where it tells no failure.
fn subject(entry: Value) -> Option<Subject> {
    let entry = entry.as_object()?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let status = entry.get("http_status").and_then(Value::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok());
    let error_type = text("error_type")?;
    let request = text("endpoint").map(|endpoint| neutralise(endpoint, SHOWN));
    match serde_json::from_value::<Kind>(error_type.into()) {
        Ok(kind) => {
            let failure = told(kind, status, error_type, entry);
            Some(Subject::Told { request, failure })
        }
        // The documented rendering has one constant for all kinds.
        Err(_) => {
            let status = StatusCode::from_u16(status?).ok()?;
            Some(Subject::Answer(Box::new(answer(status, request, entry))))
        }
    }
}

/// The failure, by the kind that the entry names.
fn told(kind: Kind, status: Option<u16>, name: &str, entry: &Map<String, Value>) -> Failure {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let origin = status.map_or(Origin::Local, |status| Origin::Answer { status });
    let mut builder = Failure::builder(kind, origin).because(format_args!("error_type {name}"));
    if let Some(code) = text("error_code") {
        builder = builder.code(code);
    }
    if let Some(description) = text("error_description") {
        builder = builder.description(description);
    }
    if let Some(id) = text("request_id") {
        builder = builder.request_id(id);
    }
    if let Some(at) = text("timestamp").and_then(rfc3339::parse) {
        builder = builder.timestamp(at);
    }
    builder.build()
}

/// The answer that the entry is about, as far as it tells.
fn answer(status: StatusCode, request: Option<String>, entry: &Map<String, Value>) -> Answer {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let at = text("timestamp").and_then(rfc3339::parse).unwrap_or(SystemTime::UNIX_EPOCH);
    let method = text("endpoint").and_then(|endpoint| endpoint.split(' ').next());
    let mut body = Map::new();
    for name in ["error_code", "error_description", "request_id"] {
        body.extend(text(name).map(|value| (name.to_owned(), value.into())));
    }
    Answer {
        request,
        method: method.and_then(|method| method.parse::<Method>().ok()),
        body: json!(body).to_string().into_bytes(),
        ..Answer::new(status, at)
    }
}

/// Characters of an endpoint that are shown.
const SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r81_an_entry_is_explained_by_the_kind_it_names() {
        let entry = br#"{"timestamp": "2026-11-21T05:04:29.009966Z", "level": "ERROR",
            "error_type": "invalid_credentials", "error_code": "AUTH_002", "http_status": 401,
            "error_description": "no", "endpoint": "GET /v1/items/{id}", "request_id": "req_1"}"#;

        let found: Vec<_> = subjects(entry).collect();

        let [Subject::Told { request, failure }] = &found[..] else { panic!("one entry") };
        assert_eq!(request.as_deref(), Some("GET /v1/items/{id}"));
        assert_eq!(failure.kind(), Kind::InvalidCredentials);
        assert_eq!((failure.code(), failure.status()), (Some("AUTH_002"), Some(401)));
        assert_eq!(failure.because(), "error_type invalid_credentials");
    }

    #[test]
    fn r81_an_entry_of_the_documented_rendering_is_classified() {
        let line = br#"2024 WARN {"error_type": "authentication_error", "http_status": 401,
            "error_code": "AUTH_003", "endpoint": "POST /a"}"#;
        let line: Vec<u8> = line.iter().copied().filter(|byte| *byte != b'\n').collect();

        let log = [&line[..], b"\nno entry\n{\"a\": 1}\n"].concat();
        let found: Vec<_> = subjects(&log).collect();

        let [Subject::Answer(answer)] = &found[..] else { panic!("one entry: {found:?}") };
        assert_eq!(answer.method, Some(Method::POST));
        assert_eq!(answer.body, br#"{"error_code":"AUTH_003"}"#);
    }
}
