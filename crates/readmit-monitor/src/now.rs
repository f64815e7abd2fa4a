use std::time::{Duration, Instant, SystemTime};

use readmit_core::Clock;

/// What both clocks say at one moment.
///
/// Windows and alerts go by the monotonic clock, which does not jump; history and reports by the
/// wall clock, because a person reads them.
///
/// # Example
///
/// ```
/// use readmit_core::SystemClock;
/// use readmit_monitor::Now;
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

    /// Returns what both clocks would have said at another instant, had neither jumped since.
    pub(crate) fn at(self, mono: Instant) -> Now {
        let wall = match mono.checked_duration_since(self.mono) {
            Some(later) => self.wall.checked_add(later),
            None => self.wall.checked_sub(self.mono.saturating_duration_since(mono)),
        };
        Now { mono, wall: wall.unwrap_or(self.wall) }
    }

    /// Returns how long ago an instant was; time that went backwards is no time.
    pub(crate) fn since(self, then: Instant) -> Duration {
        self.mono.saturating_duration_since(then)
    }
}

#[cfg(test)]
mod tests {
    use readmit_core::SystemClock;

    use super::*;

    #[test]
    fn another_instant_is_as_far_away_on_both_clocks() {
        let now = Now::read(&SystemClock);
        let minute = Duration::from_secs(60);

        assert_eq!(now.at(now.mono + minute).wall, now.wall + minute);
        assert_eq!(now.at(now.mono + minute).at(now.mono), now);
    }
}
