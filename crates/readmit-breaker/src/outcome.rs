use std::time::Duration;

/// What happened to a permit.
///
/// # Example
///
/// A status of an HTTP answer, seen by the breaker of its host:
///
/// ```
/// use readmit_breaker::Outcome;
///
/// fn outcome(status: u16) -> Outcome {
///     match status {
///         429 => Outcome::Ignore,        // The service is well; we are too many.
///         500..=599 => Outcome::Fail,
///         _ => Outcome::Succeed,         // A 401 too: the host is alive and answers.
///     }
/// }
/// assert_eq!(outcome(401), Outcome::Succeed);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing else that can happen to a permit")]
pub enum Outcome {
    /// Nobody waits for the call any more.
    ///
    /// It counts as nothing, and as a failure where the permit was held longer than
    /// [`abandon_counts_after`](crate::Builder::abandon_counts_after) (rule 61).
    Abandon,
    /// The call failed in a way that speaks against the service.
    Fail,
    /// The call says nothing about the service: it is counted nowhere.
    Ignore,
    /// The service did its part.
    Succeed,
}

/// An outcome, and what else there is to say about it.
///
/// Wherever a report is taken, a bare [`Outcome`] will do.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_breaker::{Outcome, Report};
///
/// let report = Report::from(Outcome::Fail)
///     .because("unavailable")
///     .retry_after(Duration::from_secs(30));
/// assert_eq!(report.outcome(), Outcome::Fail);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "a report says nothing until a permit is settled with it"]
pub struct Report {
    outcome: Outcome,
    cause: Option<&'static str>,
    retry_after: Option<Duration>,
    took: Option<Duration>,
}

impl Report {
    /// Names the cause, for the evidence of an opening and of the rejections that follow it.
    ///
    /// It is a word of the program's own, such as the kind of the failure, and never text that
    /// came from outside: that is how no secret gets into a message (rules 55 and 64).
    ///
    /// Default: none.
    pub const fn because(mut self, cause: &'static str) -> Report {
        self.cause = Some(cause);
        self
    }

    /// Says how long the server asked to be left alone.
    ///
    /// It counts where this report opens the circuit: then the circuit stays open for at least so
    /// long, up to [`server_cap`](crate::Builder::server_cap) (rule 65).
    ///
    /// Default: not said.
    pub const fn retry_after(mut self, delay: Duration) -> Report {
        self.retry_after = Some(delay);
        self
    }

    /// Says how long the call took, for the slow-call rule.
    ///
    /// Default: the time from the permit to the report.
    pub const fn took(mut self, duration: Duration) -> Report {
        self.took = Some(duration);
        self
    }

    /// Returns the outcome.
    #[inline]
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Returns whether it says that the call succeeded, and nothing more.
    #[inline]
    pub(crate) const fn is_bare_success(&self) -> bool {
        matches!(
            self,
            Report { outcome: Outcome::Succeed, cause: None, retry_after: None, took: None }
        )
    }

    pub(crate) fn cause(&self) -> Option<&'static str> {
        self.cause
    }

    pub(crate) fn delay(&self) -> Option<Duration> {
        self.retry_after
    }

    pub(crate) fn duration(&self) -> Option<Duration> {
        self.took
    }
}

impl From<Outcome> for Report {
    #[inline]
    fn from(outcome: Outcome) -> Report {
        Report { outcome, cause: None, retry_after: None, took: None }
    }
}
