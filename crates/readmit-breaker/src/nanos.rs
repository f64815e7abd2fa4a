//! Lengths of time in whole nanoseconds: one word each, and 584 years will do.

use std::time::{Duration, Instant};

#[inline]
pub(crate) fn of(length: Duration) -> u64 {
    let seconds = length.as_secs().saturating_mul(1_000_000_000);
    seconds.saturating_add(length.subsec_nanos().into())
}

/// Returns how long after `then` it is; time that went backwards is no time.
#[inline]
pub(crate) fn since(then: Instant, now: Instant) -> u64 {
    of(now.saturating_duration_since(then))
}

/// Returns so many hundredths of a length.
pub(crate) fn percent(length: u64, percent: u32) -> u64 {
    let percent = u64::from(percent);
    // In two steps, because `length * percent` overflows long before the result does.
    (length / 100).saturating_mul(percent).saturating_add(length % 100 * percent / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundredths_are_exact_and_saturate() {
        assert_eq!(percent(7_001, 150), 10_501);
        assert_eq!(percent(u64::MAX, 100), u64::MAX);
        assert_eq!(percent(u64::MAX, 101), u64::MAX);
        assert_eq!(percent(u64::MAX, u32::MAX), u64::MAX);
    }

    #[test]
    fn the_longest_length_is_584_years() {
        assert_eq!(of(Duration::MAX), u64::MAX);
    }
}
