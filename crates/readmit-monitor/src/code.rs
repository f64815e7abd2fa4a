//! Under which code an event is counted.

use readmit_error::event::{Event, Record};
use readmit_error::{Failure, Kind};

use crate::mutants::mutate;

/// Returns the code of a failure: the server's own, or the one that stands for its kind.
pub(crate) fn of_failure(failure: &Failure) -> &str {
    failure.code().unwrap_or_else(|| of_kind(failure.kind()))
}

/// Returns the documented code that a kind has, or else its name.
pub(crate) fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::MissingCredentials => "AUTH_001",
        Kind::InvalidCredentials => "AUTH_002",
        Kind::TokenExpired => "AUTH_003",
        Kind::InsufficientPermissions => "AUTH_004",
        Kind::RateLimited => "RATE_001",
        Kind::ValidationFailed => "VAL_001",
        Kind::ChallengeNonce
        | Kind::CircuitOpen
        | Kind::ClientTimeout
        | Kind::ClockSkew
        | Kind::Conflict
        | Kind::Connect
        | Kind::ConnectionLost
        | Kind::DeadlineExceeded
        | Kind::Dns
        | Kind::Gateway
        | Kind::Gone
        | Kind::LockedOut
        | Kind::MalformedRequest
        | Kind::NotFound
        | Kind::OutcomeUnknown
        | Kind::PayloadTooLarge
        | Kind::Pending
        | Kind::QuotaExhausted
        | Kind::RetriesExhausted
        | Kind::ServerError
        | Kind::StepUpRequired
        | Kind::Timeout
        | Kind::Tls
        | Kind::Unavailable
        | Kind::Unknown => kind.as_str(),
    }
}

/// Returns the code that thresholds look at where the server has a code of its own: it stands for
/// the kind, so that a threshold works with an API that calls things otherwise.
pub(crate) fn stand_in(failure: &Failure) -> Option<&'static str> {
    let code = failure.code()?;
    if mutate!(5, DOCUMENTED.contains(&code), false) {
        return None;
    }
    let of_kind = of_kind(failure.kind());
    (DOCUMENTED.contains(&of_kind) && of_kind != code).then_some(of_kind)
}

/// Returns the code that a monitor counts a record under; none where it tells of no failed attempt,
/// or of one that another event tells of.
///
/// # Example
///
/// ```
/// use std::time::SystemTime;
///
/// use readmit_error::event::{Event, Record};
/// use readmit_monitor::code_of;
///
/// let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
/// let record = Record::new(SystemTime::UNIX_EPOCH, event);
/// assert_eq!(code_of(&record), Some("AUTH_002"));
/// ```
#[must_use]
pub fn code_of(record: &Record) -> Option<&str> {
    of_event(record)
}

/// Returns the code that an event is counted under.
pub(crate) fn of_event(record: &Record) -> Option<&str> {
    let failure = record.failure.as_ref();
    let code_or = |otherwise| failure.map_or(otherwise, of_failure);
    match &record.event {
        Event::TokenExpired { .. } => Some(code_or("AUTH_003")),
        Event::CredentialsRejected { .. } | Event::TokenRevoked { .. } => Some(code_or("AUTH_002")),
        Event::AuthzDenied { .. } => Some(code_or("AUTH_004")),
        // Without a failure it is what a success said of the limit, and no error.
        Event::RateLimitHit { .. } => failure.map(of_failure),
        Event::RefreshFailed { .. } | Event::CircuitRejected { .. } => failure.map(of_failure),
        Event::RetryScheduled { .. } | Event::RecoveryExhausted { .. } => {
            failure.filter(|failure| !has_own_event(failure.kind())).map(of_failure)
        }
        // How it ended well, what a circuit did, and what this crate itself tells.
        Event::AlertFired { .. }
        | Event::AlertResolved { .. }
        | Event::CircuitClosed { .. }
        | Event::CircuitHalfOpened { .. }
        | Event::CircuitOpened { .. }
        | Event::MonitorDisabled { .. }
        | Event::MonitorEnabled { .. }
        | Event::RecoverySucceeded { .. }
        | Event::RefreshSucceeded { .. } => None,
        // What a newer vocabulary names is not known to be an error.
        _ => None,
    }
}

/// Returns whether a failed attempt of this kind is told by an event of its own.
pub(crate) fn has_own_event(kind: Kind) -> bool {
    match kind {
        Kind::CircuitOpen
        | Kind::InsufficientPermissions
        | Kind::InvalidCredentials
        | Kind::MissingCredentials
        | Kind::QuotaExhausted
        | Kind::RateLimited
        | Kind::TokenExpired => true,
        Kind::ChallengeNonce
        | Kind::ClientTimeout
        | Kind::ClockSkew
        | Kind::Conflict
        | Kind::Connect
        | Kind::ConnectionLost
        | Kind::DeadlineExceeded
        | Kind::Dns
        | Kind::Gateway
        | Kind::Gone
        | Kind::LockedOut
        | Kind::MalformedRequest
        | Kind::NotFound
        | Kind::OutcomeUnknown
        | Kind::PayloadTooLarge
        | Kind::Pending
        | Kind::RetriesExhausted
        | Kind::ServerError
        | Kind::StepUpRequired
        | Kind::Timeout
        | Kind::Tls
        | Kind::Unavailable
        | Kind::Unknown
        | Kind::ValidationFailed => false,
    }
}

/// The codes that are known from the start.
pub(crate) const DOCUMENTED: [&str; 6] =
    ["AUTH_001", "AUTH_002", "AUTH_003", "AUTH_004", "RATE_001", "VAL_001"];

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use readmit_error::Origin;
    use readmit_error::event::DelaySource;

    use super::*;

    #[test]
    fn a_failure_counts_under_the_servers_code_and_otherwise_under_that_of_its_kind() {
        assert_eq!(of_failure(&failure(Kind::TokenExpired, None)), "AUTH_003");
        assert_eq!(of_failure(&failure(Kind::TokenExpired, Some("E77"))), "E77");
        assert_eq!(of_failure(&failure(Kind::Dns, None)), "dns");
    }

    #[test]
    fn a_foreign_code_has_a_stand_in_and_a_documented_one_has_none() {
        let of = |kind, code| stand_in(&failure(kind, code));

        assert_eq!(of(Kind::InvalidCredentials, Some("bad_key")), Some("AUTH_002"));
        assert_eq!(of(Kind::TokenExpired, Some("AUTH_001")), None);
        assert_eq!(of(Kind::InvalidCredentials, None), None);
        assert_eq!(of(Kind::ServerError, Some("E500")), None);
    }

    #[test]
    fn a_failed_attempt_is_counted_once() {
        let retry = |kind| {
            let event = Event::RetryScheduled {
                attempt: 1,
                max_attempts: 3,
                delay: Duration::ZERO,
                reason: kind,
                source: DelaySource::Backoff,
            };
            Record::new(SystemTime::UNIX_EPOCH, event).failure(failure(kind, None))
        };

        assert_eq!(of_event(&retry(Kind::ServerError)), Some("server_error"));
        assert_eq!(of_event(&retry(Kind::RateLimited)), None);
    }

    fn failure(kind: Kind, code: Option<&str>) -> Failure {
        let builder = Failure::builder(kind, Origin::Answer { status: 401 });
        match code {
            Some(code) => builder.code(code).build(),
            None => builder.build(),
        }
    }
}
