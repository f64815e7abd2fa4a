use std::fmt;
use std::time::SystemTime;

use crate::inner::Inner;
use crate::told::{Part, Shape};
use crate::{Action, Challenge, Denied, ErrorBody, Failure, Kind, Origin, Replay, RetryAfter};

/// Collects what is known of a [`Failure`]; [`Failure::builder`] begins one.
///
/// What is not said follows from the kind and the origin.
/// Texts are bounded and neutralised as they are put in (rule 56): a longer one ends in an ellipsis.
///
/// # Example
///
/// ```
/// use readmit_error::{Failure, Kind, Origin};
///
/// let failure = Failure::builder(Kind::NotFound, Origin::Answer { status: 404 })
///     .because("status 404")
///     .build();
/// assert_eq!(failure.because(), "status 404");
/// ```
#[derive(Clone)]
#[must_use]
pub struct FailureBuilder {
    /// The failure as far as it is known; a pointer is cheap to pass on from one method to the next.
    inner: Box<Inner>,
    action: Option<Action>,
}

impl FailureBuilder {
    pub(crate) fn new(kind: Kind, origin: Origin) -> FailureBuilder {
        FailureBuilder { inner: Box::new(Inner::new(kind, origin)), action: None }
    }

    /// Sets the next step where it is not the one that [`Kind::action`] names.
    pub fn action(mut self, action: Action) -> FailureBuilder {
        self.action = Some(action);
        self
    }

    /// Says whether the same request can succeed later, where the server itself said so.
    pub fn retryable(mut self, retryable: bool) -> FailureBuilder {
        self.inner.retryable = retryable;
        self
    }

    /// Says whether the server may have acted, where more is known than status and stage tell.
    pub fn replay(mut self, replay: Replay) -> FailureBuilder {
        self.inner.replay = replay;
        self
    }

    /// Sets how long to wait.
    pub fn retry_after(mut self, hint: RetryAfter) -> FailureBuilder {
        self.inner.retry_after = Some(hint);
        self
    }

    /// Sets when it happened, by the wall clock of the client.
    pub fn timestamp(mut self, at: SystemTime) -> FailureBuilder {
        self.inner.at = Some(at);
        self
    }

    /// Names the signal that decided the kind, in one line of at most 512 characters.
    pub fn because(mut self, signal: impl fmt::Display) -> FailureBuilder {
        self.inner.told.put_shown(Part::Because, signal);
        self
    }

    /// Says what was denied.
    pub fn denied(mut self, denied: Denied) -> FailureBuilder {
        self.inner.deny(denied);
        self
    }

    /// Adds a challenge.
    pub fn challenge(mut self, challenge: Challenge) -> FailureBuilder {
        self.inner.challenge(challenge);
        self
    }

    /// Sets the answer in the documented format; code, description and request id come from it.
    pub fn body(mut self, body: ErrorBody) -> FailureBuilder {
        self.inner.told.put_body(body);
        self
    }

    /// Sets the body of the answer as it arrived: a JSON object in the documented format.
    ///
    /// It is copied and not read; [`Failure::body`] and [`Failure::details`] read it where somebody
    /// asks. Of an array they read the first item, and of what is no JSON nothing.
    /// Whoever calls this has seen the code, the description and the request id in it, and says
    /// them; where it comes first, there is room for them, and nothing else has to be allocated.
    /// It is kept as long as it is: bound it before.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Failure, Kind, Origin};
    ///
    /// let failure = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
    ///     .json(r#"{"error_code": "RATE_001", "details": {"limit": 100}}"#)
    ///     .code("RATE_001")
    ///     .build();
    /// assert_eq!(failure.details().limit(), Some(100));
    /// ```
    pub fn json(mut self, body: &str) -> FailureBuilder {
        self.inner.told.put_json(body, Shape::Documented);
        self
    }

    /// Sets the body of the answer as it arrived: problem details (RFC 9457).
    ///
    /// It is as [`json`](FailureBuilder::json) in all else.
    pub fn problem_json(mut self, body: &str) -> FailureBuilder {
        self.inner.told.put_json(body, Shape::Problem);
        self
    }

    /// Takes over what another failure tells of its answer: body, code, description, request id.
    pub fn answer_of(mut self, other: &Failure) -> FailureBuilder {
        self.inner.told.put_answer(&other.inner().told);
        self
    }

    /// Sets the provider's code, of at most 128 characters.
    pub fn code(mut self, code: impl AsRef<str>) -> FailureBuilder {
        self.inner.told.put(Part::Code, code.as_ref());
        self
    }

    /// Sets the server's sentence, of at most 512 characters.
    pub fn description(mut self, description: impl AsRef<str>) -> FailureBuilder {
        self.inner.told.put(Part::Description, description.as_ref());
        self
    }

    /// Sets the request id, of at most 128 characters.
    pub fn request_id(mut self, request_id: impl AsRef<str>) -> FailureBuilder {
        self.inner.told.put(Part::RequestId, request_id.as_ref());
        self
    }

    /// Returns the failure.
    #[must_use]
    pub fn build(self) -> Failure {
        let FailureBuilder { mut inner, action } = self;
        let waits = inner.retry_after.is_some() && inner.kind == Kind::Unavailable;
        let default = if waits { Action::WaitAndRetry } else { inner.action };
        inner.action = action.unwrap_or(default);
        Failure::of(inner)
    }
}

/// As [`Failure`]'s: names, and none of the server's sentences or values.
impl fmt::Debug for FailureBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FailureBuilder").field(&self.clone().build()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_builder_is_two_words_wide() {
        assert_eq!(size_of::<FailureBuilder>(), 2 * size_of::<usize>());
    }

    #[test]
    fn r55_debug_shows_none_of_the_servers_sentences_or_values() {
        let builder = Failure::builder(Kind::Unknown, Origin::Local)
            .json(r#"{"value": "s3cret"}"#)
            .description("s3cret");

        let shown = format!("{builder:?}");

        assert!(shown.contains("value") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn what_an_answer_told_can_be_told_of_another_kind() {
        let one = Failure::builder(Kind::TokenExpired, Origin::Local)
            .problem_json(r#"{"title": "t"}"#)
            .code("AUTH_003")
            .because("code AUTH_003")
            .build();

        let other = Failure::builder(Kind::InvalidCredentials, Origin::Local)
            .description("of another answer")
            .answer_of(&one)
            .build();

        assert_eq!(other.body(), one.body());
        assert_eq!((other.code(), other.description()), (Some("AUTH_003"), None));
        assert_eq!(other.because(), "its kind was given");
    }

    #[test]
    fn an_unavailable_server_is_waited_for_where_it_said_how_long() {
        let hint = RetryAfter::new(Duration::from_secs(3), SystemTime::UNIX_EPOCH);
        let silent = Failure::builder(Kind::Unavailable, Origin::Answer { status: 503 });

        assert_eq!(silent.clone().build().action(), Action::RetryWithBackoff);
        assert_eq!(silent.retry_after(hint).build().action(), Action::WaitAndRetry);
    }

    #[test]
    fn the_unknown_is_judged_by_its_status() {
        let unknown = |status| Failure::builder(Kind::Unknown, Origin::Answer { status }).build();

        assert!(!unknown(499).is_retryable());
        assert!(unknown(500).is_retryable());
    }

    #[test]
    fn r40_only_a_refusal_is_certain_not_to_have_been_processed() {
        for (status, replay) in [
            (200, Replay::PossiblyProcessed),
            (399, Replay::PossiblyProcessed),
            (400, Replay::NotProcessed),
            (408, Replay::PossiblyProcessed),
            (499, Replay::NotProcessed),
            (500, Replay::PossiblyProcessed),
        ] {
            let failure = Failure::builder(Kind::Unknown, Origin::Answer { status }).build();

            assert_eq!(failure.replay(), replay, "{status}");
        }
    }
}
