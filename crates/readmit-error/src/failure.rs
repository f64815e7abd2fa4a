use std::fmt;
use std::time::SystemTime;

use crate::failure_builder::FailureBuilder;
use crate::inner::Inner;
use crate::redact::Secret;
use crate::told::Part;
use crate::{
    Action, Challenge, Denied, Details, ErrorBody, Kind, Origin, Party, Replay, RetryAfter,
};

/// What happened to a call, whose move it is, and what to do next.
///
/// A failure is one pointer wide, so that a `Result` stays small.
/// The texts that the server wrote are in it bounded and neutralised (rule 56); only
/// [`details`](Failure::details) and the members that nobody knows are kept as they arrived.
/// Of the server's words, [`Display`](fmt::Display) and [`Debug`] repeat its code, its request id and
/// the names of what it sent, and neither a sentence nor a value, so that a failure can be logged
/// anywhere.
///
/// It serialises to the documented handler's answer: `action`, `message`, `retryable`,
/// `retry_after` and `error_data`, followed by what that answer has no word for; `code`,
/// `description` and `request_id` stand there where they are not those of `error_data`.
///
/// # Example
///
/// ```
/// use readmit_error::{Action, Failure, Kind, Origin};
///
/// let failure = Failure::builder(Kind::TokenExpired, Origin::Answer { status: 401 })
///     .code("AUTH_003")
///     .description("Access token has expired")
///     .build();
/// assert_eq!(failure.action(), Action::RefreshToken);
/// assert!(failure.is_retryable());
/// assert_eq!(
///     failure.to_string(),
///     "The access token has expired. (token_expired, AUTH_003, HTTP 401) \
///      What to do: refresh the token and send the request again."
/// );
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Failure {
    inner: Box<Inner>,
}

impl Failure {
    /// Begins a failure of this kind; everything else has a default that follows from it.
    pub fn builder(kind: Kind, origin: Origin) -> FailureBuilder {
        FailureBuilder::new(kind, origin)
    }

    pub(crate) fn of(inner: Box<Inner>) -> Failure {
        Failure { inner }
    }

    /// Returns what happened.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// Returns the one next step.
    #[must_use]
    pub fn action(&self) -> Action {
        self.inner.action
    }

    /// Returns the next step as advice to a person: in the imperative, without a full stop.
    ///
    /// It is that of the [action](Action::advice), as far as the server said how long to wait, and
    /// with a warning where it may have acted on the request already.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Failure, Kind, Origin};
    ///
    /// let unavailable = Failure::builder(Kind::Unavailable, Origin::Answer { status: 503 }).build();
    /// assert_eq!(
    ///     unavailable.advice(),
    ///     "send the request again after a pause, if doing it twice does no harm"
    /// );
    /// ```
    #[must_use]
    pub fn advice(&self) -> &'static str {
        let (is_safe, is_told) = (self.inner.replay.is_safe(), self.inner.retry_after.is_some());
        match self.inner.action {
            Action::RetryWithBackoff if !is_safe => {
                "send the request again after a pause, if doing it twice does no harm"
            }
            Action::WaitAndRetry if !is_told && is_safe => {
                "wait a while, then send the request again"
            }
            Action::WaitAndRetry if !is_told => {
                "wait a while, then send the request again, if doing it twice does no harm"
            }
            Action::WaitAndRetry if self.inner.origin == Origin::Local => {
                "wait, then send the request again"
            }
            Action::WaitAndRetry if !is_safe => {
                "wait as long as the server asks, then send the request again, if doing it twice \
                 does no harm"
            }
            Action::ContactSupport
            | Action::FixClock
            | Action::ReAuthenticate
            | Action::ReduceLoadOrUpgrade
            | Action::RefreshToken
            | Action::ResendWithNonce
            | Action::RetryWithBackoff
            | Action::ReviewRequest
            | Action::StepUp
            | Action::VerifyPermissions
            | Action::VerifyResource
            | Action::WaitAndRetry => self.inner.action.advice(),
        }
    }

    /// Returns where the failure comes from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.inner.origin
    }

    /// Returns the status of the answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.inner.origin.status()
    }

    /// Returns whose move it is.
    ///
    /// A failure whose action is to ask the provider's support is the provider's, whatever its kind.
    #[must_use]
    pub fn whose_move(&self) -> Party {
        match self.inner.action {
            Action::ContactSupport => Party::Provider,
            Action::FixClock
            | Action::ReAuthenticate
            | Action::ReduceLoadOrUpgrade
            | Action::RefreshToken
            | Action::ResendWithNonce
            | Action::RetryWithBackoff
            | Action::ReviewRequest
            | Action::StepUp
            | Action::VerifyPermissions
            | Action::VerifyResource
            | Action::WaitAndRetry => self.inner.kind.whose_move(),
        }
    }

    /// Returns whether the same request can succeed after an automated action, no person involved.
    ///
    /// Whether it may be repeated at all is [`replay`](Failure::replay)'s to say.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.inner.retryable
    }

    /// Returns whether the server may have acted on the request.
    #[must_use]
    pub fn replay(&self) -> Replay {
        self.inner.replay
    }

    /// Returns how long to wait, where somebody said so and waiting helps.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.inner.retry_after
    }

    /// Returns the provider's own code, or `HTTP_<status>` where a classifier found a body without
    /// one that is not JSON.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.inner.told.get(Part::Code)
    }

    /// Returns the server's sentence: bounded and neutralised, but still somebody else's words.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.inner.told.get(Part::Description)
    }

    /// Returns what the provider's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.told.get(Part::RequestId)
    }

    /// Returns when it happened, by the wall clock of the client.
    #[must_use]
    pub fn timestamp(&self) -> Option<SystemTime> {
        self.inner.at
    }

    /// Returns the challenges that came with the answer.
    #[must_use]
    pub fn challenges(&self) -> &[Challenge] {
        self.inner.challenges()
    }

    /// Returns what was denied, as far as the server told.
    #[must_use]
    pub fn denied(&self) -> &Denied {
        self.inner.denied()
    }

    /// Returns a typed view of the details, read from the body at each call.
    #[must_use]
    pub fn details(&self) -> Details<'static> {
        self.inner.told.details()
    }

    /// Returns the answer in the documented error format, read at each call: keep it where more
    /// than one thing in it is of interest.
    ///
    /// Where the server's own members lack the code, the description or the request id, it is
    /// completed with what was found elsewhere. They may also differ: a member is what the server
    /// put there, and [`code`](Failure::code) what whoever classified the answer took for its code.
    #[must_use]
    pub fn body(&self) -> ErrorBody {
        self.inner.told.body()
    }

    /// Returns which signal decided the kind, in one line (rule 79).
    #[must_use]
    pub fn because(&self) -> &str {
        self.inner.told.because()
    }

    /// Returns the failure without a secret that the server echoed.
    ///
    /// Every text that came from the server goes through [`redact`](crate::redact()).
    #[must_use]
    pub fn redact(mut self, secret: &str) -> Failure {
        self.inner.redact(&Secret::new(secret));
        self
    }

    /// Returns the failure of a request that the server may have acted on after all, whatever the
    /// last answer says: an earlier one, such as a redirect to a result, left that open.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Failure, Kind, Origin, Replay};
    ///
    /// let not_found = Failure::builder(Kind::NotFound, Origin::Answer { status: 404 }).build();
    /// assert_eq!(not_found.replay(), Replay::NotProcessed);
    /// assert_eq!(not_found.possibly_processed().replay(), Replay::PossiblyProcessed);
    /// ```
    #[must_use]
    pub fn possibly_processed(mut self) -> Failure {
        self.inner.replay = match self.inner.replay {
            Replay::NotProcessed | Replay::PossiblyProcessed => Replay::PossiblyProcessed,
            Replay::Processed => Replay::Processed,
        };
        self
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

/// Meaning, names and advice, in words of readmit's own.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.kind().meaning(), self.kind())?;
        let repeats =
            |code: &&str| *code == self.kind().as_str() || code.strip_prefix("HTTP_").is_some();
        if let Some(code) = self.code().filter(|code| !repeats(code)) {
            write!(f, ", {code}")?;
        }
        match self.origin() {
            Origin::Answer { status } => write!(f, ", HTTP {status}")?,
            Origin::Transport(transport) => write!(f, ", {transport}")?,
            Origin::Local => {}
        }
        if let Some(request_id) = self.request_id() {
            write!(f, ", request {request_id}")?;
        }
        write!(f, ") What to do: {}", self.advice())?;
        if let Some(hint) = self.retry_after() {
            write!(f, " ({} s)", hint.whole_seconds())?;
        }
        f.write_str(".")
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("kind", &self.kind())
            .field("action", &self.action())
            .field("origin", &self.origin())
            .field("code", &self.code())
            .field("retryable", &self.is_retryable())
            .field("retry_after", &self.retry_after().map(RetryAfter::delay))
            .field("replay", &self.replay())
            .field("request_id", &self.request_id())
            .field("because", &self.because())
            .field("challenges", &self.challenges())
            .field("body", &self.body())
            .finish()
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Stage, Transport};

    #[test]
    fn a_failure_is_one_pointer_wide() {
        assert_eq!(size_of::<Option<Failure>>(), size_of::<usize>());
    }

    #[test]
    fn display_tells_what_happened_and_what_to_do_without_the_servers_words() {
        let since = SystemTime::UNIX_EPOCH;
        let failure = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
            .code("RATE_001")
            .description("go away")
            .request_id("req_1")
            .retry_after(RetryAfter::new(Duration::from_millis(1_200), since))
            .build();

        assert_eq!(
            failure.to_string(),
            "Too many requests were sent in too short a time. (rate_limited, RATE_001, HTTP 429, \
             request req_1) What to do: wait as long as the server asks, then send the request \
             again (2 s)."
        );
    }

    #[test]
    fn nobody_is_sent_to_wait_as_the_server_asks_where_it_asked_for_nothing() {
        let limited = |origin| Failure::builder(Kind::RateLimited, origin);
        let answer = Origin::Answer { status: 429 };
        let hint = RetryAfter::new(Duration::from_secs(2), SystemTime::UNIX_EPOCH);

        let untold = limited(answer).build();
        let twice = limited(answer).replay(Replay::PossiblyProcessed).build();
        let own = limited(Origin::Local).retry_after(hint).build();

        assert_eq!(untold.advice(), "wait a while, then send the request again");
        assert!(twice.advice().ends_with("again, if doing it twice does no harm"));
        assert_eq!(own.advice(), "wait, then send the request again");
    }

    #[test]
    fn r44_display_tells_a_long_wait_to_the_second() {
        let long = Duration::from_secs(16_777_217);
        let failure = Failure::builder(Kind::RateLimited, Origin::Local)
            .retry_after(RetryAfter::new(long, SystemTime::UNIX_EPOCH))
            .build();

        assert!(failure.to_string().ends_with("(16777217 s)."), "{failure}");
    }

    #[test]
    fn r55_neither_display_nor_debug_repeats_a_value_of_the_body() {
        let body = ErrorBody::read(
            br#"{"error": "s3cret", "error_description": "s3cret", "details": {"value": "s3cret"}}"#,
        )
        .unwrap();
        let failure = Failure::builder(Kind::ValidationFailed, Origin::Answer { status: 400 })
            .body(body)
            .challenge(Challenge::new("Bearer").param("nonce", "s3cret"))
            .build();

        let shown = format!("{failure} {failure:?}");

        assert!(!shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn the_provider_moves_where_only_support_can_help() {
        let failure =
            Failure::builder(Kind::InsufficientPermissions, Origin::Answer { status: 403 })
                .action(Action::ContactSupport)
                .build();

        assert_eq!(failure.whose_move(), Party::Provider);
    }

    #[test]
    fn r80_a_transport_failure_decides_replay_by_its_stage() {
        let unsent = Transport { stage: Stage::Connect, timed_out: false };
        let sent = Transport { stage: Stage::Sent, timed_out: true };

        let before = Failure::builder(Kind::Connect, Origin::Transport(unsent)).build();
        let after = Failure::builder(Kind::ClientTimeout, Origin::Transport(sent)).build();

        assert_eq!(before.replay(), Replay::NotProcessed);
        assert_eq!(after.replay(), Replay::PossiblyProcessed);
    }
}
