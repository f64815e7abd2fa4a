use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use crate::Allowance;

/// Counts the credits of a budget.
///
/// ```text
///   deposit: a share of a credit ──┐
///   time: so many each second ─────┼──► credits, up to the capacity ──► withdraw: one credit
///   give_back: one credit ─────────┘                                          │
///                                                                             └─► Empty
/// ```
///
/// Time is only looked at by a withdrawal: what it brought since the last one is added then.
/// Credits only ever grow in between, so adding later comes to the same as adding all along.
#[derive(Debug)]
pub(crate) struct Credits {
    /// In billionths of a credit, so that a nanosecond of a floor and a percent of a credit are
    /// both whole numbers; a capacity of `u32::MAX` credits fits in a word.
    stored: u64,
    capacity: u64,
    deposit: u64,
    per_second: u32,
    /// The latest instant whose credits are counted; before the first withdrawal the budget is
    /// full, and time could not add to it.
    counted_to: Option<Instant>,
}

/// There is no credit left for a retry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Empty {
    retry_at: Option<Instant>,
}

impl Credits {
    pub(crate) fn new(allowance: &Allowance) -> Credits {
        let capacity = u64::from(allowance.capacity().get()) * CREDIT;
        Credits {
            stored: capacity,
            capacity,
            deposit: u64::from(allowance.percent().get()) * CREDIT / 100,
            per_second: allowance.per_second(),
            counted_to: None,
        }
    }

    pub(crate) fn deposit(&mut self) {
        self.add(self.deposit);
    }

    pub(crate) fn withdraw(&mut self, now: Instant) -> Result<(), Empty> {
        let counted_to = self.counted_to.map_or(now, |then| then.max(now));
        self.stored = self.stored_at(now);
        self.counted_to = Some(counted_to);

        match self.stored.checked_sub(CREDIT) {
            Some(rest) => {
                self.stored = rest;
                Ok(())
            }
            None => Err(Empty { retry_at: self.wait().and_then(|w| counted_to.checked_add(w)) }),
        }
    }

    pub(crate) fn give_back(&mut self) {
        self.add(CREDIT);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.stored == self.capacity
    }

    /// Returns how many retries could be paid for at `now`.
    pub(crate) fn whole(&self, now: Instant) -> u32 {
        u32::try_from(self.stored_at(now) / CREDIT).unwrap_or(u32::MAX)
    }

    fn add(&mut self, amount: u64) {
        self.stored = self.stored.saturating_add(amount).min(self.capacity);
    }

    /// Returns what is stored, and what time has brought by `now`.
    fn stored_at(&self, now: Instant) -> u64 {
        let elapsed = self.counted_to.map_or(Duration::ZERO, |then| {
            // A caller that read the clock earlier and came later brings nothing.
            now.saturating_duration_since(then)
        });
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        let brought = nanos.saturating_mul(u64::from(self.per_second));
        self.stored.saturating_add(brought).min(self.capacity)
    }

    /// Returns how long it takes time alone to bring one credit, if it ever does.
    fn wait(&self) -> Option<Duration> {
        let missing = CREDIT.saturating_sub(self.stored);
        (self.per_second != 0)
            .then(|| Duration::from_nanos(missing.div_ceil(u64::from(self.per_second))))
    }
}

impl Empty {
    /// Returns when time alone brings a credit back; never, where the budget has no floor.
    ///
    /// A success may bring it sooner, and another call may take it first.
    #[must_use]
    pub fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }
}

impl fmt::Display for Empty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the retry budget is empty")
    }
}

impl Error for Empty {}

const CREDIT: u64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use readmit_core::{Clock, SystemClock};

    use super::*;
    use crate::Percent;

    #[test]
    fn r46_a_budget_starts_full_and_stays_within_its_capacity() {
        let t0 = SystemClock.now();
        let mut credits = credits(3, 1);

        credits.deposit();
        credits.give_back();

        assert!(credits.is_full());
        assert!((0..3).all(|_| credits.withdraw(t0).is_ok()));
        assert!(credits.withdraw(t0).is_err());
    }

    #[test]
    fn r46_ten_successes_pay_for_one_retry() {
        let t0 = SystemClock.now();
        let mut credits = credits(1, 0);
        assert_eq!(credits.withdraw(t0), Ok(()));

        for _ in 0..9 {
            credits.deposit();
        }
        assert_eq!(credits.withdraw(t0), Err(Empty { retry_at: None }));
        credits.deposit();

        assert_eq!(credits.withdraw(t0), Ok(()));
    }

    #[test]
    fn the_floor_brings_a_credit_back_at_the_instant_that_was_told() {
        let t0 = SystemClock.now();
        let mut credits = credits(3, 3);
        for _ in 0..3 {
            assert_eq!(credits.withdraw(t0), Ok(()));
        }

        let retry_at = credits.withdraw(t0).unwrap_err().retry_at().unwrap();

        // A third of a second, rounded up.
        assert_eq!(retry_at, t0 + Duration::from_nanos(333_333_334));
        assert!(credits.withdraw(retry_at - Duration::from_nanos(1)).is_err());
        assert_eq!(credits.withdraw(retry_at), Ok(()));
    }

    #[test]
    fn time_that_goes_backwards_brings_nothing_and_takes_nothing() {
        let t0 = SystemClock.now() + Duration::from_secs(100);
        let mut credits = credits(2, 1);
        assert_eq!(credits.withdraw(t0), Ok(()));

        assert_eq!(credits.withdraw(t0 - Duration::from_secs(50)), Ok(()));

        let second = Duration::from_secs(1);
        assert_eq!(credits.withdraw(t0), Err(Empty { retry_at: Some(t0 + second) }));
        assert_eq!(credits.withdraw(t0 + second), Ok(()));
    }

    #[test]
    fn the_largest_budget_does_not_overflow() {
        let t0 = SystemClock.now();
        let mut credits = credits(u32::MAX, u32::MAX);
        assert_eq!(credits.withdraw(t0), Ok(()));
        assert_eq!(credits.whole(t0), u32::MAX - 1);

        let century = Duration::from_secs(100 * 365 * 86_400);

        assert_eq!(credits.whole(t0 + century), u32::MAX);
        assert_eq!(credits.withdraw(t0 + century), Ok(()));
    }

    /// Ten percent of the calls.
    fn credits(capacity: u32, per_second: u32) -> Credits {
        let allowance = Allowance::percent_of_calls(Percent::TEN)
            .capacity(NonZeroU32::new(capacity).unwrap())
            .per_second(per_second)
            .build();
        Credits::new(&allowance.unwrap())
    }
}
