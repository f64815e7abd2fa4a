use std::time::{Duration, Instant, SystemTime};

use readmit_breaker::{Refusal, Rejected};
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
            Refused::Circuit(rejected) => (Kind::CircuitOpen, circuit_wait(rejected, now)),
            Refused::Limit(denied) => (Kind::RateLimited, Wait::of(denied.wait())),
        };
        let failure = Failure::builder(kind, Origin::Local)
            .because(format_args!("{self}: {circuit}"))
            .description(self.to_string())
            .timestamp(wall);
        match wait {
            Wait::For(wait) => failure.retry_after(RetryAfter::new(wait, wall)).build(),
            Wait::Untold => failure.build(),
            Wait::ForAnOperator => failure.retryable(false).build(),
        }
    }
}

/// How long it is before somebody is let in again.
enum Wait {
    For(Duration),
    /// Until what is under way has ended.
    Untold,
    /// Until somebody says so.
    ForAnOperator,
}

impl Wait {
    fn of(wait: Option<Duration>) -> Wait {
        wait.map_or(Wait::ForAnOperator, Wait::For)
    }
}

fn circuit_wait(rejected: &Rejected, now: Instant) -> Wait {
    match rejected.refusal() {
        // The end of a lease is the worst case of many: most probes end in a fraction of it.
        Refusal::Probing => Wait::Untold,
        Refusal::Isolated | Refusal::Open | Refusal::Ramping => {
            Wait::of(rejected.retry_at().map(|at| at.saturating_duration_since(now)))
        }
    }
}

#[cfg(test)]
mod tests {
    use readmit_breaker::Breaker;
    use readmit_core::{Clock, Draw, SystemClock};
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
    fn how_long_a_probe_takes_is_not_known() {
        let (now, wall) = (SystemClock.now(), SystemClock.wall());
        let mut breaker = Breaker::new(readmit_breaker::Config::DEFAULT);
        let _ = breaker.probe_now(now);
        let _probe = breaker.try_acquire(now, Draw::MIN).decision.unwrap();
        let rejected = breaker.rejection(now).unwrap();

        let failure = Refused::Circuit(rejected).failure("https://a.test", now, wall);

        assert!(failure.is_retryable());
        assert_eq!(failure.retry_after(), None);
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
