//! What a classification allocates: little for a failure, and nothing for a success.

use std::hint::black_box;

use allocation_counter::measure;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use readmit_classify::{Dialect, Evidence, classify};
use readmit_core::{Clock, SystemClock};
use readmit_error::Kind;

#[test]
fn the_documented_error_costs_one_box_and_one_string() {
    let (headers, now) = (headers(), SystemClock.wall());
    let evidence = Evidence::answer(&Method::GET, StatusCode::UNAUTHORIZED, &headers, now);
    let mut kind = None;

    let cost = measure(|| {
        kind = classify(&evidence.body(DOCUMENTED)).map(|failure| failure.kind());
    });

    assert_eq!(kind, Some(Kind::TokenExpired));
    assert!(0 < cost.count_total && cost.count_total <= 4, "{cost:?}");
    assert_eq!(cost.count_current, 0);
}

#[test]
fn r74_a_success_costs_nothing() {
    let (headers, now) = (headers(), SystemClock.wall());
    let evidence = Evidence::answer(&Method::GET, StatusCode::OK, &headers, now).body(DOCUMENTED);
    let posted = br#"{"ok": true, "message": {"text": "a \"quoted\" line\n"}, "list": [1, 2]}"#;
    let silent = Dialect::named("stripe").unwrap();
    let reading = Dialect::named("slack").unwrap();
    assert!(!silent.reads_success() && reading.reads_success());

    for evidence in [evidence, evidence.dialect(silent), evidence.body(posted).dialect(reading)] {
        let cost = measure(|| assert!(classify(black_box(&evidence)).is_none()));

        assert_eq!(cost.count_total, 0, "{evidence:?}");
    }
}

#[test]
fn a_shipped_dialect_is_found_without_an_allocation() {
    let cost = measure(|| {
        black_box(Dialect::for_host(black_box("api.github.com")));
        black_box(Dialect::for_host(black_box("api.example.com")));
    });

    assert_eq!(cost.count_total, 0);
}

fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("content-type", "application/json"),
        ("date", "Mon, 15 Jan 2024 10:30:00 GMT"),
        ("server", "example"),
        ("x-request-id", "req_1234567890abcdef"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

const DOCUMENTED: &[u8] = br#"{"error":"unauthorized","error_description":"Access token has expired, get a new one","error_code":"AUTH_003","timestamp":"2024-01-15T10:30:00Z","request_id":"req_1234567890abcdef","details":{"expired_at":"2024-01-15T10:29Z"}}"#;
