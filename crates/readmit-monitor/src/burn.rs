use std::time::{Duration, Instant};

use crate::alarm::{Alarm, Bar};
use crate::minutes::Minutes;
use crate::mutants::mutate;
use crate::{Alert, Now, Slo};

/// How fast the budget of failures burns, over three pairs of a long and a short window.
///
/// The long window says that it matters, and the short one that it still goes on, so that an alert
/// ends soon after the trouble does.
#[derive(Debug)]
pub(crate) struct Burn {
    slo: Slo,
    operations: Minutes,
    failures: Minutes,
    alarms: [Alarm; 3],
}

impl Burn {
    pub(crate) fn new(origin: Instant, slo: Slo) -> Burn {
        let minutes = || Minutes::new(origin, REACH);
        Burn { slo, operations: minutes(), failures: minutes(), alarms: PAIRS.map(Pair::alarm) }
    }

    pub(crate) fn add(&mut self, now: Instant, operations: u32, failures: u32) {
        self.operations.add(now, operations);
        self.failures.add(now, failures);
    }

    pub(crate) fn check(&mut self, now: Now) -> Vec<Alert> {
        let rates = self.rates(now.mono);
        let observe = |(alarm, rate): (&mut Alarm, BurnRate)| {
            // Where too little happens to say, nothing burns that anybody would notice.
            alarm.observe(now, rate.rate().unwrap_or_default(), None)
        };
        self.alarms.iter_mut().zip(rates).filter_map(observe).collect()
    }

    pub(crate) fn rates(&self, now: Instant) -> [BurnRate; 3] {
        PAIRS.map(|pair| BurnRate {
            factor: pair.factor,
            long_window: pair.long,
            short_window: pair.short,
            long: self.rate(now, pair.long, MIN_OPERATIONS),
            short: self.rate(now, pair.short, 1),
        })
    }

    pub(crate) fn stands(&self) -> bool {
        self.alarms.iter().any(Alarm::stands)
    }

    pub(crate) fn standing(&self, now: Now) -> impl Iterator<Item = Alert> + '_ {
        self.alarms.iter().filter_map(move |alarm| alarm.standing(now))
    }

    fn rate(&self, now: Instant, span: Duration, at_least: u64) -> Option<f64> {
        let operations = self.operations.count(now, span);
        // Shares of a minute are rounded up for both.
        let failures = self.failures.count(now, span).min(operations);
        let share = || failures as f64 / operations as f64;
        (at_least <= operations).then(|| share() / self.slo.budget())
    }
}

/// How fast the budget burns, over one pair of windows: at 1 it lasts exactly for its period.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BurnRate {
    /// Above how much there is an alert.
    pub factor: f64,
    /// The window that says that it matters.
    pub long_window: Duration,
    /// The window that says that it goes on.
    pub short_window: Duration,
    /// The rate over the long window; unknown where there were fewer than 15 operations in it.
    pub long: Option<f64>,
    /// The rate over the short window; unknown where there was no operation in it.
    pub short: Option<f64>,
}

impl BurnRate {
    /// Returns the smaller of both rates, which is what is measured against the factor.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let (long, short) = (self.long?, self.short?);
        Some(mutate!(9, long.min(short), long))
    }
}

#[derive(Clone, Copy)]
struct Pair {
    rule: &'static str,
    long: Duration,
    short: Duration,
    factor: f64,
    /// Whether it wakes somebody up.
    is_page: bool,
}

impl Pair {
    fn alarm(self) -> Alarm {
        let high = if self.is_page { self.factor } else { f64::INFINITY };
        Alarm::new(self.rule, Bar { medium: self.factor, high, window: self.long })
    }
}

/// With a budget for 30 days: 2 % of it in an hour, 5 % in six hours, 10 % in three days.
const PAIRS: [Pair; 3] = [
    Pair {
        rule: "burn_rate_1h",
        long: Duration::from_secs(3_600),
        short: Duration::from_secs(300),
        factor: 14.4,
        is_page: true,
    },
    Pair {
        rule: "burn_rate_6h",
        long: Duration::from_secs(6 * 3_600),
        short: Duration::from_secs(1_800),
        factor: 6.0,
        is_page: true,
    },
    Pair {
        rule: "burn_rate_3d",
        long: Duration::from_secs(3 * 86_400),
        short: Duration::from_secs(6 * 3_600),
        factor: 1.0,
        is_page: false,
    },
];

/// In minutes: the longest of the windows.
const REACH: u16 = 3 * 1_440;

/// Of fewer operations one or two failures would be a share that means nothing.
const MIN_OPERATIONS: u64 = 15;

#[cfg(test)]
mod tests {
    use readmit_core::SystemClock;

    use super::*;

    #[test]
    fn an_outage_pages_within_minutes_and_the_page_ends_soon_after_it() {
        let t0 = Now::read(&SystemClock);
        let mut burn = Burn::new(t0.mono, Slo::DEFAULT);
        let mut told = Vec::new();

        for minute in 0..180 {
            let now = later(t0, minute);
            let is_out = (60..80).contains(&minute);
            burn.add(now.mono, 100, if is_out { 100 } else { 0 });
            let alerts = burn.check(later(t0, minute).at(now.mono + Duration::from_secs(59)));
            told.extend(alerts.into_iter().map(|a| (minute, a.rule, a.phase.as_str())));
        }

        let of = |rule: &str| -> Vec<(u32, &str)> {
            let of = told.iter().filter(|(_, of, _)| of == rule);
            of.map(|(minute, _, phase)| (*minute, *phase)).collect()
        };
        // After 9 of 60 minutes 15 % have failed.
        assert_eq!(of("burn_rate_1h").first(), Some(&(68, "fired")));
        assert_eq!(of("burn_rate_1h").last(), Some(&(84, "resolved")));
        assert_eq!(of("burn_rate_6h").first().map(|(_, phase)| *phase), Some("fired"));
        assert_eq!(of("burn_rate_3d").first().map(|(_, phase)| *phase), Some("fired"));
    }

    #[test]
    fn a_few_failures_of_a_quiet_client_burn_nothing() {
        let t0 = Now::read(&SystemClock);
        let mut burn = Burn::new(t0.mono, Slo::DEFAULT);
        burn.add(t0.mono, 14, 14);

        assert_eq!(burn.check(t0), []);
        assert_eq!(burn.rates(t0.mono).map(|rate| rate.long), [None; 3]);
        burn.add(t0.mono, 1, 1);

        let rules: Vec<String> = burn.check(t0).into_iter().map(|alert| alert.rule).collect();
        assert_eq!(rules, ["burn_rate_1h", "burn_rate_6h", "burn_rate_3d"]);
    }

    #[test]
    fn a_rate_of_one_spends_the_budget() {
        let t0 = Now::read(&SystemClock);
        let mut burn = Burn::new(t0.mono, Slo::failures_per_10_000(50).unwrap());

        burn.add(t0.mono, 1_000, 5);

        assert_eq!(burn.rates(t0.mono)[0].rate(), Some(1.0));
        assert_eq!(burn.check(t0), []);
    }

    fn later(now: Now, minutes: u32) -> Now {
        now.at(now.mono + minutes * Duration::from_secs(60))
    }
}
