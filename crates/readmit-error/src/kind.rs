use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Action;

/// What happened, in one word.
///
/// The kinds are the same for every API: whatever status, code or sentence a provider chose, the
/// classifier says it with one of these.
/// In JSON, logs and metrics a kind is its name in snake case.
///
/// # Example
///
/// ```
/// use readmit_error::{Action, Kind, Party};
///
/// let kind = Kind::TokenExpired;
/// assert_eq!(kind.as_str(), "token_expired");
/// assert_eq!(kind.action(), Action::RefreshToken);
/// assert_eq!(kind.whose_move(), Party::Caller);
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every table over kinds is to be a total match")]
pub enum Kind {
    /// The request carried no credential, and the server wants one.
    MissingCredentials,
    /// The credential was refused: wrong, revoked, or made for something else.
    InvalidCredentials,
    /// The token was good once; its time is over.
    TokenExpired,
    /// The server wants a nonce of its own in the proof that goes with the request (RFC 9449).
    ChallengeNonce,
    /// The clocks of client and server are too far apart for a signed or dated request.
    ClockSkew,
    /// The server wants the person to prove themselves again, or more strongly (RFC 9470).
    StepUpRequired,
    /// The server knows who is calling, and says no.
    InsufficientPermissions,
    /// Too many requests in too short a time: it passes by waiting.
    RateLimited,
    /// An allowance is used up: waiting alone does not bring it back soon.
    QuotaExhausted,
    /// Not ready yet: ask again later.
    Pending,
    /// The server could not make sense of the request.
    MalformedRequest,
    /// The server understood the request, and a value in it is not acceptable.
    ValidationFailed,
    /// The request is larger than the server takes.
    PayloadTooLarge,
    /// There is nothing at this address, or nothing that the caller may see.
    NotFound,
    /// There was something at this address, and it will not come back.
    Gone,
    /// The request contradicts the state of the resource.
    Conflict,
    /// The server broke while answering.
    ServerError,
    /// The server is there and does not serve: overloaded, or down for maintenance.
    Unavailable,
    /// Something between client and server could not get an answer from the server.
    Gateway,
    /// The server, or something in front of it, gave up waiting.
    Timeout,
    /// The host name has no address.
    Dns,
    /// No connection to the host.
    Connect,
    /// No agreement on encryption, or a certificate that is not to be trusted.
    Tls,
    /// The connection broke while the call was under way.
    ConnectionLost,
    /// The client gave up waiting.
    ClientTimeout,
    /// The circuit breaker of this host is open: the request was not sent.
    CircuitOpen,
    /// Every attempt that the policy allows has failed.
    RetriesExhausted,
    /// The deadline of the call was reached, or lies before the earliest moment worth waiting for.
    DeadlineExceeded,
    /// The credential was refused so often that readmit does not present it again by itself.
    LockedOut,
    /// A one-time credential was sent and no answer came: it may or may not be spent.
    OutcomeUnknown,
    /// Nothing that readmit knows.
    Unknown,
}

/// The family that a [`Kind`] belongs to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "follows `Kind`, which is complete")]
pub enum Category {
    /// Who are you? (401)
    Authentication,
    /// I know who you are, and no. (403)
    Authorization,
    /// Not so fast. (429)
    Throttling,
    /// The request itself is at fault.
    Request,
    /// The server is at fault.
    Service,
    /// The way to the server is at fault.
    Network,
    /// readmit itself decided, without asking the server.
    Local,
    /// Cannot be told.
    Unknown,
}

/// Whose move it is after a failure.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the parties to a call, and time")]
pub enum Party {
    /// Whoever administers accounts, roles and quotas for the caller.
    Administrator,
    /// The caller: the program, its configuration, or the person in front of it.
    Caller,
    /// Nobody: it passes with time.
    Clock,
    /// Whoever runs the API, or the network on the way to it.
    Provider,
}

impl Kind {
    /// Every kind, in the order of their declaration.
    pub const ALL: [Kind; 31] = [
        Kind::MissingCredentials,
        Kind::InvalidCredentials,
        Kind::TokenExpired,
        Kind::ChallengeNonce,
        Kind::ClockSkew,
        Kind::StepUpRequired,
        Kind::InsufficientPermissions,
        Kind::RateLimited,
        Kind::QuotaExhausted,
        Kind::Pending,
        Kind::MalformedRequest,
        Kind::ValidationFailed,
        Kind::PayloadTooLarge,
        Kind::NotFound,
        Kind::Gone,
        Kind::Conflict,
        Kind::ServerError,
        Kind::Unavailable,
        Kind::Gateway,
        Kind::Timeout,
        Kind::Dns,
        Kind::Connect,
        Kind::Tls,
        Kind::ConnectionLost,
        Kind::ClientTimeout,
        Kind::CircuitOpen,
        Kind::RetriesExhausted,
        Kind::DeadlineExceeded,
        Kind::LockedOut,
        Kind::OutcomeUnknown,
        Kind::Unknown,
    ];

    /// Returns the name of the kind in snake case, as it stands in JSON, logs and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::MissingCredentials => "missing_credentials",
            Kind::InvalidCredentials => "invalid_credentials",
            Kind::TokenExpired => "token_expired",
            Kind::ChallengeNonce => "challenge_nonce",
            Kind::ClockSkew => "clock_skew",
            Kind::StepUpRequired => "step_up_required",
            Kind::InsufficientPermissions => "insufficient_permissions",
            Kind::RateLimited => "rate_limited",
            Kind::QuotaExhausted => "quota_exhausted",
            Kind::Pending => "pending",
            Kind::MalformedRequest => "malformed_request",
            Kind::ValidationFailed => "validation_failed",
            Kind::PayloadTooLarge => "payload_too_large",
            Kind::NotFound => "not_found",
            Kind::Gone => "gone",
            Kind::Conflict => "conflict",
            Kind::ServerError => "server_error",
            Kind::Unavailable => "unavailable",
            Kind::Gateway => "gateway",
            Kind::Timeout => "timeout",
            Kind::Dns => "dns",
            Kind::Connect => "connect",
            Kind::Tls => "tls",
            Kind::ConnectionLost => "connection_lost",
            Kind::ClientTimeout => "client_timeout",
            Kind::CircuitOpen => "circuit_open",
            Kind::RetriesExhausted => "retries_exhausted",
            Kind::DeadlineExceeded => "deadline_exceeded",
            Kind::LockedOut => "locked_out",
            Kind::OutcomeUnknown => "outcome_unknown",
            Kind::Unknown => "unknown",
        }
    }

    /// Returns the family of the kind.
    #[must_use]
    pub fn category(self) -> Category {
        match self {
            Kind::MissingCredentials
            | Kind::InvalidCredentials
            | Kind::TokenExpired
            | Kind::ChallengeNonce
            | Kind::ClockSkew
            | Kind::StepUpRequired => Category::Authentication,
            Kind::InsufficientPermissions => Category::Authorization,
            Kind::RateLimited | Kind::QuotaExhausted | Kind::Pending => Category::Throttling,
            Kind::MalformedRequest
            | Kind::ValidationFailed
            | Kind::PayloadTooLarge
            | Kind::NotFound
            | Kind::Gone
            | Kind::Conflict => Category::Request,
            Kind::ServerError | Kind::Unavailable | Kind::Gateway | Kind::Timeout => {
                Category::Service
            }
            Kind::Dns | Kind::Connect | Kind::Tls | Kind::ConnectionLost | Kind::ClientTimeout => {
                Category::Network
            }
            Kind::CircuitOpen
            | Kind::RetriesExhausted
            | Kind::DeadlineExceeded
            | Kind::LockedOut
            | Kind::OutcomeUnknown => Category::Local,
            Kind::Unknown => Category::Unknown,
        }
    }

    /// Returns the next step that follows from the kind alone.
    ///
    /// A [`Failure`](crate::Failure) may know better: an `unavailable` with a hint says
    /// [`Action::WaitAndRetry`], and exhausted retries say what their last failure said.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Kind::MissingCredentials
            | Kind::InvalidCredentials
            | Kind::LockedOut
            | Kind::OutcomeUnknown => Action::ReAuthenticate,
            Kind::TokenExpired => Action::RefreshToken,
            Kind::ChallengeNonce => Action::ResendWithNonce,
            Kind::ClockSkew => Action::FixClock,
            Kind::StepUpRequired => Action::StepUp,
            Kind::InsufficientPermissions => Action::VerifyPermissions,
            Kind::RateLimited | Kind::Pending | Kind::CircuitOpen => Action::WaitAndRetry,
            Kind::QuotaExhausted => Action::ReduceLoadOrUpgrade,
            Kind::MalformedRequest
            | Kind::ValidationFailed
            | Kind::PayloadTooLarge
            | Kind::Conflict => Action::ReviewRequest,
            Kind::NotFound | Kind::Gone => Action::VerifyResource,
            Kind::ServerError
            | Kind::Unavailable
            | Kind::Gateway
            | Kind::Timeout
            | Kind::Dns
            | Kind::Connect
            | Kind::ConnectionLost
            | Kind::ClientTimeout
            | Kind::RetriesExhausted
            | Kind::DeadlineExceeded => Action::RetryWithBackoff,
            Kind::Tls | Kind::Unknown => Action::ContactSupport,
        }
    }

    /// Returns whether the same request can succeed after an automated action, no person involved.
    ///
    /// It is said of the failure alone: whether a request may be repeated at all is
    /// [`Replay`](crate::Replay)'s to say, and a client that holds a source of credentials can
    /// recover from more than this.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        match self {
            Kind::TokenExpired
            | Kind::ChallengeNonce
            | Kind::ClockSkew
            | Kind::RateLimited
            | Kind::Pending
            | Kind::ServerError
            | Kind::Unavailable
            | Kind::Gateway
            | Kind::Timeout
            | Kind::Dns
            | Kind::Connect
            | Kind::ConnectionLost
            | Kind::ClientTimeout
            | Kind::CircuitOpen
            | Kind::DeadlineExceeded => true,
            Kind::MissingCredentials
            | Kind::InvalidCredentials
            | Kind::StepUpRequired
            | Kind::InsufficientPermissions
            | Kind::QuotaExhausted
            | Kind::MalformedRequest
            | Kind::ValidationFailed
            | Kind::PayloadTooLarge
            | Kind::NotFound
            | Kind::Gone
            | Kind::Conflict
            | Kind::Tls
            | Kind::RetriesExhausted
            | Kind::LockedOut
            | Kind::OutcomeUnknown
            | Kind::Unknown => false,
        }
    }

    /// Returns whose move it is.
    #[must_use]
    pub fn whose_move(self) -> Party {
        match self {
            Kind::MissingCredentials
            | Kind::InvalidCredentials
            | Kind::TokenExpired
            | Kind::ChallengeNonce
            | Kind::ClockSkew
            | Kind::StepUpRequired
            | Kind::MalformedRequest
            | Kind::ValidationFailed
            | Kind::PayloadTooLarge
            | Kind::NotFound
            | Kind::Gone
            | Kind::Conflict
            | Kind::LockedOut
            | Kind::OutcomeUnknown => Party::Caller,
            Kind::InsufficientPermissions | Kind::QuotaExhausted => Party::Administrator,
            Kind::RateLimited | Kind::Pending | Kind::CircuitOpen => Party::Clock,
            Kind::ServerError
            | Kind::Unavailable
            | Kind::Gateway
            | Kind::Timeout
            | Kind::Dns
            | Kind::Connect
            | Kind::Tls
            | Kind::ConnectionLost
            | Kind::ClientTimeout
            | Kind::RetriesExhausted
            | Kind::DeadlineExceeded
            | Kind::Unknown => Party::Provider,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_stands_once_in_all_and_is_its_name_in_json() {
        let names: HashSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();

        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            let json = format!("\"{kind}\"");
            assert_eq!(serde_json::to_string(&kind).unwrap(), json);
            assert_eq!(serde_json::from_str::<Kind>(&json).unwrap(), kind);
        }
    }

    #[test]
    fn a_401_asks_who_and_a_403_says_no() {
        assert_eq!(Kind::InvalidCredentials.category(), Category::Authentication);
        assert_eq!(Kind::InvalidCredentials.whose_move(), Party::Caller);
        assert_eq!(Kind::InsufficientPermissions.category(), Category::Authorization);
        assert_eq!(Kind::InsufficientPermissions.whose_move(), Party::Administrator);
    }

    #[test]
    fn the_documented_handler_is_not_followed_in_what_it_retries() {
        // It calls 502 to 504 final and 404 worth a retry.
        for kind in [Kind::Gateway, Kind::Unavailable, Kind::Timeout] {
            assert!(kind.is_retryable(), "{kind}");
        }
        assert!(!Kind::NotFound.is_retryable());
    }

    #[test]
    fn only_what_an_automated_action_can_mend_is_retryable() {
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_retryable()) {
            assert!(kind.action().is_automated(), "{kind}");
        }
    }
}
