use std::time::Duration;

/// How a limiter stands at an instant: what a call would find, with nothing taken.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use readmit_limit::{Config, Quota, Shared};
///
/// let three = NonZeroU32::new(3).unwrap();
/// let limiter = Shared::new(Config::quota(Quota::per_second(three).burst(three)));
/// limiter.try_acquire()?;
///
/// assert_eq!(limiter.peek().available(), 2);
/// assert_eq!(limiter.peek().wait(), Duration::ZERO);
/// # Ok::<(), readmit_limit::Denied>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Snapshot {
    available: u32,
    wait: Duration,
    interval: Option<Duration>,
    waiting: u64,
}

impl Snapshot {
    pub(crate) fn new(available: u64, wait: Duration, interval: Option<Duration>) -> Snapshot {
        let available = u32::try_from(available).unwrap_or(u32::MAX);
        Snapshot { available, wait, interval, waiting: 0 }
    }

    /// Adds what those are going to take who wait for their turn.
    pub(crate) fn behind(self, waiting: u64) -> Snapshot {
        Snapshot { waiting, ..self }
    }

    /// Returns how many cells could be taken at once, by a caller who does not wait;
    /// [`u32::MAX`] where nothing limits them.
    #[must_use]
    pub fn available(&self) -> u32 {
        self.available
    }

    /// Returns how long it is until one cell could be taken; zero where one is there.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Returns how long it takes for one cell to come back, by the quota or by the rate that was
    /// found; none where there is neither.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        self.interval
    }

    /// Returns how many cells those are going to take who wait for their turn; as many as callers
    /// where each takes one.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.waiting
    }
}
