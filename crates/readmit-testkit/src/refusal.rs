use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::builder::ExpiryCode;
use crate::timestamp::Timestamp;

/// The documented errors of the API, each with its documented body.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// `AUTH_001` without details: the token is unknown or revoked.
    TokenInvalid,
    /// `AUTH_001` with details, or `AUTH_003`.
    TokenExpired { at: Timestamp },
    /// `AUTH_002`.
    KeyInvalid,
    /// `AUTH_004`.
    NotPermitted,
    /// `RATE_001`; without a time where the fault tells none.
    RateLimited { retry_at: Option<Timestamp> },
    /// `VAL_001`.
    Invalid { field: &'static str, message: &'static str, value: Value },
    /// No credential was sent (RFC 6750 section 3.1: the challenge tells no error).
    TokenMissing,
}

/// What an answer needs to know of the moment it is given in.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    pub(crate) request_id: String,
    pub(crate) expiry_code: ExpiryCode,
    /// The scheme under which access tokens are presented.
    pub(crate) scheme: &'static str,
}

impl Refusal {
    pub(crate) fn answer(self, moment: &Moment) -> Answer {
        match self {
            Refusal::TokenInvalid => {
                Answer::json(StatusCode::UNAUTHORIZED, &unauthorized(moment, None))
            }
            Refusal::TokenExpired { at } => {
                Answer::json(StatusCode::UNAUTHORIZED, &expired(moment, at))
            }
            Refusal::KeyInvalid => Answer::json(
                StatusCode::UNAUTHORIZED,
                &json!({
                    "error": "invalid_credentials",
                    "error_description": "Service key is invalid or has been revoked",
                    "error_code": "AUTH_002",
                }),
            ),
            Refusal::NotPermitted => Answer::json(
                StatusCode::FORBIDDEN,
                &json!({
                    "error": "insufficient_permissions",
                    "error_description": "User lacks required permissions for this operation",
                    "error_code": "AUTH_004",
                }),
            ),
            Refusal::RateLimited { retry_at } => {
                Answer::json(StatusCode::TOO_MANY_REQUESTS, &rate_limited(retry_at))
            }
            Refusal::Invalid { field, message, value } => Answer::json(
                StatusCode::BAD_REQUEST,
                &json!({
                    "error": "validation_failed",
                    "error_description": "Request validation failed",
                    "error_code": "VAL_001",
                    "details": { "field": field, "message": message, "value": value },
                }),
            ),
            Refusal::TokenMissing => Answer::empty(StatusCode::UNAUTHORIZED)
                .header(WWW_AUTHENTICATE, missing(moment.scheme)),
        }
    }
}

fn missing(scheme: &str) -> &'static str {
    if scheme == "DPoP" {
        r#"DPoP realm="readmit-testkit", algs="ES256""#
    } else {
        r#"Bearer realm="readmit-testkit""#
    }
}

fn unauthorized(moment: &Moment, details: Option<Value>) -> Value {
    let mut body = json!({
        "error": "unauthorized",
        "error_description": "Invalid or expired access token",
        "error_code": "AUTH_001",
        "timestamp": moment.now.rfc3339(),
        "request_id": moment.request_id,
    });
    if let Some(details) = details {
        body["details"] = details;
    }
    body
}

fn expired(moment: &Moment, at: Timestamp) -> Value {
    match moment.expiry_code {
        ExpiryCode::Auth001 => unauthorized(
            moment,
            Some(json!({
                "token_expires_at": at.rfc3339(),
                "current_time": moment.now.rfc3339(),
            })),
        ),
        ExpiryCode::Auth003 => json!({
            "error": "token_expired",
            "error_description": "Access token has expired",
            "error_code": "AUTH_003",
        }),
    }
}

fn rate_limited(retry_at: Option<Timestamp>) -> Value {
    let mut body = json!({
        "error": "rate_limit_exceeded",
        "error_description": "Too many requests in the specified time period",
        "error_code": "RATE_001",
        "details": { "limit": 100, "window": "1 minute" },
    });
    if let Some(retry_at) = retry_at {
        body["details"]["retry_after"] = retry_at.rfc3339().into();
    }
    body
}
