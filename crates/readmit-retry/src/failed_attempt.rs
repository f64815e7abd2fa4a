use std::fmt;
use std::time::Duration;

use crate::{GiveUp, Next};

/// An attempt that failed, and what comes of it: what a hook is told.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_retry::{Jitter, Policy, Verdict, retry_blocking};
///
/// let policy = Policy::constant(Duration::from_secs(1)).jitter(Jitter::None).build()?;
/// let mut answers = [Err("busy"), Ok("hello")].into_iter();
/// let mut told = Vec::new();
///
/// let answer = retry_blocking(&policy, |_delay| {}, || answers.next().unwrap())
///     .notify(|failed| told.push((failed.number(), failed.delay(), *failed.error())))
///     .verdict(|_busy| Verdict::Retry);
///
/// assert_eq!(answer, Ok("hello"));
/// assert_eq!(told, [(1, Some(Duration::from_secs(1)), "busy")]);
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
pub struct FailedAttempt<'e, E> {
    number: u32,
    error: &'e E,
    next: Next,
}

impl<'e, E> FailedAttempt<'e, E> {
    pub(crate) fn new(number: u32, error: &'e E, next: Next) -> FailedAttempt<'e, E> {
        FailedAttempt { number, error, next }
    }

    /// Returns which attempt it was; 1 is the first.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the error, the cause of what comes next.
    #[must_use]
    pub fn error(&self) -> &'e E {
        self.error
    }

    /// Returns what comes next: a wait and another attempt, or the end of the call.
    pub fn next(&self) -> Next {
        self.next
    }

    /// Returns how long the call waits before the next attempt, if there is one.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        match self.next {
            Next::GiveUp(_) => None,
            Next::RetryIn(delay) => Some(delay),
        }
    }

    /// Returns why the call is given up, if it is.
    #[must_use]
    pub fn why(&self) -> Option<GiveUp> {
        match self.next {
            Next::GiveUp(why) => Some(why),
            Next::RetryIn(_) => None,
        }
    }
}

/// Without the error, which may hold what is not for a log.
impl<E> fmt::Debug for FailedAttempt<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedAttempt")
            .field("number", &self.number)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
