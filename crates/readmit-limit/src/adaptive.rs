use std::num::NonZeroU32;

use crate::mutants::mutate;
use crate::origin::SECOND;
use crate::pace::Pace;

/// Finds the rate that a server takes, for one that says no more than that there were too many
/// calls.
///
/// It is additive increase and multiplicative decrease: a complaint lowers the rate to 70 % of what
/// the server took, and each second without one raises it by a twentieth of what it was, so that a
/// cut is made up for in seven seconds whatever the rate.
/// Until the first complaint there is no limit.
/// Complaints within a second of a cut are of calls sent before it, and count once.
/// A client that does not use its rate learns nothing, so the rate never grows beyond twice what
/// the server took.
///
/// The AWS SDKs draw a cubic curve between two cuts instead, which lingers below the last limit.
/// A straight line finds a limit that moved sooner, and needs no floating point, so that what it
/// does can be recounted to the digit; the price is a complaint every seven seconds or so from a
/// server whose limit never moves.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use readmit_core::{Clock, Draw, SystemClock};
/// use readmit_limit::{Adaptive, Config, Feedback, Limiter};
///
/// let t0 = SystemClock.now();
/// let mut limiter = Limiter::new(Config::unlimited().adaptive(Adaptive::DEFAULT), t0);
/// for _ in 0..100 {
///     let _ = limiter.feed(t0, &Feedback::accepted(), Draw::MIN);
/// }
///
/// let _ = limiter.feed(t0, &Feedback::throttled(), Draw::MIN);
/// // 70 a second.
/// assert_eq!(limiter.peek(t0).interval(), Some(Duration::from_nanos(14_285_715)));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Adaptive {
    floor: NonZeroU32,
}

/// The rate that was found, and what it was found from.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    adaptive: Adaptive,
    rate: Option<Rate>,
    taken: Taken,
}

/// In thousandths of a cell per second, because a slow rate must be able to grow by a twentieth.
#[derive(Clone, Copy, Debug)]
struct Rate {
    now: u64,
    step: u64,
    cut_at: u64,
    grown_at: u64,
}

/// Counts what the server took, by the second.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    since: Option<u64>,
    count: u64,
    /// Of the last second that is over, in thousandths per second.
    last: u64,
}

impl Adaptive {
    /// The adaptive mode with every default.
    pub const DEFAULT: Adaptive = Adaptive { floor: NonZeroU32::MIN };

    /// Sets the rate per second below which it never goes.
    ///
    /// Default: 1.
    #[must_use]
    pub const fn floor(mut self, per_second: NonZeroU32) -> Adaptive {
        self.floor = per_second;
        self
    }
}

impl Default for Adaptive {
    fn default() -> Adaptive {
        Adaptive::DEFAULT
    }
}

impl Found {
    pub(crate) fn new(adaptive: Adaptive) -> Found {
        Found { adaptive, rate: None, taken: Taken::default() }
    }

    /// Takes note of an answer.
    pub(crate) fn told(&mut self, now: u64, throttled: bool) {
        if throttled {
            self.cut(now);
        } else {
            self.taken.count(now);
            self.grow(now);
        }
    }

    /// Returns the pace of the rate that was found, with this burst.
    pub(crate) fn pace(&self, burst: u32) -> Option<Pace> {
        let rate = self.rate?;
        Some(Pace::with_burst((SECOND * 1_000).div_ceil(rate.now.max(1)), burst))
    }

    fn cut(&mut self, now: u64) {
        if self.rate.is_some_and(|rate| mutate!(7, now < rate.cut_at.saturating_add(SECOND), false))
        {
            return;
        }
        let floor = u64::from(self.adaptive.floor.get()) * 1_000;
        let took = self.taken.per_second(now);
        let before = self.rate.map_or(took, |rate| rate.now.min(took)).max(floor);
        let cut = mutate!(8, before / 10 * 7, before).max(floor);
        self.rate = Some(Rate { now: cut, step: before / 20, cut_at: now, grown_at: now });
    }

    fn grow(&mut self, now: u64) {
        let took = self.taken.per_second(now);
        let Some(rate) = &mut self.rate else { return };
        if now < rate.grown_at.saturating_add(SECOND) {
            return;
        }
        rate.grown_at = now;
        let most = mutate!(9, took.saturating_mul(2), u64::MAX).max(rate.now);
        rate.now = rate.now.saturating_add(rate.step).min(most);
    }
}

impl Taken {
    fn count(&mut self, now: u64) {
        let since = *self.since.get_or_insert(now);
        if since.saturating_add(SECOND) <= now {
            self.last = rate_of(self.count, now - since);
            self.since = Some(now);
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
    }

    /// Returns what the server took in the last second, or in the one that is not over, if that is
    /// more already; in thousandths per second.
    fn per_second(&self, now: u64) -> u64 {
        let elapsed = self.since.map_or(0, |since| now.saturating_sub(since));
        if elapsed < SECOND {
            return self.last.max(self.count.saturating_mul(1_000));
        }
        rate_of(self.count, elapsed)
    }
}

/// In thousandths per second.
fn rate_of(count: u64, nanos: u64) -> u64 {
    let rate = u128::from(count) * 1_000 * u128::from(SECOND) / u128::from(nanos.max(1));
    u64::try_from(rate).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_complaint_there_is_no_limit() {
        let mut found = Found::new(Adaptive::DEFAULT);

        (0..1_000).for_each(|n| found.told(n * SECOND / 100, false));

        assert_eq!(found.pace(1), None);
    }

    #[test]
    fn a_complaint_cuts_what_the_server_took_and_its_echoes_do_not() {
        let mut found = Found::new(Adaptive::DEFAULT);
        (0..100).for_each(|_| found.told(0, false));

        found.told(0, true);
        found.told(SECOND - 1, true);
        let echoed = found.rate.map(|rate| rate.now);
        found.told(SECOND, true);
        let again = found.rate.map(|rate| rate.now);

        assert_eq!(echoed, Some(70_000));
        assert_eq!(again, Some(49_000));
    }

    #[test]
    fn a_second_without_a_complaint_raises_the_rate_by_a_step() {
        let mut found = Found::new(Adaptive::DEFAULT);
        (0..100).for_each(|_| found.told(0, false));
        found.told(0, true);

        (0..60).for_each(|_| found.told(SECOND - 1, false));
        let early = found.rate.map(|rate| rate.now);
        found.told(SECOND, false);
        let grown = found.rate.map(|rate| rate.now);

        assert_eq!(early, Some(70_000));
        assert_eq!(grown, Some(75_000));
    }

    #[test]
    fn an_idle_client_learns_nothing() {
        let mut found = Found::new(Adaptive::DEFAULT);
        (0..100).for_each(|_| found.told(0, false));
        found.told(0, true);

        (1..1_000).for_each(|n| found.told(n * 10 * SECOND, false));

        assert_eq!(found.rate.map(|rate| rate.now), Some(70_000));
    }

    #[test]
    fn the_rate_stays_above_its_floor() {
        let five = NonZeroU32::new(5).unwrap();
        let mut found = Found::new(Adaptive::DEFAULT.floor(five));

        (0..100).for_each(|n| found.told(n * SECOND, true));

        assert_eq!(found.rate.map(|rate| rate.now), Some(5_000));
        assert_eq!(found.pace(1), Some(Pace::with_burst(SECOND / 5, 1)));
    }

    #[test]
    fn a_server_that_takes_fifty_a_second_is_found() {
        let mut found = Found::new(Adaptive::DEFAULT);
        let mut rates = Vec::new();

        for second in 0..300 {
            let rate = found.rate.map_or(500_000, |rate| rate.now) / 1_000;
            (0..rate.min(50)).for_each(|n| found.told(second * SECOND + n, false));
            if 50 < rate {
                found.told(second * SECOND + 50, true);
            }
            rates.push(rate);
        }

        let settled = &rates[100..];
        assert!(settled.iter().all(|rate| (30..=53).contains(rate)), "{settled:?}");
        let mean = settled.iter().sum::<u64>() / 200;
        assert!((40..=50).contains(&mean), "{mean}");
    }
}
