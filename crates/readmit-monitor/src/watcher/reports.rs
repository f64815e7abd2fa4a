use std::cmp::Reverse;
use std::num::NonZeroU32;
use std::time::Instant;

use super::Watcher;
use crate::outcomes::RECOVERY_OUTCOMES;
use crate::{
    AccessReview, Alert, Buckets, BurnRate, Expiries, History, HostErrors, LimitHint, Now,
    Recoveries, RouteRate, Trend, Unit,
};

/// What there is to see.
impl Watcher {
    /// Returns the alerts that stand.
    #[must_use]
    pub fn alerts(&self, now: Now) -> Vec<Alert> {
        let of_codes = self.alarms.iter().filter_map(|alarm| alarm.standing(now));
        let of_burn = self.burn.iter().flat_map(|burn| burn.standing(now));
        let detected = self.detectors.iter().flat_map(|detectors| detectors.standing(now));
        of_codes.chain(of_burn).chain(detected).collect()
    }

    /// Returns how often each code happened within the last `minutes`, those that did most often
    /// first; those that did not at all are left out.
    #[must_use]
    pub fn counts(&self, now: Instant, minutes: NonZeroU32) -> Vec<(String, u64)> {
        let of_each = self.codes.iter().map(|(code, _)| (code, self.count(now, code, minutes)));
        let mut counts: Vec<_> = of_each.filter(|(_, count)| 0 < *count).collect();
        counts.sort_by_key(|(code, count)| (Reverse(*count), *code));
        counts.into_iter().map(|(code, count)| (code.to_owned(), count)).collect()
    }

    /// Returns how fast the budget of failures burns; nothing where there is none.
    #[must_use]
    pub fn burn_rates(&self, now: Instant) -> Vec<BurnRate> {
        self.burn.as_ref().map(|burn| burn.rates(now).into()).unwrap_or_default()
    }

    /// Returns how recovery fared (rule 90).
    #[must_use]
    pub fn recoveries(&self) -> &Recoveries {
        &self.recoveries
    }

    /// Returns how often a code happened in each of the units that are kept, up to the present one.
    #[must_use]
    pub fn buckets(&self, now: Now, code: &str, unit: Unit) -> Option<Buckets> {
        Some(self.codes.get(code)?.chart.of(unit).last(now.wall, unit.kept()))
    }

    /// Returns what was counted by minute, hour and day, to be saved.
    #[must_use]
    pub fn history(&self, now: Now) -> History {
        let mut history = History::new(now.wall);
        let counted = self.codes.iter().filter(|(_, entry)| !entry.is_empty(now.wall));
        history.codes =
            counted.map(|(code, entry)| (code.to_owned(), entry.chart.clone())).collect();
        let ended = RECOVERY_OUTCOMES.iter().zip(&self.ended);
        history.outcomes =
            ended.map(|(of, chart)| (of.as_str().to_owned(), chart.clone())).collect();
        history
    }

    /// Returns how many codes have a place of their own.
    #[must_use]
    pub fn codes(&self) -> usize {
        self.codes.len()
    }

    /// Returns whether a code happens more and more often, by the units that are over; nothing
    /// where fewer than ten of them were watched.
    ///
    /// Units of a loaded history count from its first one on, those between the processes too.
    #[must_use]
    pub fn trend(&self, now: Now, code: &str, unit: Unit) -> Option<Trend> {
        let buckets = self.buckets(now, code, unit)?;
        let (_, over) = buckets.counts.split_last()?;
        // A unit that began before the history did was watched in part at most.
        let before = self.since.duration_since(buckets.from).unwrap_or_default();
        let unwatched = before.as_secs().div_ceil(unit.seconds());
        Trend::of(over.get(usize::try_from(unwatched).ok()?..)?)
    }

    /// Returns who was denied what since when, what worked before, and which scopes are used
    /// (rule 91).
    #[must_use]
    pub fn access_review(&self) -> AccessReview {
        self.accesses.review(&self.worked)
    }

    /// Returns how often tokens expired before they were refreshed, and how late that was
    /// (rule 91).
    #[must_use]
    pub fn expiries(&self) -> Expiries {
        self.expiries.counted()
    }

    /// Returns how often the way to each host failed, the one that failed last first; 256 at most.
    #[must_use]
    pub fn hosts(&self) -> Vec<HostErrors> {
        self.hosts.list()
    }

    /// Returns how busy each route is, the busiest first.
    #[must_use]
    pub fn routes(&self, now: Instant) -> Vec<RouteRate> {
        self.routes.rates(now)
    }

    /// Returns the limits that will be met before they are reset if requests go on as they do.
    #[must_use]
    pub fn limit_hints(&self, now: Instant) -> Vec<LimitHint> {
        self.routes.hints(now)
    }

    /// Returns about how many different principals were refused within the last ten minutes; none
    /// where there are no detectors.
    #[must_use]
    pub fn distinct_principals(&self, now: Instant) -> u64 {
        self.detectors.as_ref().map_or(0, |detectors| detectors.distinct_principals(now))
    }
}
