use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use readmit_classify::{Evidence, classify};
use serde::Deserialize;
use serde_json::Value;

use crate::harness::{Case, Subject};

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(vec![Case::new("classify: an error of 230 bytes, time given", subjects())])
}

/// readmit reads the headers too and says what happened; the others read the body alone.
fn subjects() -> Vec<Subject> {
    let received_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_705_314_600);
    let headers = headers();
    vec![
        Subject::new("readmit", move || {
            let headers = black_box(&headers);
            let evidence =
                Evidence::answer(&Method::GET, StatusCode::UNAUTHORIZED, headers, received_at);
            let failure = classify(black_box(&evidence.body(black_box(BODY.as_bytes()))));
            black_box(failure).is_some()
        }),
        Subject::new("serde_json 1.0, a value of any shape", || {
            black_box(serde_json::from_str::<Value>(black_box(BODY))).is_ok()
        }),
        Subject::new("serde_json 1.0, a struct that owns", || {
            black_box(serde_json::from_str::<Owned>(black_box(BODY))).is_ok()
        }),
        Subject::new("yardstick: the fields, borrowed", || {
            black_box(serde_json::from_str::<Borrowed<'_>>(black_box(BODY))).is_ok()
        }),
    ]
}

fn headers() -> HeaderMap {
    let (name, value) = (HeaderName::from_static, HeaderValue::from_static);
    HEADERS.iter().map(|&(key, it)| (name(key), value(it))).collect()
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "reading it is what is measured")]
struct Owned {
    error: String,
    error_description: String,
    error_code: String,
    timestamp: String,
    request_id: String,
    details: Value,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "reading it is what is measured")]
struct Borrowed<'a> {
    error: &'a str,
    error_description: &'a str,
    error_code: &'a str,
    timestamp: &'a str,
    request_id: &'a str,
}

const BODY: &str = r#"{"error":"unauthorized","error_description":"Access token has expired, get a new one","error_code":"AUTH_003","timestamp":"2024-01-15T10:30:00Z","request_id":"req_1234567890abcdef","details":{"expired_at":"2024-01-15T10:29Z"}}"#;

const HEADERS: [(&str, &str); 4] = [
    ("content-type", "application/json"),
    ("date", "Mon, 15 Jan 2024 10:30:00 GMT"),
    ("server", "example"),
    ("x-request-id", "req_1234567890abcdef"),
];
