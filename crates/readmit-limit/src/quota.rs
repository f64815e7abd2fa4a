use std::num::NonZeroU32;
use std::time::Duration;

use crate::ConfigError;
use crate::pace::Pace;

/// How many calls are allowed: a rate, and how many of them may come at once.
///
/// A call takes one *cell*, or as many as its caller says.
/// Cells come back one at a time, evenly, and the burst is how many can lie ready.
///
/// With a burst of 1, which is the default, no window ever sees more calls than the quota names,
/// wherever it begins. With a burst of `b` it sees up to `b - 1` more.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use readmit_limit::Quota;
///
/// let ten = NonZeroU32::new(10).unwrap();
/// let quota = Quota::per_second(ten).burst(ten);
/// assert_eq!(quota.interval(), Duration::from_millis(100));
///
/// let slow = Quota::per_window(ten, Duration::from_secs(3600))?;
/// assert_eq!(slow.interval(), Duration::from_secs(360));
/// # Ok::<(), readmit_limit::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Quota {
    cells: NonZeroU32,
    window: Duration,
    burst: NonZeroU32,
}

impl Quota {
    /// Returns the quota of so many cells a second, one at a time.
    #[must_use]
    pub const fn per_second(cells: NonZeroU32) -> Quota {
        Quota { cells, window: Duration::from_secs(1), burst: NonZeroU32::MIN }
    }

    /// Returns the quota of so many cells in each window of this length, one at a time.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ZeroWindow`] for a window without length.
    pub const fn per_window(cells: NonZeroU32, window: Duration) -> Result<Quota, ConfigError> {
        if window.is_zero() {
            return Err(ConfigError::ZeroWindow);
        }
        Ok(Quota { cells, window, burst: NonZeroU32::MIN })
    }

    /// Sets how many cells can lie ready, and so be taken at once.
    ///
    /// Default: 1.
    #[must_use]
    pub const fn burst(mut self, burst: NonZeroU32) -> Quota {
        self.burst = burst;
        self
    }

    /// Returns how many cells come back in each window.
    #[must_use]
    pub const fn cells(&self) -> NonZeroU32 {
        self.cells
    }

    /// Returns the length of the window that the cells are counted in.
    #[must_use]
    pub const fn window(&self) -> Duration {
        self.window
    }

    /// Returns how many cells can be taken at once.
    #[must_use]
    pub const fn max_burst(&self) -> NonZeroU32 {
        self.burst
    }

    /// Returns how long it takes for one cell to come back.
    ///
    /// It is rounded up to whole nanoseconds, so that the rate is never above what was asked for;
    /// what lies beyond 146 years is taken as that.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_nanos(Pace::of(self).interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_rounded_up() {
        let cells = |n| NonZeroU32::new(n).unwrap();

        assert_eq!(Quota::per_second(cells(3)).interval(), Duration::from_nanos(333_333_334));
        assert_eq!(Quota::per_second(NonZeroU32::MAX).interval(), Duration::from_nanos(1));
    }

    #[test]
    fn the_slowest_quota_saturates() {
        let slowest = Quota::per_window(NonZeroU32::MIN, Duration::MAX).unwrap();

        assert_eq!(slowest.interval(), Duration::from_nanos(1 << 62));
    }
}
