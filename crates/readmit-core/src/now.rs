use std::time::{Duration, Instant, SystemTime};

use crate::Clock;

/// What both clocks say at one moment.
///
/// What elapsed is measured by the monotonic clock, which does not jump but stops while the machine
/// is suspended; what others told, and what people read, goes by the wall clock (rule 16).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_core::{Now, SystemClock};
///
/// let now = Now::read(&SystemClock);
/// let later = now.later(Duration::from_secs(1));
/// assert_eq!(later.elapsed_since(now), Duration::from_secs(1));
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
    pub fn read(clock: &(impl Clock + ?Sized)) -> Now {
        Now { mono: clock.now(), wall: clock.wall() }
    }

    /// Returns both clocks moved on by `by`, or by thirty years where that is sooner (rule 15).
    #[must_use]
    pub fn later(self, by: Duration) -> Now {
        let by = by.min(FAR);
        Now {
            mono: self.mono.checked_add(by).unwrap_or(self.mono),
            wall: self.wall.checked_add(by).unwrap_or(self.wall),
        }
    }

    /// Returns what both clocks say at another instant, where neither jumps between the two.
    #[must_use]
    pub fn at(self, mono: Instant) -> Now {
        let wall = match mono.checked_duration_since(self.mono) {
            Some(later) => self.wall.checked_add(later),
            None => self.wall.checked_sub(self.mono.saturating_duration_since(mono)),
        };
        Now { mono, wall: wall.unwrap_or(self.wall) }
    }

    /// Returns the longer of what the two clocks say elapsed since `earlier`; zero if neither moved
    /// on.
    ///
    /// Neither can be trusted alone: the one stops while the machine is suspended, and the other may
    /// be set back.
    #[must_use]
    pub fn elapsed_since(self, earlier: Now) -> Duration {
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        self.mono.saturating_duration_since(earlier.mono).max(wall)
    }
}

/// Beyond any lifetime that a process sees, and within what every platform's clock holds.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;

    #[test]
    fn r15_arithmetic_saturates() {
        let t0 = Now::read(&SystemClock);

        let end = t0.later(Duration::MAX);

        assert_eq!(end.mono, t0.mono + FAR);
        assert_eq!(end.wall, t0.wall + FAR);
    }

    #[test]
    fn another_instant_is_as_far_away_on_both_clocks() {
        let now = Now::read(&SystemClock);
        let minute = Duration::from_secs(60);

        assert_eq!(now.at(now.mono + minute).wall, now.wall + minute);
        assert_eq!(now.at(now.mono + minute).at(now.mono), now);
    }

    #[test]
    fn r16_what_elapsed_is_what_the_clock_says_that_went_on() {
        let t0 = Now::read(&SystemClock);
        let minute = Duration::from_secs(60);

        let suspended = Now { wall: t0.wall + minute, ..t0 };
        let set_back = Now { mono: t0.mono + minute, wall: t0.wall - minute };

        assert_eq!(suspended.elapsed_since(t0), minute);
        assert_eq!(set_back.elapsed_since(t0), minute);
        assert_eq!(t0.elapsed_since(suspended), Duration::ZERO);
    }
}
