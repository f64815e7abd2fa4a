//! What follows from a failure: the table of kinds, in code.
//!
//! Each function is a total match over [`Kind`], so that a new kind makes the compiler list every
//! place to think. It is the only policy in this crate.

use readmit_error::event::Event;
use readmit_error::{Category, Denied, Failure, Kind, RetryAfter};
use readmit_recovery::Strategy;
use readmit_retry::Verdict;

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

/// How the failure is recovered from, where readmit knows a way.
///
/// A nonce, a clock offset and a step-up need a credential that signs, which no source gives yet.
///
/// A proxy that wants to know who is calling does not ask for the origin's credential (rule 36).
pub(crate) fn recovery(failure: &Failure) -> Option<Strategy> {
    if failure.status() == Some(407) {
        return None;
    }
    match failure.kind() {
        Kind::MissingCredentials => Some(Strategy::Fetch),
        Kind::InvalidCredentials => Some(Strategy::ReAuthenticate),
        Kind::TokenExpired => Some(Strategy::Refresh),
        Kind::ChallengeNonce | Kind::ClockSkew | Kind::StepUpRequired => None,
        Kind::InsufficientPermissions
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
        | Kind::Unknown => None,
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
mod tests {
    use std::time::{Duration, SystemTime};

    use readmit_error::{Origin, Replay, Stage, Transport};

    use super::*;

    #[test]
    fn r42_what_recovery_owns_is_never_retried_unchanged() {
        for kind in Kind::ALL {
            if kind.category() == Category::Authentication {
                assert_eq!(verdict(&answer(kind, 401), true), Verdict::Stop, "{kind}");
            }
        }
        assert_eq!(verdict(&answer(Kind::InsufficientPermissions, 403), true), Verdict::Stop);
    }

    #[test]
    fn r40_what_may_have_been_done_is_repeated_only_where_that_does_no_harm() {
        let unavailable = answer(Kind::Unavailable, 503);
        let refused = Transport { stage: Stage::Connect, timed_out: false };
        let refused = Failure::builder(Kind::Connect, Origin::Transport(refused)).build();

        assert_eq!(unavailable.replay(), Replay::PossiblyProcessed);
        assert_eq!(verdict(&unavailable, false), Verdict::Stop);
        assert_eq!(verdict(&unavailable, true), Verdict::Retry);
        assert_eq!(verdict(&refused, false), Verdict::Retry);
    }

    #[test]
    fn r43_the_servers_delay_comes_before_the_policys() {
        let wait = Duration::from_secs(7);
        let hint = RetryAfter::new(wait, SystemTime::UNIX_EPOCH);
        let told = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
            .retry_after(hint)
            .build();

        assert_eq!(verdict(&told, false), Verdict::RetryAfter(wait));
    }

    #[test]
    fn the_server_has_the_last_word_on_whether_a_retry_helps() {
        let conflict = Failure::builder(Kind::Conflict, Origin::Answer { status: 409 });
        let broken = Failure::builder(Kind::ServerError, Origin::Answer { status: 500 });

        assert_eq!(verdict(&conflict.clone().build(), true), Verdict::Stop);
        assert_eq!(verdict(&conflict.retryable(true).build(), true), Verdict::Retry);
        assert_eq!(verdict(&broken.retryable(false).build(), true), Verdict::Stop);
    }

    #[test]
    fn r73_a_batch_is_split_only_for_its_items_and_where_nothing_was_done() {
        let of_items: Vec<_> =
            Kind::ALL.into_iter().filter(|kind| is_of_items(&answer(*kind, 422))).collect();

        assert_eq!(
            of_items,
            [Kind::MalformedRequest, Kind::ValidationFailed, Kind::PayloadTooLarge, Kind::Conflict]
        );
        assert!(!is_of_items(&answer(Kind::ValidationFailed, 422).possibly_processed()));
    }

    #[test]
    fn r30_a_missing_permission_is_no_reason_for_a_refresh() {
        assert_eq!(recovery(&answer(Kind::InsufficientPermissions, 403)), None);
    }

    #[test]
    fn r36_a_proxy_is_not_told_the_origins_credential() {
        let kind = Kind::MissingCredentials;

        assert_eq!(recovery(&answer(kind, 407)), None);
        assert_eq!(recovery(&answer(kind, 401)), Some(Strategy::Fetch));
    }

    fn answer(kind: Kind, status: u16) -> Failure {
        Failure::builder(kind, Origin::Answer { status }).build()
    }
}
