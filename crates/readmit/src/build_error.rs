use std::time::Duration;

use readmit_recovery::RequestError;

use crate::UnfitToken;

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
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
    /// A user name holds a colon, which would make it another user (RFC 7617 section 2).
    #[error("a user name for basic authentication cannot hold a colon")]
    ColonInUser,
    /// A header cannot be sent.
    #[error("the value of the header {name} cannot stand in a header field")]
    Header {
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
    /// A timeout of zero ends every call before it begins.
    #[error("a {what} of zero ends every call before it begins")]
    ZeroTimeout {
        /// Which one.
        what: &'static str,
    },
}
