use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

/// A call that may not be made now: when it may, and what stands in its way.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use readmit_core::{Clock, SystemClock};
/// use readmit_limit::{Config, Limiter, Quota, Why};
///
/// let t0 = SystemClock.now();
/// let mut limiter = Limiter::new(Config::quota(Quota::per_second(NonZeroU32::MIN)), t0);
/// limiter.try_acquire(t0, NonZeroU32::MIN)?;
///
/// let denied = limiter.try_acquire(t0, NonZeroU32::MIN).unwrap_err();
/// assert_eq!(denied.wait(), Some(Duration::from_secs(1)));
/// assert_eq!(denied.why(), Why::Paced);
/// # Ok::<(), readmit_limit::Denied>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Denied {
    wait: Option<Duration>,
    retry_at: Option<Instant>,
    why: Why,
}

/// What stands in the way of a call.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever waits decides by it, and each is their business"
)]
pub enum Why {
    /// The server said how many calls are left, and they are used up.
    Exhausted,
    /// The server said to wait.
    Held,
    /// The quota, or the rate that was found, has no cell ready.
    Paced,
    /// Others came first, and are waiting.
    Queued,
    /// More cells are asked for than can ever lie ready.
    TooMany,
}

impl Denied {
    pub(crate) fn until(wait: Duration, retry_at: Option<Instant>, why: Why) -> Denied {
        Denied { wait: Some(wait), retry_at, why }
    }

    pub(crate) fn never() -> Denied {
        Denied { wait: None, retry_at: None, why: Why::TooMany }
    }

    /// Returns how long it is until the call may be made, if nobody else makes one first; none
    /// where it never may.
    ///
    /// For a call behind a queue it is the least that the wait can be.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// Returns the instant at which the wait ends, unless that is never, or beyond what the clock
    /// can say.
    #[must_use]
    pub fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Returns what stands in the way; where several things do, the one that alone would last
    /// longest.
    #[must_use]
    pub fn why(&self) -> Why {
        self.why
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.why {
            Why::Exhausted => "the server has no call left",
            Why::Held => "the server asks to wait",
            Why::Paced => "the quota is used up",
            Why::Queued => "others are waiting",
            Why::TooMany => "more than the quota can ever hold is asked for",
        })?;
        match self.wait {
            Some(wait) => write!(f, " for {wait:?}"),
            None => Ok(()),
        }
    }
}

impl Error for Denied {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_says_what_and_for_how_long() {
        let second = Duration::from_secs(1);

        let held = Denied::until(second, None, Why::Held);

        assert_eq!(held.to_string(), "the server asks to wait for 1s");
        let never = "more than the quota can ever hold is asked for";
        assert_eq!(Denied::never().to_string(), never);
    }
}
