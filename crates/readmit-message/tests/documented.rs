//! The documented errors, as an API sends them, through the classifier to what a person is told.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::SystemTime;

use http::{HeaderMap, Method, StatusCode};
use readmit_classify::{Evidence, classify};
use readmit_error::{Failure, rfc3339};
use readmit_message::{Audience, Catalogue, Message};
use serde_json::{Value, json};

#[test]
fn each_documented_error_has_its_words() {
    for (status, code, title, action) in [
        (401, "AUTH_001", "Session not accepted", "Sign in again."),
        (
            401,
            "AUTH_002",
            "Service key not accepted",
            "Ask whoever set the program up for a new key.",
        ),
        (401, "AUTH_003", "Session expired", "Sign in again, then go on where you left off."),
        (
            403,
            "AUTH_004",
            "Not allowed",
            "Ask your administrator for access. Signing in again does not change it.",
        ),
        (429, "RATE_001", "Too many requests", "Wait a little, then try again."),
        (400, "VAL_001", "Something needs correcting", "Check the values and send them again."),
        (
            400,
            "ACME_1",
            "Request not understood",
            "Update the program; if that does not help, report it to its makers.",
        ),
    ] {
        let message = told(status, &json!({"error_code": code, "request_id": "req_1"}));

        assert_eq!(message.title(), title, "{code}");
        assert_eq!(message.actions(), [action], "{code}");
        assert_eq!(message.code(), Some(code));
        assert_eq!(message.request_id(), Some("req_1"));
    }
}

#[test]
fn the_form_for_user_interfaces_has_the_documented_members() {
    let failure = documented(
        401,
        &json!({
            "error": "unauthorized",
            "error_description": "Invalid or expired access token",
            "error_code": "AUTH_001",
            "timestamp": "2024-01-15T10:30:00Z",
            "request_id": "req_1234567890abcdef",
            "details": {
                "token_expires_at": "2024-01-15T09:30:00Z",
                "current_time": "2024-01-15T10:30:00Z",
            },
        }),
    );
    let catalogue = Catalogue::english().help_base("https://help.example.com/").unwrap();

    let form = serde_json::to_value(catalogue.message(&failure).build()).unwrap();

    assert_eq!(
        form,
        json!({
            "title": "Session not accepted",
            "message": "The service did not accept your session; it may have ended.",
            "action": "Sign in again.",
            "help_link": "https://help.example.com/#auth_001",
            "technical_details": {
                "kind": "token_expired",
                "origin": "HTTP 401",
                "may_be_done_already": "no",
                "code": "AUTH_001",
                "server_said": "Invalid or expired access token",
                "recognised_by": "code AUTH_001 and details.token_expires_at",
            },
            "timestamp": "2024-01-15T10:30:05Z",
            "request_id": "req_1234567890abcdef",
            "kind": "token_expired",
            "code": "AUTH_001",
            "next_step": "refresh_token",
            "actions": ["Sign in again."],
            "retryable": true,
            "severity": "warning",
            "audience": "user",
            "language": "en",
        })
    );
}

#[test]
fn a_documented_rate_limit_says_when_to_come_back() {
    let body = json!({
        "error_code": "RATE_001",
        "details": {"limit": 100, "window": "1 minute", "retry_after": "2024-01-15T10:31:05Z"},
    });

    let message = told(429, &body);

    assert_eq!(message.when_retry(), Some("You can try again in 1 minute."));
    assert_eq!(message.problem().extensions["retry_after"], 60);
}

#[test]
fn a_documented_validation_error_names_the_field_and_never_its_value() {
    let body = json!({
        "error_code": "VAL_001",
        "details": {"field": "email\u{1b}[31m", "message": "m", "value": "s3cret"},
    });
    let failure = documented(400, &body);

    let message = Catalogue::english().message(&failure).audience(Audience::Developer).build();

    assert!(message.plain().contains("field: email\\u{1b}[31m\n"), "{}", message.plain());
    assert!(!message.json().contains("s3cret"));
}

#[test]
fn r94_an_unknown_user_and_a_wrong_password_are_told_the_same() {
    let [unknown, wrong] = ["user_not_found", "invalid_password"].map(|error| {
        let message = told(401, &json!({"error": error, "error_description": "eve"}));
        message.without_details()
    });

    assert_eq!(unknown.plain(), wrong.plain());
    assert_eq!(unknown.message(), wrong.message());
    assert_eq!(unknown.help_link(), wrong.help_link());
}

#[test]
fn who_you_are_and_what_you_may_do_are_told_apart() {
    let catalogue = Catalogue::english();
    let advice = |status| {
        let failure = documented(status, &json!({}));
        catalogue.entry(&failure).actions(Audience::User).join(" ")
    };

    assert!(advice(401).to_lowercase().contains("sign in"), "{}", advice(401));
    assert!(advice(403).contains("Signing in again does not change it."), "{}", advice(403));
}

fn told(status: u16, body: &Value) -> Message {
    Catalogue::english().message(&documented(status, body)).build()
}

fn documented(status: u16, body: &Value) -> Failure {
    let (headers, body) = (HeaderMap::new(), body.to_string());
    let status = StatusCode::from_u16(status).unwrap();
    let evidence =
        Evidence::answer(&Method::GET, status, &headers, received_at()).body(body.as_bytes());
    classify(&evidence).unwrap()
}

fn received_at() -> SystemTime {
    rfc3339::parse("2024-01-15T10:30:05Z").unwrap()
}
