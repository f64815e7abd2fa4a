use std::time::{Instant, SystemTime};

use readmit_breaker::Rejected;
use readmit_error::{Failure, Kind, Origin, RetryAfter};
use readmit_limit::Denied;

/// Why a request is not sent for the time being.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Circuit(Rejected),
    #[error(transparent)]
    Limit(Denied),
}

impl Refused {
    /// Returns it as a failure: nothing was sent, and it says when to come back (rules 64 and 71).
    pub(crate) fn failure(&self, circuit: &str, now: Instant, wall: SystemTime) -> Failure {
        let (kind, wait) = match self {
            Refused::Circuit(rejected) => {
                let retry_at = rejected.retry_at();
                (Kind::CircuitOpen, retry_at.map(|at| at.saturating_duration_since(now)))
            }
            Refused::Limit(denied) => (Kind::RateLimited, denied.wait()),
        };
        let failure = Failure::builder(kind, Origin::Local)
            .because(format_args!("{self}: {circuit}"))
            .description(self.to_string())
            .timestamp(wall);
        match wait {
            Some(wait) => failure.retry_after(RetryAfter::new(wait, wall)).build(),
            // That is for an operator to say.
            None => failure.retryable(false).build(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use readmit_breaker::Breaker;
    use readmit_core::{Clock, SystemClock};
    use readmit_error::Replay;

    use super::*;

    #[test]
    fn r64_a_rejection_is_a_failure_that_says_when_to_come_back_and_why() {
        let (now, wall) = (SystemClock.now(), SystemClock.wall());
        let mut breaker = Breaker::new(readmit_breaker::Config::DEFAULT);
        let _ = breaker.trip_for(now, Duration::from_secs(7));
        let rejected = breaker.rejection(now).unwrap();

        let failure = Refused::Circuit(rejected).failure("https://a.test", now, wall);

        assert_eq!(failure.kind(), Kind::CircuitOpen);
        assert_eq!((failure.origin(), failure.replay()), (Origin::Local, Replay::NotProcessed));
        assert_eq!(failure.retry_after().map(RetryAfter::delay), Some(Duration::from_secs(7)));
        assert_eq!(failure.description(), Some("the circuit is open: opened by an operator"));
        assert!(failure.because().ends_with("https://a.test") && failure.is_retryable());
    }

    #[test]
    fn what_an_operator_isolated_is_not_retried() {
        let (now, wall) = (SystemClock.now(), SystemClock.wall());
        let mut breaker = Breaker::new(readmit_breaker::Config::DEFAULT);
        let _ = breaker.isolate();
        let rejected = breaker.rejection(now).unwrap();

        let failure = Refused::Circuit(rejected).failure("https://a.test", now, wall);

        assert!(!failure.is_retryable());
        assert_eq!(failure.retry_after(), None);
    }
}
