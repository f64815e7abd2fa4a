//! What follows from a failure: the table of kinds, in code.
//!
//! Each function is a total match over [`Kind`], so that a new kind makes the compiler list every
//! place to think. It is the only policy in this crate.

use readmit_breaker::{Outcome, Report};
use readmit_error::event::{DelaySource, Event};
use readmit_error::{Category, Denied, Failure, Kind, Origin, RetryAfter};
use readmit_retry::{Fault, Verdict};

use crate::admission::Hold;

/// Whether the retry layer may send the request again (rules 40 to 45).
///
/// `repeatable` says whether the request may be repeated although the server may have acted on it.
pub(crate) fn verdict(failure: &Failure, repeatable: bool) -> Verdict {
    if !failure.is_retryable() {
        return Verdict::Stop;
    }
    if !repeatable && !failure.replay().is_safe() {
        return Verdict::Stop;
    }
    match failure.kind() {
        // Recovery owns these (rule 42).
        Kind::MissingCredentials
        | Kind::InvalidCredentials
        | Kind::TokenExpired
        | Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::InsufficientPermissions => Verdict::Stop,
        // Only a caller that polls knows what to ask for next.
        Kind::Pending => Verdict::Stop,
        Kind::QuotaExhausted
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::Tls
        | Kind::RetriesExhausted
        | Kind::DeadlineExceeded
        | Kind::LockedOut
        | Kind::OutcomeUnknown => Verdict::Stop,
        // Final unless the server itself says otherwise, which `is_retryable` has looked at.
        Kind::Conflict
        | Kind::RateLimited
        | Kind::ServerError
        | Kind::Unavailable
        | Kind::Gateway
        | Kind::Timeout
        | Kind::Dns
        | Kind::Connect
        | Kind::ConnectionLost
        | Kind::ClientTimeout
        | Kind::CircuitOpen
        | Kind::Unknown => match failure.retry_after() {
            Some(hint) => Verdict::RetryAfter(hint.delay()),
            None => Verdict::Retry,
        },
    }
}

/// What a retry after this failure costs its budget; where nothing was sent, what follows is no
/// retry, and free (rule 46).
pub(crate) fn fault(failure: &Failure) -> Option<Fault> {
    match failure.origin() {
        Origin::Local => None,
        Origin::Answer { .. } | Origin::Transport(_) => Some(fault_of(failure.kind())),
    }
}

fn fault_of(kind: Kind) -> Fault {
    match kind {
        Kind::RateLimited | Kind::QuotaExhausted | Kind::Pending => Fault::Throttled,
        Kind::ClientTimeout | Kind::DeadlineExceeded => Fault::TimedOut,
        Kind::MissingCredentials
        | Kind::InvalidCredentials
        | Kind::TokenExpired
        | Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::InsufficientPermissions
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::Conflict
        | Kind::ServerError
        | Kind::Unavailable
        | Kind::Gateway
        | Kind::Timeout
        | Kind::Dns
        | Kind::Connect
        | Kind::Tls
        | Kind::ConnectionLost
        | Kind::CircuitOpen
        | Kind::RetriesExhausted
        | Kind::LockedOut
        | Kind::OutcomeUnknown
        | Kind::Unknown => Fault::Transient,
    }
}

/// What an attempt that failed says of the service to its breaker.
pub(crate) fn report(failure: &Failure) -> Report {
    let report = Report::from(outcome(failure)).because(failure.kind().as_str());
    match hold(failure).and_then(|hold| hold.wait) {
        Some(wait) => report.retry_after(wait),
        None => report,
    }
}

/// Whether the service is well although it said no, which earns a retry as a success does (rule 52).
pub(crate) fn is_well(failure: &Failure) -> bool {
    outcome(failure) == Outcome::Succeed
}

/// Whether the service did its part (rule 66).
fn outcome(failure: &Failure) -> Outcome {
    // It was a proxy that answered, or a portal (rules 36 and 54).
    if let Some(407 | 511) = failure.status() {
        return Outcome::Ignore;
    }
    match failure.kind() {
        // It answered, and was right to say no.
        Kind::MissingCredentials
        | Kind::InvalidCredentials
        | Kind::TokenExpired
        | Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::InsufficientPermissions
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::Conflict => Outcome::Succeed,
        // It is well, and this client too much: the limiter hears of it.
        Kind::RateLimited | Kind::QuotaExhausted | Kind::Pending => Outcome::Ignore,
        Kind::ServerError
        | Kind::Unavailable
        | Kind::Gateway
        | Kind::Timeout
        | Kind::Dns
        | Kind::Connect
        | Kind::Tls
        | Kind::ConnectionLost
        | Kind::ClientTimeout => Outcome::Fail,
        // Nothing was sent, or the server did not say it.
        Kind::CircuitOpen
        | Kind::RetriesExhausted
        | Kind::DeadlineExceeded
        | Kind::LockedOut
        | Kind::OutcomeUnknown => Outcome::Ignore,
        Kind::Unknown => match failure.origin() {
            Origin::Answer { status: 500.. } | Origin::Transport(_) => Outcome::Fail,
            Origin::Answer { status: 429 } | Origin::Local => Outcome::Ignore,
            Origin::Answer { .. } => Outcome::Succeed,
        },
    }
}

/// What follows from the failure for all calls to its origin (rule 71).
pub(crate) fn hold(failure: &Failure) -> Option<Hold> {
    let wait = failure.retry_after().map(RetryAfter::delay);
    match failure.kind() {
        Kind::RateLimited | Kind::QuotaExhausted => Some(Hold { throttled: true, wait }),
        Kind::Unavailable => wait.map(|wait| Hold { throttled: false, wait: Some(wait) }),
        Kind::MissingCredentials
        | Kind::InvalidCredentials
        | Kind::TokenExpired
        | Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::InsufficientPermissions
        | Kind::Pending
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::Conflict
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
    }
}

/// Who set the wait before a retry: the server, where it said how long; a circuit of one's own is
/// none.
pub(crate) fn delay_source(verdict: Verdict, failure: &Failure) -> DelaySource {
    match verdict {
        Verdict::RetryAfter(_) if failure.kind() != Kind::CircuitOpen => DelaySource::Server,
        Verdict::Retry | Verdict::RetryAfter(_) | Verdict::Stop => DelaySource::Backoff,
    }
}

/// Whether the server refused the credential itself, so that another may fare better.
///
/// A proxy, or a portal on the way, says nothing of the origin's credential (rule 36).
pub(crate) fn rejects_credential(failure: &Failure) -> bool {
    if let Some(407 | 511) = failure.status() {
        return false;
    }
    match failure.kind() {
        Kind::MissingCredentials | Kind::InvalidCredentials | Kind::TokenExpired => true,
        Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::InsufficientPermissions
        | Kind::RateLimited
        | Kind::QuotaExhausted
        | Kind::Pending
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::Conflict
        | Kind::ServerError
        | Kind::Unavailable
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
        | Kind::Unknown => false,
    }
}

/// Whether a batch was refused for what is in it, and certainly not acted on, so that a part of it
/// may be accepted.
///
/// A place that is not there is not found for a part of the batch either.
pub(crate) fn is_of_items(failure: &Failure) -> bool {
    let of_items = match failure.kind() {
        Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::Conflict => true,
        Kind::MissingCredentials
        | Kind::InvalidCredentials
        | Kind::TokenExpired
        | Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::InsufficientPermissions
        | Kind::RateLimited
        | Kind::QuotaExhausted
        | Kind::Pending
        | Kind::NotFound
        | Kind::Gone
        | Kind::ServerError
        | Kind::Unavailable
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
        | Kind::Unknown => false,
    };
    of_items && failure.replay().is_safe()
}

/// Whether the server, in failing the call, accepted the credential that came with it.
pub(crate) fn credential_was_accepted(failure: &Failure) -> bool {
    if failure.origin() == Origin::Local {
        return false;
    }
    match failure.kind().category() {
        Category::Authorization | Category::Throttling | Category::Request => true,
        Category::Authentication
        | Category::Service
        | Category::Network
        | Category::Local
        | Category::Unknown => false,
    }
}

/// The event that a failed attempt is, where it is one.
///
/// `recovers` says whether a recovery follows, `consecutive` how often in a row the credential was
/// refused.
pub(crate) fn event(failure: &Failure, recovers: bool, consecutive: u32) -> Option<Event> {
    let first_challenge = failure.challenges().first();
    match failure.kind() {
        Kind::TokenExpired => Some(Event::TokenExpired {
            refresh_follows: recovers,
            scheme: first_challenge.map(|challenge| challenge.scheme().to_ascii_lowercase()),
            age: None,
        }),
        Kind::InvalidCredentials | Kind::MissingCredentials => Some(Event::CredentialsRejected {
            challenge_error: first_challenge.and_then(|c| c.error()).map(str::to_owned),
            consecutive,
        }),
        Kind::InsufficientPermissions => Some(denial(failure.denied())),
        Kind::RateLimited | Kind::QuotaExhausted => Some(Event::RateLimitHit {
            limit: failure.details().limit(),
            remaining: None,
            reset: None,
            policy: None,
            retry_after: failure.retry_after().map(RetryAfter::delay),
        }),
        Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::Pending
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::Conflict
        | Kind::ServerError
        | Kind::Unavailable
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
    }
}

fn denial(denied: &Denied) -> Event {
    let required = denied.permissions.iter().chain(&denied.scopes).cloned().collect();
    Event::AuthzDenied { required, granted: Vec::new(), resource: denied.resource.clone() }
}

#[cfg(test)]
mod tests;
