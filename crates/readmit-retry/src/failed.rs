use std::error::Error;
use std::fmt;

use crate::GiveUp;

/// The last error of a call that was given up, and why it was.
///
/// It is always an error that an attempt returned, never one that the waiting made up (rule 48);
/// it is also the [`source`](Error::source).
///
/// # Example
///
/// ```
/// use std::io::{Error, ErrorKind};
///
/// use readmit_retry::{GiveUp, Policy, Verdict, retry_blocking};
///
/// let denied = || Err::<(), Error>(ErrorKind::PermissionDenied.into());
/// let failed = retry_blocking(&Policy::DEFAULT, |_delay| {}, denied)
///     .verdict(|_error| Verdict::Stop)
///     .unwrap_err();
///
/// assert_eq!(failed.why(), GiveUp::Stopped);
/// assert_eq!(failed.to_string(), "gave up after attempt 1: the failure is not one to retry");
/// assert_eq!(failed.into_error().kind(), ErrorKind::PermissionDenied);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failed<E> {
    error: E,
    attempts: u32,
    /// In a box, so that a result, which mostly is none of this, has no room for every reason.
    why: Box<GiveUp>,
}

impl<E> Failed<E> {
    pub(crate) fn new(error: E, attempts: u32, why: GiveUp) -> Failed<E> {
        Failed { error, attempts, why: Box::new(why) }
    }

    /// Returns the last error.
    #[must_use]
    pub fn error(&self) -> &E {
        &self.error
    }

    /// Returns the last error by value.
    #[must_use]
    pub fn into_error(self) -> E {
        self.error
    }

    /// Returns how many attempts were made, at least 1.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns why there was no further attempt.
    #[must_use]
    pub fn why(&self) -> GiveUp {
        *self.why
    }
}

impl<E> fmt::Display for Failed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gave up after attempt {}: {}", self.attempts, self.why)
    }
}

impl<E: Error + 'static> Error for Failed<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::*;

    #[test]
    fn r48_the_last_real_error_is_the_source() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let failed = Failed::new(refused, 3, GiveUp::Exhausted { attempts: 3 });

        let source = failed.source().and_then(|source| source.downcast_ref::<io::Error>());

        assert_eq!(source.map(io::Error::kind), Some(io::ErrorKind::ConnectionRefused));
        assert_eq!(failed.error().kind(), io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn every_reason_has_its_values_in_the_message() {
        let (needed, left, cap) =
            (Duration::from_secs(9), Duration::from_secs(2), Duration::from_secs(4));
        let reasons = [
            (GiveUp::BudgetEmpty { delay: left, retry_at: None }, "the retry budget is empty"),
            (
                GiveUp::DeadlineTooNear { needed, left, retry_at: None },
                "the next attempt is 9s away and the deadline 2s",
            ),
            (GiveUp::Exhausted { attempts: 3 }, "no more than 3 are allowed"),
            (
                GiveUp::ServerDelayTooLong { needed, cap, retry_at: None },
                "the server asks to wait 9s, and 4s is the most",
            ),
            (GiveUp::Stopped, "the failure is not one to retry"),
        ];

        for (why, words) in reasons {
            let message = Failed::new((), 3, why).to_string();
            assert_eq!(message, format!("gave up after attempt 3: {words}"));
        }
    }
}
