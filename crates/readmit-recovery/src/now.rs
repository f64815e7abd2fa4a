use std::time::{Duration, Instant, SystemTime};

use readmit_core::Clock;

use crate::mutants::mutate;

/// What both clocks say at one moment (rule 16).
///
/// # Example
///
/// ```
/// use readmit_core::SystemClock;
/// use readmit_recovery::Now;
///
/// let earlier = Now::read(&SystemClock);
/// assert!(earlier.mono <= Now::read(&SystemClock).mono);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "there are two clocks")]
pub struct Now {
    /// The monotonic clock: measures what elapsed, stops while the machine is suspended.
    pub mono: Instant,
    /// The wall clock: goes on while the machine is suspended, and may jump.
    pub wall: SystemTime,
}

impl Now {
    /// Reads both clocks.
    #[must_use]
    pub fn read(clock: &impl Clock) -> Now {
        Now { mono: clock.now(), wall: clock.wall() }
    }

    /// Returns both clocks moved on by `by`, or as far as they can represent.
    pub(crate) fn later(self, by: Duration) -> Now {
        Now {
            mono: later(self.mono, by),
            wall: self.wall.checked_add(by.min(FAR)).unwrap_or(self.wall),
        }
    }

    /// Returns the longer of what the two clocks say elapsed since `earlier`; zero if neither
    /// moved on.
    pub(crate) fn elapsed_since(self, earlier: Now) -> Duration {
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        let mono = self.mono.saturating_duration_since(earlier.mono);
        mutate!(14, mono.max(wall), mono)
    }
}

/// Returns `at` moved on by `by`, or by thirty years where that is sooner.
pub(crate) fn later(at: Instant, by: Duration) -> Instant {
    at.checked_add(by.min(FAR)).unwrap_or(at)
}

/// Thirty years: beyond any lifetime a process sees, and within what every platform's clock holds.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use readmit_core::SystemClock;

    use super::*;

    #[test]
    fn r15_arithmetic_saturates() {
        let t0 = Now::read(&SystemClock);

        let end = t0.later(Duration::MAX);

        assert_eq!(end.mono, t0.mono + FAR);
        assert_eq!(end.wall, t0.wall + FAR);
    }
}
