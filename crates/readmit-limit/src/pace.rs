use crate::Quota;
use crate::mutants::mutate;
use crate::origin::MOST;

/// A rate and its burst, in nanoseconds: the arithmetic of the generic cell rate algorithm.
///
/// All that it remembers of the past is one instant: the *theoretical arrival time*, at which
/// everything that was taken will have come back.
/// Each cell moves it by an interval, and it may lie at most the depth ahead.
///
/// ```text
///            now          tat            now + depth
///   ──────────┼────────────┼───────────────────┼─────────►
///             │ taken,     │ free: as many     │
///             │ comes back │ intervals as fit  │
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Pace {
    /// How long one cell takes to come back; 0 where there is no limit.
    pub(crate) interval: u64,
    /// The interval times the burst.
    pub(crate) depth: u64,
}

impl Pace {
    /// Whatever is taken comes back at once.
    pub(crate) const UNLIMITED: Pace = Pace { interval: 0, depth: MOST };

    pub(crate) fn of(quota: &Quota) -> Pace {
        let interval = quota.window().as_nanos().div_ceil(u128::from(quota.cells().get()));
        let interval = u64::try_from(interval).unwrap_or(MOST).min(MOST);
        Pace::with_burst(interval, quota.max_burst().get())
    }

    pub(crate) fn with_burst(interval: u64, burst: u32) -> Pace {
        Pace { interval, depth: interval.saturating_mul(u64::from(burst)).min(MOST) }
    }

    /// Returns whether so many cells can never be taken at once.
    pub(crate) fn is_too_many(self, cells: u64) -> bool {
        self.depth < self.interval.saturating_mul(cells)
    }

    /// Returns where the arrival time moves when the cells are taken, or nothing if they are not
    /// there.
    ///
    /// `tat` and `now` are at most [`MOST`] ahead of the origin, or the answer is nothing.
    #[inline]
    pub(crate) fn take(self, tat: u64, now: u64, cells: u64) -> Option<u64> {
        let cost = self.interval.checked_mul(cells)?;
        // Not the later of two instants plus the cost, which comes to the same: what is written
        // while the limiter is in use then follows from `tat` alone, and a processor that foresees
        // this branch need not wait for the time.
        match tat.checked_sub(now) {
            Some(ahead) => {
                let needed = ahead.checked_add(cost)?;
                let fits = mutate!(2, needed <= self.depth, needed < self.depth);
                if fits { tat.checked_add(cost) } else { None }
            }
            None if self.depth < cost => None,
            None => mutate!(1, now, tat).checked_add(cost),
        }
    }

    /// Returns when so many cells will have been there, one after the other, from `start` on.
    pub(crate) fn earliest(self, tat: u64, start: u64, cells: u64) -> u64 {
        let end = tat.max(start).saturating_add(self.interval.saturating_mul(cells));
        end.saturating_sub(self.depth).max(start)
    }

    /// Returns how many cells can be taken at `now`.
    pub(crate) fn available(self, tat: u64, now: u64) -> u64 {
        let room = now.saturating_add(self.depth).saturating_sub(tat.max(now));
        room.checked_div(self.interval).unwrap_or(u64::MAX)
    }

    /// Returns the arrival time under the next pace that leaves as many cells taken.
    ///
    /// What the new burst cannot hold is let off: a smaller burst that is all taken is empty, and
    /// the wait for its next cell is one interval, however large the old one was.
    pub(crate) fn carry(self, tat: u64, now: u64, next: Pace) -> u64 {
        let taken = tat.saturating_sub(now);
        let scaled = u128::from(taken) * u128::from(next.interval);
        let Some(cost) = scaled.checked_add(u128::from(self.interval.saturating_sub(1))) else {
            return now.saturating_add(next.depth);
        };
        // An unlimited pace has taken nothing.
        let carried = cost.checked_div(u128::from(self.interval)).unwrap_or(0);
        let carried = mutate!(3, u64::try_from(carried).unwrap_or(u64::MAX), 0);
        now.saturating_add(carried.min(next.depth))
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_cell_is_there_at_the_instant_and_not_before() {
        let pace = Pace::with_burst(100, 1);
        let tat = pace.take(0, 1_000, 1).unwrap();

        assert_eq!(tat, 1_100);
        assert_eq!(pace.take(tat, 1_099, 1), None);
        assert_eq!(pace.take(tat, 1_100, 1), Some(1_200));
        assert_eq!(pace.earliest(tat, 1_000, 1), 1_100);
    }

    #[test]
    fn an_idle_time_does_not_fill_more_than_the_burst() {
        let pace = Pace::with_burst(100, 3);

        assert_eq!(pace.available(0, 1_000_000), 3);
        assert_eq!(pace.take(0, 1_000_000, 4), None);
        assert_eq!(pace.take(0, 1_000_000, 3), Some(1_000_300));
    }

    #[test]
    fn what_was_taken_is_carried_over() {
        let (slow, fast) = (Pace::with_burst(1_000, 10), Pace::with_burst(10, 10));

        // Four cells taken, then the same four.
        assert_eq!(slow.carry(9_000, 5_000, fast), 5_040);
        assert_eq!(fast.carry(5_040, 5_000, slow), 9_000);
        // Half of a nanosecond counts as a whole one.
        assert_eq!(Pace::with_burst(2, 5).carry(103, 100, Pace::with_burst(1, 5)), 102);
    }

    #[test]
    fn a_smaller_burst_is_empty_at_most() {
        let (large, small) = (Pace::with_burst(10, 1_000), Pace::with_burst(10, 1));

        let tat = large.carry(10_000, 0, small);

        assert_eq!(tat, 10);
        assert_eq!(small.earliest(tat, 0, 1), 10);
    }

    #[test]
    fn the_edges_of_the_arithmetic_refuse() {
        let slowest = Quota::per_window(NonZeroU32::MIN, Duration::MAX).unwrap();
        let pace = Pace::of(&slowest.burst(NonZeroU32::MAX));

        assert_eq!(pace, Pace { interval: MOST, depth: MOST });
        assert_eq!(pace.take(0, MOST, 1), Some(2 * MOST));
        assert_eq!(pace.take(2 * MOST, MOST, 1), None);
        assert_eq!(pace.take(u64::MAX, u64::MAX, 1), None);
        assert_eq!(pace.earliest(u64::MAX, 0, u64::MAX), u64::MAX - MOST);
        assert_eq!(pace.carry(u64::MAX, 0, pace), MOST);
        assert!(pace.is_too_many(2));
    }
}
