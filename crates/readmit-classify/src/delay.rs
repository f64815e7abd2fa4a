//! How long to wait, where waiting helps.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use readmit_error::{Kind, RetryAfter};

use crate::places::Places;
use crate::retry_after;

/// Returns the wait that the answer asks for.
///
/// None where no waiting helps, whatever the answer says (rule 45): a spent quota, a missing
/// permission. The field goes before the body, and the reset of a window, which only a rate limit
/// has, comes last.
pub(crate) fn hint(
    kind: Kind,
    headers: &HeaderMap,
    places: &Places<'_>,
    received_at: SystemTime,
) -> Option<RetryAfter> {
    let server_time = retry_after::server_time(headers, received_at);
    let told = || {
        retry_after::delay(headers, received_at)
            .or_else(|| places.wait.as_ref()?.delay(server_time))
    };
    let delay: Option<Duration> = match kind {
        Kind::RateLimited => told().or_else(|| retry_after::hint(headers, received_at)),
        Kind::Conflict | Kind::Pending | Kind::Unavailable => told(),
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
