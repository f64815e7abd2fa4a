use std::time::Duration;

use readmit_recovery::RequestError;

use crate::UnfitToken;

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Somebody is to be told of alerts that nobody raises.
    #[error(
        "alerts are to be told of by a client without a monitor, which raises them; leave out \
         `alerts` or `without_monitor`"
    )]
    AlertsWithoutMonitor,
    /// An attempt could outlast the call that it is a part of.
    #[error(
        "the attempt timeout of {attempt:?} is longer than the deadline of {deadline:?}: \
         an attempt could never be repeated; shorten the one or lengthen the other"
    )]
    AttemptBeyondDeadline {
        /// The attempt timeout.
        attempt: Duration,
        /// The deadline of the whole call.
        deadline: Duration,
    },
    /// The attempts that the policy allows could outlast the call that they are a part of.
    #[error(
        "{attempts} attempts{}, with waits of {waits:?} between them, do not fit the deadline of \
         {deadline:?}: lengthen it to {:?}, {}make fewer attempts",
        of_each(.attempt),
        .attempt.saturating_mul(*.attempts).saturating_add(*.waits),
        if .attempt.is_zero() { "or " } else { "shorten the attempt timeout, or " },
    )]
    AttemptsBeyondDeadline {
        /// How many attempts there may be.
        attempts: u32,
        /// The attempt timeout; zero where none was set, which gives way.
        attempt: Duration,
        /// The longest waits between them, together.
        waits: Duration,
        /// The deadline of the whole call.
        deadline: Duration,
    },
    /// A budget is set for retries that there are none of.
    #[error(
        "a budget for retries is set on a client whose policy makes no retries; leave out `budget`, \
         or allow more than one attempt"
    )]
    BudgetWithoutRetries,
    /// A user name holds a colon, which would make it another user (RFC 7617 section 2).
    #[error("a user name for basic authentication cannot hold a colon")]
    ColonInUser,
    /// A header cannot be sent.
    #[error("the value of the header {name} cannot stand in a header field")]
    Header {
        /// Its name.
        name: String,
    },
    /// Every request would carry a header that the credential goes into as well.
    #[error(
        "the header {name} is set for every request, and is the one that the credential goes into; \
         leave out `default_header` or `credentials`"
    )]
    HeaderOfCredential {
        /// Its name.
        name: String,
    },
    /// A header has no name that can be sent.
    #[error("the name of a header is empty or holds a character that no header name can have")]
    HeaderName,
    /// A credential would travel where others can read it (rule 35).
    #[error(
        "the origin {url} is neither https nor on this machine, so the credential would travel \
         where others can read it; use https, or leave the credential out"
    )]
    InsecureOrigin {
        /// The origin, without user, query and fragment.
        url: String,
    },
    /// Chance is to be added to waits that there are none of.
    #[error(
        "`limit_jitter` is set on a client without a limiter, which is what makes calls wait; leave \
         out the one or the other"
    )]
    JitterWithoutLimiter,
    /// A probe would be replaced while it is still under way.
    #[error(
        "the lease of a probe, {lease:?}, is shorter than the attempt timeout of {attempt:?}: a \
         second probe would be sent while the first is under way; lengthen the one or shorten the \
         other"
    )]
    LeaseBelowAttempt {
        /// The lease of a probe.
        lease: Duration,
        /// The attempt timeout.
        attempt: Duration,
    },
    /// What was given is nothing that a store can keep: see
    /// [`Credentials::stored_in`](crate::Credentials::stored_in).
    #[error(
        "a store keeps what `refresh_token`, `service_key` and `client_credentials` fetch, and \
         these credentials are others; leave `stored_in` out"
    )]
    NothingToStore,
    /// The origin is no absolute URL with a host, or it has a user, a query or a fragment.
    #[error(
        "the origin {url} is not an http or https URL with a host and at most a path; begin it with https://, leave out \
         user, query and fragment, and give what lets the client in as its credentials"
    )]
    Origin {
        /// What was given, without user, query and fragment.
        url: String,
    },
    /// Pacing is both asked for and switched off.
    #[error("a limit is set on a client without a limiter; leave out the one or the other")]
    PacedWithoutLimiter,
    /// The policy's own deadline comes after that of the call, and could never end its retries.
    #[error(
        "the retry policy's own deadline of {retries:?} lies beyond the call's of {deadline:?} and \
         never has a say; set the time of a call with `ClientBuilder::deadline` alone"
    )]
    RetriesBeyondDeadline {
        /// The deadline of the retry policy.
        retries: Duration,
        /// The deadline of the whole call.
        deadline: Duration,
    },
    /// The breaker is to count as slow what was given up before.
    #[error(
        "calls are slow for the breaker after {slow:?}, and given up after the attempt timeout of \
         {attempt:?}: none is ever found to be slow; shorten the one or lengthen the other"
    )]
    SlowBeyondAttempt {
        /// How long a call takes that is slow.
        slow: Duration,
        /// The attempt timeout.
        attempt: Duration,
    },
    /// A token URL cannot be used.
    #[error(
        "the token URL {url} is not an https URL, nor an http URL on this machine, with a host and \
         without a user"
    )]
    TokenUrl {
        /// What was given, without user, query and fragment.
        url: String,
    },
    /// A token request cannot be made of what was given.
    #[error("no token request can be made of the credential")]
    TokenRequest(#[from] RequestError),
    /// The transport cannot be built.
    #[cfg(feature = "reqwest")]
    #[error("the transport cannot be set up")]
    Transport(#[from] reqwest::Error),
    /// A token cannot stand in a header.
    #[error(transparent)]
    UnfitToken(#[from] UnfitToken),
    /// No dialect that comes with readmit has that name.
    #[error(
        "no dialect is called {name:?}; `readmit::classify::Dialect::shipped()` lists those there \
         are, and `own_dialect` takes any other"
    )]
    UnknownDialect {
        /// The name.
        name: String,
    },
    /// Something is set that credentials alone have a use for, and there are none.
    #[error("`{what}` is of no use without credentials; add `credentials`, or leave it out")]
    WithoutCredentials {
        /// The method of the builder.
        what: &'static str,
    },
    /// A timeout of zero ends every call before it begins.
    #[error("a {what} of zero ends every call before it begins")]
    ZeroTimeout {
        /// Which one.
        what: &'static str,
    },
}

fn of_each(attempt: &Duration) -> String {
    if attempt.is_zero() { String::new() } else { format!(" of {attempt:?} each") }
}
