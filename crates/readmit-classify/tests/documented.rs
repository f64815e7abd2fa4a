//! The documented error format, and the faults of its documented handler that are not repeated.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, SystemTime};

use http::header::{DATE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use readmit_classify::{Evidence, classify};
use readmit_error::{Action, Failure, Kind, Party, Replay, RetryAfter, rfc3339};
use serde_json::{Value, json};

#[test]
fn the_documented_codes_have_their_kinds() {
    for (status, code, kind) in [
        (401, "AUTH_001", Kind::InvalidCredentials),
        (401, "AUTH_002", Kind::InvalidCredentials),
        (401, "AUTH_003", Kind::TokenExpired),
        (403, "AUTH_004", Kind::InsufficientPermissions),
        (429, "RATE_001", Kind::RateLimited),
        (400, "VAL_001", Kind::ValidationFailed),
    ] {
        let failure = answer(status, &json!({"error_code": code, "request_id": "req_1"}));

        assert_eq!(failure.kind(), kind, "{code}");
        assert_eq!(failure.code(), Some(code));
        assert_eq!(failure.because(), format!("code {code}"));
        assert_eq!(failure.request_id(), Some("req_1"));
    }
}

#[test]
fn invalid_or_expired_is_told_apart_by_the_times_in_the_details() {
    for (expires_at, kind) in [
        ("2024-01-15T09:30:00Z", Kind::TokenExpired),
        ("2024-01-15T10:30:00Z", Kind::TokenExpired),
        ("2024-01-15T12:29:59+02:00", Kind::TokenExpired),
        ("2024-01-15T10:30:01Z", Kind::InvalidCredentials),
        ("2024-01-15T09:30:01-01:00", Kind::InvalidCredentials),
    ] {
        let failure = answer(
            401,
            &json!({
                "error_description": "Invalid or expired access token",
                "error_code": "AUTH_001",
                "details": {
                    "token_expires_at": expires_at,
                    "current_time": "2024-01-15T10:30:00Z",
                },
            }),
        );

        assert_eq!(failure.kind(), kind, "{expires_at}");
        assert_eq!(failure.because(), "code AUTH_001 and details.token_expires_at");
    }
}

#[test]
fn r51_the_clock_of_the_server_decides_and_only_then_that_of_the_client() {
    let body = json!({
        "error_code": "AUTH_001",
        "details": {"token_expires_at": "2024-01-15T09:30:00Z"},
    });
    let expired = at("2024-01-15T09:30:30Z");
    let mut headers = HeaderMap::new();

    assert_eq!(answer_at(401, &headers, &body, expired).kind(), Kind::TokenExpired);

    headers.insert(DATE, HeaderValue::from_static("Mon, 15 Jan 2024 09:29:00 GMT"));
    assert_eq!(answer_at(401, &headers, &body, expired).kind(), Kind::InvalidCredentials);
}

#[test]
fn an_instant_without_an_offset_is_no_instant() {
    let token = answer(
        401,
        &json!({"error_code": "AUTH_001", "details": {"token_expires_at": "2024-01-15T09:30:00"}}),
    );
    let rate = answer(
        429,
        &json!({"error_code": "RATE_001", "details": {"retry_after": "2024-01-15T10:31:00"}}),
    );

    assert_eq!(token.kind(), Kind::InvalidCredentials);
    assert_eq!(rate.retry_after(), None);
}

#[test]
fn an_instant_with_any_offset_gives_the_right_wait() {
    let now = at("2024-01-15T10:30:30Z");
    for told in [
        json!(30),
        json!("30"),
        json!("2024-01-15T10:31:00Z"),
        json!("2024-01-15T12:31:00+02:00"),
        json!("2024-01-15T02:01:00-08:30"),
    ] {
        let body = json!({"error_code": "RATE_001", "details": {"retry_after": told}});

        let failure = answer_at(429, &HeaderMap::new(), &body, now);

        assert_eq!(failure.retry_after(), Some(RetryAfter::new(Duration::from_secs(30), now)));
        assert_eq!(failure.action(), Action::WaitAndRetry);
    }
}

#[test]
fn a_gateway_is_worth_a_retry_and_a_missing_resource_is_not() {
    for status in [500, 502, 503, 504] {
        assert!(answer(status, &json!({})).is_retryable(), "{status}");
        assert_eq!(answer(status, &json!({})).replay(), Replay::PossiblyProcessed);
    }
    assert!(!answer(404, &json!({})).is_retryable());
    assert_eq!(
        answer(404, &json!({})).because(),
        "status 404, which may hide a missing permission"
    );
}

#[test]
fn invalid_or_expired_is_the_callers_move_and_not_the_supports() {
    let failure = answer(401, &json!({"error_code": "AUTH_001"}));

    assert_eq!(failure.action(), Action::ReAuthenticate);
    assert_eq!(failure.whose_move(), Party::Caller);
}

#[test]
fn r42_a_401_is_not_repeated_as_it_was() {
    for code in ["AUTH_001", "AUTH_002", "UNHEARD_OF"] {
        let failure = answer(401, &json!({"error_code": code}));

        assert!(!failure.is_retryable(), "{code}");
    }
    // What is retryable is retryable by an action, and that is not to wait.
    assert_eq!(answer(401, &json!({"error_code": "AUTH_003"})).action(), Action::RefreshToken);
}

#[test]
fn a_body_that_is_not_json_has_its_status_for_a_code() {
    let headers = HeaderMap::new();
    for body in ["", "<html><title>Oops</title></html>", "Oops"] {
        let evidence = evidence(502, &headers, SystemTime::UNIX_EPOCH).body(body.as_bytes());

        assert_eq!(classify(&evidence).unwrap().code(), Some("HTTP_502"), "{body}");
    }
    assert_eq!(answer(502, &json!({"x": 1})).code(), None);
}

#[test]
fn details_and_unknown_members_survive() {
    let body = json!({"error_code": "RATE_001", "details": {"limit": 100}, "trace": 7});

    let failure = answer(429, &body);

    assert_eq!(failure.details().limit(), Some(100));
    assert_eq!(failure.body().extra["trace"], 7);
}

fn answer(status: u16, body: &Value) -> Failure {
    answer_at(status, &HeaderMap::new(), body, SystemTime::UNIX_EPOCH)
}

fn answer_at(status: u16, headers: &HeaderMap, body: &Value, received_at: SystemTime) -> Failure {
    let body = body.to_string();
    classify(&evidence(status, headers, received_at).body(body.as_bytes())).unwrap()
}

fn evidence(status: u16, headers: &HeaderMap, received_at: SystemTime) -> Evidence<'_> {
    Evidence::answer(&Method::GET, StatusCode::from_u16(status).unwrap(), headers, received_at)
}

fn at(text: &str) -> SystemTime {
    rfc3339::parse(text).unwrap()
}
