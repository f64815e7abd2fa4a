use std::time::{Duration, Instant};

/// How often something happened, by the minute, over the last so many minutes.
///
/// It takes the same time and memory however often that is.
#[derive(Debug)]
pub(crate) struct Minutes {
    origin: Instant,
    /// The latest minute, since the origin, that anything was counted in.
    newest: u64,
    counts: Box<[u32]>,
}

impl Minutes {
    /// Returns counts of nothing that reach back for `length` minutes.
    pub(crate) fn new(origin: Instant, length: u16) -> Minutes {
        // A window that does not begin with a minute has a share in one minute more.
        Minutes { origin, newest: 0, counts: vec![0; usize::from(length) + 1].into() }
    }

    /// Counts `n` more; a clock that was read earlier counts where time stands.
    pub(crate) fn add(&mut self, now: Instant, n: u32) {
        let minute = minute_of(self.nanos(now)).max(self.newest);
        let gone = (minute - self.newest).min(self.counts.len() as u64);
        for back in 0..gone {
            if let Some(oldest) = self.slot(minute - back) {
                *oldest = 0;
            }
        }
        self.newest = minute;
        if let Some(count) = self.slot(minute) {
            *count = count.saturating_add(n);
        }
    }

    /// Returns how often it happened within the last `span`.
    ///
    /// Of the minute in which the span begins, the share that lies in it is counted.
    pub(crate) fn count(&self, now: Instant, span: Duration) -> u64 {
        let end = self.nanos(now).max(self.newest.saturating_mul(MINUTE));
        let start = end.saturating_sub(nanos(span));
        let first = minute_of(start);
        let whole = (first + 1..=self.newest).map(|minute| u64::from(self.at(minute))).sum::<u64>();
        let inside = MINUTE - start % MINUTE;
        let share = (u128::from(self.at(first)) * u128::from(inside)).div_ceil(MINUTE.into());
        whole + u64::try_from(share).unwrap_or(u64::MAX)
    }

    /// Returns the count of a minute, which is zero where it is out of reach.
    fn at(&self, minute: u64) -> u32 {
        let Some(back) = self.newest.checked_sub(minute) else { return 0 };
        if self.counts.len() as u64 <= back {
            return 0;
        }
        self.counts.get(place(minute, self.counts.len())).copied().unwrap_or_default()
    }

    fn slot(&mut self, minute: u64) -> Option<&mut u32> {
        let place = place(minute, self.counts.len());
        self.counts.get_mut(place)
    }

    fn nanos(&self, now: Instant) -> u64 {
        nanos(now.saturating_duration_since(self.origin))
    }
}

/// Returns the minute, since the origin, that an instant is in.
pub(crate) fn minute_since(origin: Instant, now: Instant) -> u64 {
    now.saturating_duration_since(origin).as_secs() / 60
}

fn nanos(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}

fn minute_of(nanos: u64) -> u64 {
    nanos / MINUTE
}

fn place(minute: u64, length: usize) -> usize {
    usize::try_from(minute % length as u64).unwrap_or_default()
}

/// In nanoseconds.
const MINUTE: u64 = 60_000_000_000;

#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn whole_minutes_are_counted_exactly() {
        let t0 = SystemClock.now();
        let mut minutes = Minutes::new(t0, 60);

        for minute in 0..60 {
            minutes.add(t0 + minute * ONE, 1);
        }

        let end = t0 + 60 * ONE;
        for span in [1, 5, 59, 60] {
            assert_eq!(minutes.count(end, span * ONE), u64::from(span), "{span} minutes");
        }
    }

    #[test]
    fn the_first_minute_counts_by_its_share() {
        let t0 = SystemClock.now();
        let mut minutes = Minutes::new(t0, 60);

        minutes.add(t0, 60);

        let later = |seconds| t0 + ONE + Duration::from_secs(seconds);
        assert_eq!(minutes.count(later(0), ONE), 60);
        assert_eq!(minutes.count(later(15), ONE), 45);
        assert_eq!(minutes.count(later(59), ONE), 1);
        assert_eq!(minutes.count(later(60), ONE), 0);
    }

    #[test]
    fn a_gap_of_any_length_empties_the_window() {
        for gap in [61, 62, 121, 100_000, u32::MAX / 60] {
            let t0 = SystemClock.now();
            let mut minutes = Minutes::new(t0, 60);
            minutes.add(t0, 7);

            minutes.add(t0 + gap * ONE, 1);

            assert_eq!(minutes.count(t0 + gap * ONE, 60 * ONE), 1, "{gap} minutes");
        }
    }

    #[test]
    fn a_clock_that_was_read_earlier_counts_where_time_stands() {
        let t0 = SystemClock.now();
        let mut minutes = Minutes::new(t0, 60);
        minutes.add(t0 + 10 * ONE, 1);

        minutes.add(t0, 1);

        assert_eq!(minutes.count(t0 + 11 * ONE, ONE), 2);
        assert_eq!(minutes.count(t0, ONE), 2);
    }

    const ONE: Duration = Duration::from_secs(60);
}
