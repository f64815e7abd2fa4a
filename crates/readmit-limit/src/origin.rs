use std::time::{Duration, Instant};

/// The instant from which a limiter counts time, in nanoseconds.
///
/// One number per instant makes the arithmetic exact, and fits in an atomic word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin(Instant);

impl Origin {
    pub(crate) fn new(start: Instant) -> Origin {
        Origin(start)
    }

    /// Returns how long after the origin this is; what lies before it is taken as the origin.
    #[inline]
    pub(crate) fn nanos(self, at: Instant) -> u64 {
        nanos(at.saturating_duration_since(self.0))
    }

    /// Returns the instant, unless it is beyond what the clock can say.
    pub(crate) fn instant(self, nanos: u64) -> Option<Instant> {
        self.0.checked_add(Duration::from_nanos(nanos))
    }
}

/// Returns the length in nanoseconds, at most [`MOST`].
#[inline]
pub(crate) fn nanos(length: Duration) -> u64 {
    let whole = length.as_secs();
    // Nothing overflows up to there, so that nothing else need be checked.
    if whole <= MOST / SECOND {
        (whole * SECOND + u64::from(length.subsec_nanos())).min(MOST)
    } else {
        MOST
    }
}

/// The most nanoseconds that are counted, 146 years: two of them still fit in a number.
pub(crate) const MOST: u64 = 1 << 62;

pub(crate) const SECOND: u64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn an_instant_before_the_origin_is_taken_as_the_origin() {
        let t0 = SystemClock.now() + Duration::from_secs(100);
        let origin = Origin::new(t0);

        assert_eq!(origin.nanos(t0 - Duration::from_secs(1)), 0);
        assert_eq!(origin.nanos(t0), 0);
        assert_eq!(origin.nanos(t0 + Duration::from_nanos(1)), 1);
    }

    #[test]
    fn the_longest_length_saturates() {
        assert_eq!(nanos(Duration::MAX), MOST);
        assert_eq!(nanos(Duration::from_nanos(MOST + 1)), MOST);
        assert_eq!(nanos(Duration::from_nanos(MOST - 1)), MOST - 1);
    }
}
