use std::borrow::Cow;
use std::time::SystemTime;

use crate::failure::Inner;
use crate::{Action, Challenge, Denied, ErrorBody, Failure, Kind, Origin, Replay, RetryAfter};

/// Collects what is known of a [`Failure`]; [`Failure::builder`] begins one.
///
/// What is not said follows from the kind and the origin.
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
#[derive(Clone, Debug)]
#[must_use]
pub struct FailureBuilder {
    kind: Kind,
    origin: Origin,
    action: Option<Action>,
    retryable: Option<bool>,
    replay: Option<Replay>,
    retry_after: Option<RetryAfter>,
    at: Option<SystemTime>,
    because: Cow<'static, str>,
    denied: Denied,
    challenges: Vec<Challenge>,
    body: ErrorBody,
}

impl FailureBuilder {
    pub(crate) fn new(kind: Kind, origin: Origin) -> FailureBuilder {
        FailureBuilder {
            kind,
            origin,
            action: None,
            retryable: None,
            replay: None,
            retry_after: None,
            at: None,
            because: Cow::Borrowed("its kind was given"),
            denied: Denied::default(),
            challenges: Vec::new(),
            body: ErrorBody::default(),
        }
    }

    /// Sets the next step where it is not the one that [`Kind::action`] names.
    pub fn action(mut self, action: Action) -> FailureBuilder {
        self.action = Some(action);
        self
    }

    /// Says whether the same request can succeed later, where the server itself said so.
    pub fn retryable(mut self, retryable: bool) -> FailureBuilder {
        self.retryable = Some(retryable);
        self
    }

    /// Says whether the server may have acted, where more is known than status and stage tell.
    pub fn replay(mut self, replay: Replay) -> FailureBuilder {
        self.replay = Some(replay);
        self
    }

    /// Sets how long to wait.
    pub fn retry_after(mut self, hint: RetryAfter) -> FailureBuilder {
        self.retry_after = Some(hint);
        self
    }

    /// Sets when it happened, by the wall clock of the client.
    pub fn timestamp(mut self, at: SystemTime) -> FailureBuilder {
        self.at = Some(at);
        self
    }

    /// Names the signal that decided the kind, in one line.
    pub fn because(mut self, signal: impl Into<Cow<'static, str>>) -> FailureBuilder {
        self.because = signal.into();
        self
    }

    /// Says what was denied.
    pub fn denied(mut self, denied: Denied) -> FailureBuilder {
        self.denied = denied;
        self
    }

    /// Adds a challenge.
    pub fn challenge(mut self, challenge: Challenge) -> FailureBuilder {
        self.challenges.push(challenge);
        self
    }

    /// Sets the answer in the documented format; code, description and request id come from it.
    pub fn body(mut self, body: ErrorBody) -> FailureBuilder {
        self.body = body;
        self
    }

    /// Sets the provider's code.
    pub fn code(mut self, code: impl Into<String>) -> FailureBuilder {
        self.body.error_code = Some(code.into());
        self
    }

    /// Sets the server's sentence.
    pub fn description(mut self, description: impl Into<String>) -> FailureBuilder {
        self.body.error_description = Some(description.into());
        self
    }

    /// Sets the request id.
    pub fn request_id(mut self, request_id: impl Into<String>) -> FailureBuilder {
        self.body.request_id = Some(request_id.into());
        self
    }

    /// Returns the failure, its texts bounded and neutralised.
    #[must_use]
    pub fn build(self) -> Failure {
        let waits = self.retry_after.is_some() && self.kind == Kind::Unavailable;
        let action = if waits { Action::WaitAndRetry } else { self.kind.action() };
        let retryable = self.retryable.unwrap_or_else(|| self.kind_is_retryable());
        let replay = self.replay.unwrap_or_else(|| replay_of(self.origin));
        Failure::from_inner(Inner {
            kind: self.kind,
            action: self.action.unwrap_or(action),
            origin: self.origin,
            retryable,
            replay,
            retry_after: self.retry_after,
            at: self.at,
            because: self.because,
            denied: self.denied,
            challenges: self.challenges,
            body: self.body,
        })
    }

    /// What is of no known kind is judged by its status: a fault of the server's may pass.
    fn kind_is_retryable(&self) -> bool {
        if self.kind == Kind::Unknown {
            return self.origin.status().is_some_and(|status| 500 <= status);
        }
        self.kind.is_retryable()
    }
}

/// A 4xx refused the request, but for a 408, which may come in the middle of the work; with any
/// other status the server may have acted before it failed.
fn replay_of(origin: Origin) -> Replay {
    match origin {
        Origin::Answer { status: 400..=407 | 409..=499 } => Replay::NotProcessed,
        Origin::Answer { .. } => Replay::PossiblyProcessed,
        Origin::Local => Replay::NotProcessed,
        Origin::Transport(transport) => transport.replay(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

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
