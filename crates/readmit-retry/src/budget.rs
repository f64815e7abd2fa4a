use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use crate::mutants::mutate;
use crate::{Allowance, Fault};

/// Counts the credits of a budget.
///
/// ```text
///   deposit: a share of a credit ──┐
///   time: so many each second ─────┼──► credits, up to the capacity ──► withdraw: what it costs
///   give_back: what it cost ───────┘                                          │
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
    allowance: Allowance,
    /// The latest instant whose credits are counted; time counts from the first withdrawal, before
    /// which a budget is full unless it was told to start with less.
    counted_to: Option<Instant>,
}

/// There are not enough credits left for a retry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Empty {
    retry_at: Option<Instant>,
}

impl Credits {
    pub(crate) fn new(allowance: Allowance) -> Credits {
        Credits {
            stored: u64::from(allowance.initial()) * CREDIT,
            capacity: u64::from(allowance.capacity()) * CREDIT,
            allowance,
            counted_to: None,
        }
    }

    pub(crate) fn deposit(&mut self) {
        self.add(u64::from(self.allowance.percent().get()) * (CREDIT / 100));
    }

    /// Takes the cost of a retry, which it returns.
    pub(crate) fn withdraw(&mut self, now: Instant, fault: Fault) -> Result<u32, Empty> {
        let counted_to = self.counted_to.map_or(now, |then| mutate!(9, then.max(now), now));
        self.stored = self.stored_at(now);
        self.counted_to = Some(counted_to);

        let cost = self.allowance.cost(fault);
        match self.stored.checked_sub(u64::from(cost) * CREDIT) {
            Some(rest) => {
                self.stored = rest;
                Ok(cost)
            }
            None => {
                let retry_at = self.wait(cost).and_then(|wait| counted_to.checked_add(wait));
                Err(Empty { retry_at })
            }
        }
    }

    /// Takes back a cost whose retry was not sent.
    pub(crate) fn give_back(&mut self, cost: u32) {
        self.add(u64::from(mutate!(10, cost, 1)) * CREDIT);
    }

    /// Takes note of a success after a retry of this cost.
    pub(crate) fn refund(&mut self, cost: u32) {
        if mutate!(11, self.allowance.refunds(), false) {
            self.add(u64::from(cost) * CREDIT);
        } else {
            self.deposit();
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.stored == self.capacity
    }

    /// Returns how many whole credits there are at `now`.
    pub(crate) fn whole(&self, now: Instant) -> u32 {
        u32::try_from(self.stored_at(now) / CREDIT).unwrap_or(u32::MAX)
    }

    fn add(&mut self, amount: u64) {
        let sum = self.stored.saturating_add(amount);
        self.stored = mutate!(12, sum.min(self.capacity), sum);
    }

    /// Returns what is stored, and what time has brought by `now`.
    fn stored_at(&self, now: Instant) -> u64 {
        let elapsed = self.counted_to.map_or(Duration::ZERO, |then| {
            // A caller that read the clock earlier and came later brings nothing.
            now.saturating_duration_since(then)
        });
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        let brought = nanos.saturating_mul(u64::from(self.allowance.per_second()));
        self.stored.saturating_add(brought).min(self.capacity)
    }

    /// Returns how long it takes time alone to bring so many credits, if it ever does.
    fn wait(&self, cost: u32) -> Option<Duration> {
        let missing = (u64::from(cost) * CREDIT).saturating_sub(self.stored);
        let per_second = u64::from(self.allowance.per_second());
        (per_second != 0).then(|| {
            Duration::from_nanos(mutate!(13, missing.div_ceil(per_second), missing / per_second))
        })
    }
}

impl Empty {
    /// Returns when time alone brings enough credits back; never, where the budget has no floor.
    ///
    /// A success may bring them sooner, and another call may take them first.
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
    use readmit_core::{Clock, SystemClock};

    use super::*;
    use crate::Percent;

    #[test]
    fn r46_a_budget_starts_full_and_stays_within_its_capacity() {
        let t0 = SystemClock.now();
        let mut credits = credits(3, 1);

        credits.deposit();
        credits.give_back(1);

        assert!(credits.is_full());
        assert!((0..3).all(|_| credits.withdraw(t0, ANY).is_ok()));
        assert!(credits.withdraw(t0, ANY).is_err());
    }

    #[test]
    fn r46_ten_successes_pay_for_one_retry() {
        let t0 = SystemClock.now();
        let mut credits = credits(1, 0);
        assert_eq!(credits.withdraw(t0, ANY), Ok(1));

        for _ in 0..9 {
            credits.deposit();
        }
        assert_eq!(credits.withdraw(t0, ANY), Err(Empty { retry_at: None }));
        credits.deposit();

        assert_eq!(credits.withdraw(t0, ANY), Ok(1));
    }

    #[test]
    fn the_floor_brings_a_credit_back_at_the_instant_that_was_told() {
        let t0 = SystemClock.now();
        let mut credits = credits(3, 3);
        for _ in 0..3 {
            assert_eq!(credits.withdraw(t0, ANY), Ok(1));
        }

        let retry_at = credits.withdraw(t0, ANY).unwrap_err().retry_at().unwrap();

        // A third of a second, rounded up.
        assert_eq!(retry_at, t0 + Duration::from_nanos(333_333_334));
        assert!(credits.withdraw(retry_at - Duration::from_nanos(1), ANY).is_err());
        assert_eq!(credits.withdraw(retry_at, ANY), Ok(1));
    }

    #[test]
    fn time_that_goes_backwards_brings_nothing_and_takes_nothing() {
        let t0 = SystemClock.now() + Duration::from_secs(100);
        let mut credits = credits(2, 1);
        assert_eq!(credits.withdraw(t0, ANY), Ok(1));

        assert_eq!(credits.withdraw(t0 - Duration::from_secs(50), ANY), Ok(1));

        let second = Duration::from_secs(1);
        assert_eq!(credits.withdraw(t0, ANY), Err(Empty { retry_at: Some(t0 + second) }));
        assert_eq!(credits.withdraw(t0 + second, ANY), Ok(1));
    }

    #[test]
    fn the_largest_budget_does_not_overflow() {
        let t0 = SystemClock.now();
        let mut credits = credits(u32::MAX, u32::MAX);
        assert_eq!(credits.withdraw(t0, ANY), Ok(1));
        assert_eq!(credits.whole(t0), u32::MAX - 1);

        let century = Duration::from_secs(100 * 365 * 86_400);

        assert_eq!(credits.whole(t0 + century), u32::MAX);
        assert_eq!(credits.withdraw(t0 + century, ANY), Ok(1));
    }

    #[test]
    fn r46_each_kind_of_failure_has_its_price() {
        let t0 = SystemClock.now();
        let mut credits = Credits::new(Allowance::AWS_STANDARD);

        assert_eq!(credits.withdraw(t0, Fault::Transient), Ok(5));
        assert_eq!(credits.withdraw(t0, Fault::Throttled), Ok(5));
        assert_eq!(credits.withdraw(t0, Fault::TimedOut), Ok(10));

        assert_eq!(credits.whole(t0), 480);
    }

    #[test]
    fn r46_a_success_gets_back_exactly_what_its_retry_took() {
        let t0 = SystemClock.now();
        let mut credits = Credits::new(Allowance::AWS_STANDARD);
        let _ordinary = credits.withdraw(t0, Fault::Transient);
        let late = credits.withdraw(t0, Fault::TimedOut).unwrap();

        credits.refund(late);
        assert_eq!(credits.whole(t0), 495);
        credits.deposit();

        assert_eq!(credits.whole(t0), 496);
    }

    #[test]
    fn r46_without_refunds_a_success_after_a_retry_is_a_success() {
        let t0 = SystemClock.now();
        let mut credits = credits(1, 0);
        let cost = credits.withdraw(t0, ANY).unwrap();

        for _ in 0..9 {
            credits.refund(cost);
        }
        assert_eq!(credits.whole(t0), 0);
        credits.refund(cost);

        assert_eq!(credits.whole(t0), 1);
    }

    #[test]
    fn a_dearer_retry_is_refused_earlier_and_waits_longer() {
        let t0 = SystemClock.now();
        let allowance = Allowance::percent_of_calls(Percent::TEN)
            .cost(Fault::TimedOut, 3)
            .per_second(2)
            .initial(2)
            .build();
        let mut credits = Credits::new(allowance.unwrap());

        let refused = credits.withdraw(t0, Fault::TimedOut).unwrap_err();

        let retry_at = t0 + Duration::from_millis(500);
        assert_eq!(refused.retry_at(), Some(retry_at));
        assert_eq!(credits.withdraw(t0, Fault::Transient), Ok(1));
        assert!(credits.withdraw(retry_at, Fault::TimedOut).is_err());
        assert_eq!(credits.withdraw(t0 + Duration::from_secs(1), Fault::TimedOut), Ok(3));
    }

    /// Ten percent of the calls.
    fn credits(capacity: u32, per_second: u32) -> Credits {
        let allowance = Allowance::percent_of_calls(Percent::TEN)
            .capacity(capacity)
            .per_second(per_second)
            .build();
        Credits::new(allowance.unwrap())
    }

    const ANY: Fault = Fault::Transient;
}
