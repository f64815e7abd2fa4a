use std::num::NonZeroU32;

use readmit_core::Clock;

use super::Monitor;
use crate::{
    AccessReview, Alert, Buckets, BurnRate, Expiries, History, HostErrors, LimitHint, Now,
    Recoveries, RouteRate, Trend, Unit,
};

/// What there is to see.
impl<C: Clock> Monitor<C> {
    /// Returns how many events of a code an hour has, by those of the last `minutes`; see
    /// [`Watcher::rate`](crate::Watcher::rate).
    #[must_use]
    pub fn rate(&self, code: &str, minutes: NonZeroU32) -> Option<f64> {
        let now = self.clock.now();
        self.watcher().rate(now, code, minutes)
    }

    /// Returns how often a code happened within the last `minutes`; see
    /// [`Watcher::count`](crate::Watcher::count).
    #[must_use]
    pub fn count(&self, code: &str, minutes: NonZeroU32) -> u64 {
        let now = self.clock.now();
        self.watcher().count(now, code, minutes)
    }

    /// Returns how often each code happened within the last `minutes`, those that did most often
    /// first; see [`Watcher::count`](crate::Watcher::count).
    #[must_use]
    pub fn counts(&self, minutes: NonZeroU32) -> Vec<(String, u64)> {
        let now = self.clock.now();
        self.watcher().counts(now, minutes)
    }

    /// Returns the alerts that stand, as far as anybody has looked; nobody is told of anything, as
    /// [`check_thresholds`](Monitor::check_thresholds) would.
    #[must_use]
    pub fn alerts(&self) -> Vec<Alert> {
        let now = Now::read(&self.clock);
        self.watcher().alerts(now)
    }

    /// Returns how fast the budget of failures burns; nothing where there is none.
    #[must_use]
    pub fn burn_rates(&self) -> Vec<BurnRate> {
        let now = Now::read(&self.clock);
        self.counted(now).burn_rates(now.mono)
    }

    /// Returns how recovery fared, by strategy, and how operations ended (rule 90).
    #[must_use]
    pub fn recoveries(&self) -> Recoveries {
        let now = Now::read(&self.clock);
        self.counted(now).recoveries().clone()
    }

    /// Returns how often a code happened in each of the units that are kept, up to the present one.
    #[must_use]
    pub fn buckets(&self, code: &str, unit: Unit) -> Option<Buckets> {
        let now = Now::read(&self.clock);
        self.watcher().buckets(now, code, unit)
    }

    /// Returns what was counted by minute, hour and day, to be saved.
    #[must_use]
    pub fn history(&self) -> History {
        let now = Now::read(&self.clock);
        self.counted(now).history(now)
    }

    /// Returns whether a code happens more and more often; see
    /// [`Watcher::trend`](crate::Watcher::trend).
    #[must_use]
    pub fn trend(&self, code: &str, unit: Unit) -> Option<Trend> {
        let now = Now::read(&self.clock);
        self.watcher().trend(now, code, unit)
    }

    /// Returns who was denied what since when, what worked before, and which scopes are used
    /// (rule 91).
    #[must_use]
    pub fn access_review(&self) -> AccessReview {
        self.watcher().access_review()
    }

    /// Returns how often tokens expired before they were refreshed, and how late that was
    /// (rule 91).
    #[must_use]
    pub fn expiries(&self) -> Expiries {
        self.watcher().expiries()
    }

    /// Returns how often the way to each host failed, the one that failed last first; 256 at most.
    #[must_use]
    pub fn hosts(&self) -> Vec<HostErrors> {
        self.watcher().hosts()
    }

    /// Returns how busy each route is, the busiest first.
    #[must_use]
    pub fn routes(&self) -> Vec<RouteRate> {
        let now = self.clock.now();
        self.watcher().routes(now)
    }

    /// Returns the limits that will be met before they are reset if requests go on as they do.
    #[must_use]
    pub fn limit_hints(&self) -> Vec<LimitHint> {
        let now = self.clock.now();
        self.watcher().limit_hints(now)
    }

    /// Returns about how many different principals were refused within the last ten minutes.
    #[must_use]
    pub fn distinct_principals(&self) -> u64 {
        let now = self.clock.now();
        self.watcher().distinct_principals(now)
    }
}
