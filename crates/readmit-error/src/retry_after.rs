use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// How long the server wants to be left alone, and since when.
///
/// # Example
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use readmit_error::RetryAfter;
///
/// let told_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
/// let hint = RetryAfter::new(Duration::from_secs(30), told_at);
/// assert_eq!(hint.remaining(told_at + Duration::from_secs(10)), Duration::from_secs(20));
/// assert_eq!(hint.remaining(told_at + Duration::from_secs(31)), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct RetryAfter {
    delay: Duration,
    since: SystemTime,
}

impl RetryAfter {
    /// Returns a hint to wait for `delay` from `since` on.
    #[must_use]
    pub fn new(delay: Duration, since: SystemTime) -> RetryAfter {
        RetryAfter { delay, since }
    }

    /// Returns the wait that was asked for, counted from [`since`](RetryAfter::since).
    #[must_use]
    pub fn delay(self) -> Duration {
        self.delay
    }

    /// Returns when the server said so, by the wall clock of the client.
    #[must_use]
    pub fn since(self) -> SystemTime {
        self.since
    }

    /// Returns the moment to come back, or `None` where no clock reaches that far.
    #[must_use]
    pub fn at(self) -> Option<SystemTime> {
        self.since.checked_add(self.delay)
    }

    /// Returns what is left of the wait; never more than was asked for, whatever the clock did.
    #[must_use]
    pub fn remaining(self, now: SystemTime) -> Duration {
        let passed = now.duration_since(self.since).unwrap_or(Duration::ZERO);
        self.delay.saturating_sub(passed)
    }

    /// Returns the wait in whole seconds, rounded up: whoever comes back early is told to wait
    /// again.
    pub(crate) fn whole_seconds(self) -> u64 {
        self.delay.as_secs().saturating_add(u64::from(0 < self.delay.subsec_nanos()))
    }
}

/// Reads a number of seconds; what no `Duration` holds is a wait without an end (rule 44), and what
/// is below zero is no wait that anybody can ask for.
pub(crate) fn seconds(number: f64) -> Option<Duration> {
    (0.0 <= number).then(|| Duration::try_from_secs_f64(number).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r16_a_clock_set_back_does_not_lengthen_the_wait() {
        let told_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let hint = RetryAfter::new(Duration::from_secs(5), told_at);

        let left = hint.remaining(SystemTime::UNIX_EPOCH);

        assert_eq!(left, Duration::from_secs(5));
    }

    #[test]
    fn r44_an_absurd_wait_has_no_end_and_does_not_overflow() {
        let hint = RetryAfter::new(Duration::MAX, SystemTime::UNIX_EPOCH);

        assert_eq!(hint.at(), None);
        assert_eq!(hint.whole_seconds(), u64::MAX);
    }

    #[test]
    fn r44_a_number_of_seconds_saturates_and_is_not_negative() {
        assert_eq!(seconds(1.5), Some(Duration::from_millis(1_500)));
        assert_eq!(seconds(1e300), Some(Duration::MAX));
        assert_eq!(seconds(-0.1), None);
        assert_eq!(seconds(f64::NAN), None);
    }
}
