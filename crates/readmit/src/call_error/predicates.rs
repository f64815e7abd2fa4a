//! What a program asks of an error to decide what it does next.

use readmit_error::{Category, Kind, Origin};
use readmit_retry::GiveUp;

use super::{About, Error};

impl Error {
    /// Returns whether the caller has to authenticate: the credential is missing, expired, refused
    /// or not enough.
    ///
    /// # Troubleshooting
    ///
    /// It was renewed once already, where it could be. Sign in again, or replace the key; where a
    /// stronger authentication is wanted, [`demand`](Error::demand) says which. A good key that is
    /// refused by every server of the provider points at the clock of this machine, or at an
    /// environment, such as a sandbox, that the key is not for.
    #[must_use]
    pub fn is_authentication(&self) -> bool {
        self.inner.failure.kind().category() == Category::Authentication
            || self.inner.failure.kind() == Kind::LockedOut
    }

    /// Returns whether the server knows the caller and said no.
    ///
    /// # Troubleshooting
    ///
    /// Another token of the same person is refused as well. [`denied`](readmit_error::Failure::denied)
    /// names what is missing, as far as the server said; an administrator grants it, or the request
    /// says what it needs with [`requires`](crate::RequestBuilder::requires).
    #[must_use]
    pub fn is_permission(&self) -> bool {
        self.inner.failure.kind() == Kind::InsufficientPermissions
    }

    /// Returns whether the server wants fewer requests.
    ///
    /// # Troubleshooting
    ///
    /// [`retry_after`](Error::retry_after) says for how long. Where it comes often, ask for less with
    /// [`limit`](crate::ClientBuilder::limit), or for the same once with
    /// [`coalesce`](crate::RequestBuilder::coalesce) and a [`Batcher`](crate::Batcher); a quota that
    /// is used up is the provider's to raise.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.inner.failure.kind().category() == Category::Throttling
    }

    /// Returns whether the way to the server failed; the
    /// [`replay`](readmit_error::Failure::replay) of the failure says whether the request may have
    /// arrived all the same.
    ///
    /// # Troubleshooting
    ///
    /// The [source](std::error::Error::source) is what the transport says. Of a name that is not
    /// found look at the spelling, the DNS and a proxy; of a refused connection at the port and at
    /// whether the service runs; of a TLS failure at the certificate, its authority, and who
    /// intercepts connections on this network.
    #[must_use]
    pub fn is_network(&self) -> bool {
        self.inner.failure.kind().category() == Category::Network
    }

    /// Returns whether nothing came in time: from an attempt, or by the deadline of the call.
    ///
    /// A server that says of itself that it was too slow, with a 504, is none.
    ///
    /// # Troubleshooting
    ///
    /// The server may have acted on the request; where that matters, send it with an
    /// [`idempotency_key`](crate::RequestBuilder::idempotency_key). A request that is known to take
    /// long has an [`attempt_timeout`](crate::RequestBuilder::attempt_timeout) and a
    /// [`deadline`](crate::RequestBuilder::deadline) of its own.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        let in_transport = match self.inner.failure.origin() {
            Origin::Transport(transport) => transport.timed_out,
            Origin::Answer { .. } | Origin::Local => false,
        };
        in_transport || self.inner.failure.kind() == Kind::DeadlineExceeded
    }

    /// Returns whether the answer was good, and its body not what it was
    /// [read as](crate::Response::json).
    ///
    /// # Troubleshooting
    ///
    /// The [source](std::error::Error::source) says where the body stops being that, and no more: its
    /// values are nobody else's business. Most often a member is missing or `null` that the type
    /// demands, or the API has another version than the type was written for. Read it as
    /// [`text`](crate::Response::text) to look at it.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.inner.about == About::Body
    }

    /// Returns whether the same call can succeed later without anybody doing anything.
    ///
    /// # Troubleshooting
    ///
    /// The client has tried as often as it may. [`retry_after`](Error::retry_after) says when to make
    /// the call again, where that is known; a request that may have been acted on is made again only
    /// where doing it twice does no harm.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.inner.failure.is_retryable()
    }

    /// Returns whether the request was never sent: it cannot be, there is no credential for it, or
    /// the credential is locked out, the circuit open, the limit used up, or the client shut down.
    ///
    /// # Troubleshooting
    ///
    /// Nothing has happened at the server. The failure says what keeps the call back, and
    /// [`Client::health`](crate::Client::health) how long it has; a person ends a lock-out with
    /// [`unlock`](crate::Client::unlock).
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.inner.attempts == 0 && self.inner.failure.kind() != Kind::DeadlineExceeded
    }

    /// Returns whether every attempt that the policy allows was made.
    ///
    /// # Troubleshooting
    ///
    /// The failure is that of the last attempt. More attempts seldom help where several in a row
    /// failed; they make an outage worse, and that is why the budget bounds them.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        matches!(self.inner.why, Some(GiveUp::Exhausted { .. }))
    }

    /// Returns whether the deadline ended the call, or left no room for the next attempt.
    ///
    /// # Troubleshooting
    ///
    /// The failure is the last real one, and the deadline why it was not tried again. Where
    /// [`retry_after`](Error::retry_after) is longer than the deadline, the server asks for a longer
    /// pause than the call has: make it again then, or give it a longer
    /// [`deadline`](crate::RequestBuilder::deadline).
    #[must_use]
    pub fn is_out_of_time(&self) -> bool {
        self.inner.failure.kind() == Kind::DeadlineExceeded
            || matches!(self.inner.why, Some(GiveUp::DeadlineTooNear { .. }))
    }
}

#[cfg(test)]
mod tests {
    use readmit_error::{Failure, Stage, Transport};

    use super::*;

    #[test]
    fn only_what_was_never_sent_counts_as_rejected() {
        let failure = Failure::builder(Kind::LockedOut, Origin::Local).build();

        assert!(Error::new(failure.clone()).is_rejected());
        assert!(!Error::new(failure).counts(1, 0).is_rejected());
    }

    #[test]
    fn a_timeout_is_ones_own() {
        let transport = |timed_out| Origin::Transport(Transport { stage: Stage::Sent, timed_out });
        let error = |kind, origin| Error::new(Failure::builder(kind, origin).build());

        assert!(error(Kind::ClientTimeout, transport(true)).is_timeout());
        assert!(error(Kind::DeadlineExceeded, Origin::Local).is_timeout());
        assert!(!error(Kind::ConnectionLost, transport(false)).is_timeout());
        assert!(!error(Kind::Timeout, Origin::Answer { status: 504 }).is_timeout());
    }
}
