//! How long to wait, where waiting helps.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use readmit_error::{Kind, RetryAfter};

use crate::places::{Places, Text};
use crate::rate_limit::{self, Limits, Reset};
use crate::{prose, retry_after};

/// Returns the wait that the answer asks for.
///
/// None where no waiting helps, whatever the answer says (rule 45): a spent quota, a missing
/// permission. The fields for a wait go before the body, and that before a sentence; the reset of a
/// window, which only a rate limit has and which may be far away, comes last.
pub(crate) fn hint(
    kind: Kind,
    headers: &HeaderMap,
    places: &Places<'_>,
    reset: Option<Reset>,
    received_at: SystemTime,
) -> Option<RetryAfter> {
    let delay: Option<Duration> = match kind {
        Kind::RateLimited => {
            let limits = rate_limit::read(headers, received_at);
            let told = told(&limits, headers, places, received_at);
            told.or_else(|| limits.reset(reset).map(|wait| wait.delay()))
        }
        Kind::Conflict | Kind::Pending | Kind::Unavailable => {
            told(&rate_limit::read(headers, received_at), headers, places, received_at)
        }
        Kind::MissingCredentials
        | Kind::InvalidCredentials
        | Kind::TokenExpired
        | Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::InsufficientPermissions
        | Kind::QuotaExhausted
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::ServerError
        | Kind::Gateway
        | Kind::Timeout
        | Kind::Dns
        | Kind::Connect
        | Kind::Tls
        | Kind::ConnectionLost
        | Kind::ClientTimeout
        | Kind::CircuitOpen
        | Kind::RetriesExhausted
        | Kind::DeadlineExceeded
        | Kind::LockedOut
        | Kind::OutcomeUnknown
        | Kind::Unknown => None,
    };
    delay.map(|delay| RetryAfter::new(delay, received_at))
}

/// Returns the wait that is told as one, by a field, by a member or by a sentence.
fn told(
    limits: &Limits<'_>,
    headers: &HeaderMap,
    places: &Places<'_>,
    received_at: SystemTime,
) -> Option<Duration> {
    if let Some(wait) = limits.retry() {
        return Some(wait.delay());
    }
    let server_time = retry_after::server_time(headers, received_at);
    let member = places.wait.as_ref().and_then(|wait| wait.delay(server_time));
    let sentence = |text: &Text<'_>| prose::wait(&text.text, server_time);
    member.or_else(|| places.texts.iter().find_map(sentence))
}
