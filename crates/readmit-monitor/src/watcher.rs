mod reports;

use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use readmit_error::event::{Record, RecoveryOutcome};

use crate::access::Accesses;
use crate::alarm::{Alarm, Bar};
use crate::burn::Burn;
use crate::codes::Codes;
use crate::detectors::Detectors;
use crate::expiries::ExpiryWatch;
use crate::history::Chart;
use crate::hosts::Hosts;
use crate::mutants::mutate;
use crate::outcomes::{Ended, RECOVERY_OUTCOMES};
use crate::routes::Routes;
use crate::window::MINUTES;
use crate::worked::Worked;
use crate::{Access, Alert, Config, History, HistoryError, Now, Recoveries, Route, code};

/// The machine that counts and decides when there is an alert: it is given the time, and returns
/// what is to be told.
///
/// [`Monitor`](crate::Monitor) is the same for many threads, with a clock and sinks.
/// Its memory is bounded whatever it is told, and every step takes constant time (rule 87).
///
/// # Example
///
/// ```
/// use readmit_core::SystemClock;
/// use readmit_monitor::{Config, Now, Watcher};
///
/// let now = Now::read(&SystemClock);
/// let mut watcher = Watcher::new(now, Config::default());
/// for _ in 0..10 {
///     assert!(watcher.record_code(now, "AUTH_002").is_empty());
/// }
///
/// let alerts = watcher.record_code(now, "AUTH_002");
/// assert_eq!(alerts[0].to_string(), "AUTH_002 (medium): 11 in 1 h, threshold 10");
/// ```
pub struct Watcher {
    origin: Instant,
    config: Config,
    codes: Codes,
    /// In the order of the thresholds.
    alarms: Vec<Alarm>,
    burn: Option<Burn>,
    recoveries: Recoveries,
    /// In the order of the outcomes.
    ended: [Chart; 6],
    /// When the present history began, by the wall clock.
    since: SystemTime,
    worked: Arc<Worked>,
    accesses: Accesses,
    expiries: ExpiryWatch,
    detectors: Option<Detectors>,
    hosts: Hosts,
    routes: Routes,
    checked_at: Instant,
}

impl Watcher {
    /// Returns a watcher that has seen nothing.
    #[must_use]
    pub fn new(now: Now, config: Config) -> Watcher {
        let mut codes = Codes::new(now.mono, config.max_codes);
        let mut alarms = Vec::new();
        for (code, threshold) in &config.thresholds {
            codes.reserve(code, *threshold);
            alarms.push(Alarm::new(code, bar(*threshold)));
        }
        Watcher {
            origin: now.mono,
            codes,
            alarms,
            burn: config.slo.map(|slo| Burn::new(now.mono, slo)),
            detectors: config.detectors.then(|| Detectors::new(now.mono)),
            config,
            recoveries: Recoveries::default(),
            ended: RECOVERY_OUTCOMES.map(|_| Chart::new()),
            since: now.wall,
            worked: Arc::new(Worked::new(now.mono)),
            accesses: Accesses::new(),
            expiries: ExpiryWatch::new(),
            hosts: Hosts::new(),
            routes: Routes::new(now.mono),
            checked_at: now.mono,
        }
    }

    /// Takes a record, and returns the alerts that fired, changed or ended by it.
    #[must_use]
    pub fn record(&mut self, now: Now, record: &Record) -> Vec<Alert> {
        self.recoveries.record(&record.event);
        self.accesses.record(now, record, &self.worked);
        self.expiries.record(record);
        self.hosts.record(now, record);
        self.routes.record(now, record);
        let has_worked = 0 < self.recoveries.outcome(RecoveryOutcome::NotNeeded);
        let detectors = self.detectors.as_mut();
        let mut alerts = detectors.map(|it| it.record(now, record, has_worked)).unwrap_or_default();
        if let Some(code) = code::of_event(record) {
            alerts.extend(self.record_code(now, code));
            let failure = record.failure.as_ref();
            let is_watched = self.config.threshold(code).is_some();
            let stand_in = failure.and_then(code::stand_in).filter(|_| !is_watched);
            if let Some(stand_in) = stand_in {
                alerts.extend(self.record_code(now, stand_in));
            }
        }
        alerts
    }

    /// Counts an error of this code, and returns the alerts that fired, changed or ended by it.
    #[must_use]
    pub fn record_code(&mut self, now: Now, code: &str) -> Vec<Alert> {
        self.codes.add(now, code);
        let thresholds = self.config.thresholds.iter().zip(&mut self.alarms);
        let mut of_code = thresholds.filter(|((of, _), _)| of == code);
        let observed = of_code.next().and_then(|(_, alarm)| {
            let count = self.codes.get(code)?.window.count(now.mono, HOUR);
            alarm.observe(now, count as f64, None)
        });
        observed.into_iter().collect()
    }

    /// Looks at all thresholds again, for what has changed by the time alone, and returns the
    /// alerts that fired, changed or ended.
    #[must_use]
    pub fn check(&mut self, now: Now) -> Vec<Alert> {
        self.checked_at = now.mono;
        let mut alerts = Vec::new();
        for ((code, _), alarm) in self.config.thresholds.iter().zip(&mut self.alarms) {
            let entry = self.codes.get(code);
            let count = entry.map_or(0, |entry| entry.window.count(now.mono, HOUR));
            alerts.extend(alarm.observe(now, count as f64, None));
        }
        alerts.extend(self.burn.as_mut().map(|burn| burn.check(now)).unwrap_or_default());
        if let Some(detectors) = &mut self.detectors {
            detectors.look_around(now);
            alerts.extend(detectors.check(now));
        }
        alerts
    }

    /// Notes that an access worked (rule 91).
    pub fn allowed(&self, now: Instant, access: Access<'_>) {
        self.worked.mark(now, access);
    }

    /// Notes that a principal was granted a scope.
    pub fn scope_granted(&mut self, now: Now, principal: &str, scope: &str) {
        self.accesses.granted(now, principal, scope);
    }

    /// Notes that a call which needs a scope succeeded.
    pub fn scope_used(&mut self, now: Now, principal: &str, scope: &str) {
        self.accesses.used(now, principal, scope);
    }

    /// Notes that a credential has a new token, and when that ends where it is known (rule 91).
    pub fn token_issued(&mut self, now: Now, credential: &str, end: Option<SystemTime>) {
        self.expiries.issued(now, credential, end);
    }

    /// Returns what counts the requests of a route; of 256 at most, those asked for last are told.
    #[must_use]
    pub fn route(&mut self, server: &str, route: &str) -> Route {
        self.routes.route(server, route)
    }

    /// Notes what a server said of its limit: so many calls are left, and in what time there are as
    /// many again.
    pub fn limit_told(
        &mut self,
        now: Instant,
        server: &str,
        limit: Option<u64>,
        remaining: u64,
        reset: Duration,
    ) {
        self.routes.told(now, server, limit, remaining, reset);
    }

    /// Returns the table of what worked, which is marked without a lock.
    pub(crate) fn worked(&self) -> Arc<Worked> {
        Arc::clone(&self.worked)
    }

    /// Counts operations by how they ended.
    pub(crate) fn operations(&mut self, now: Now, ended: &Ended) {
        self.recoveries.ended(ended);
        for (chart, count) in self.ended.iter_mut().zip(ended.counts) {
            if count != 0 {
                chart.add(now.wall, narrow(count));
            }
        }
        if let Some(burn) = &mut self.burn {
            burn.add(now.mono, narrow(ended.all()), narrow(ended.failed()));
        }
    }

    /// Adds what an earlier process has counted.
    ///
    /// Windows and alerts are of this process and begin anew.
    /// A history that is loaded twice counts twice.
    ///
    /// # Errors
    ///
    /// [`HistoryError::FromTheFuture`] where it was saved more than a day from now: either clock
    /// was wrong, and what is counted from here on would be lost behind it.
    pub fn load(&mut self, now: Now, history: &History) -> Result<(), HistoryError> {
        let ahead = history.saved_at.duration_since(now.wall).unwrap_or_default();
        if mutate!(17, SKEW < ahead, false) {
            return Err(HistoryError::FromTheFuture { by: ahead });
        }
        let began = history.begins_at().unwrap_or(self.since);
        self.since = self.since.min(began);
        for (code, chart) in &history.codes {
            self.codes.load(now.mono, code, chart);
        }
        for (outcome, chart) in RECOVERY_OUTCOMES.iter().zip(&mut self.ended) {
            if let Some(saved) = history.outcomes.get(outcome.as_str()) {
                chart.merge(saved);
            }
        }
        Ok(())
    }

    /// Returns how often a code happened within the last `minutes`, of which 60 are kept.
    ///
    /// Up to twice its threshold it is exact; beyond, the minute in which the span begins counts by
    /// its share.
    #[must_use]
    pub fn count(&self, now: Instant, code: &str, minutes: NonZeroU32) -> u64 {
        let minutes = minutes.min(NonZeroU32::from(KEPT)).get();
        let span = Duration::from_secs(u64::from(minutes) * 60);
        self.codes.get(code).map_or(0, |entry| entry.window.count(now, span))
    }

    /// Returns how many events of a code an hour has, by those of the last `minutes` (rule 88).
    ///
    /// It is unknown, which is not zero, where there were fewer than
    /// [`min_events`](crate::Builder::min_events), where the watcher has not watched for as long,
    /// and past 60 minutes, which are all that is kept.
    #[must_use]
    pub fn rate(&self, now: Instant, code: &str, minutes: NonZeroU32) -> Option<f64> {
        let watched = now.saturating_duration_since(self.origin).as_secs() / 60;
        let is_full = mutate!(11, u64::from(minutes.get()) <= watched, true);
        let count = self.count(now, code, minutes);
        let is_enough = mutate!(12, u64::from(self.config.min_events) <= count, true);
        let is_kept = minutes <= NonZeroU32::from(KEPT);
        (is_full && is_kept && is_enough).then(|| count as f64 * 60.0 / f64::from(minutes.get()))
    }

    /// Returns when to [check](Watcher::check) again at the latest: a minute after the last time as
    /// long as an alert stands, and never where none does.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        let stands = self.alarms.iter().any(Alarm::stands);
        let burns = self.burn.as_ref().is_some_and(Burn::stands);
        let detected = self.detectors.as_ref().is_some_and(Detectors::stands);
        (stands || burns || detected).then(|| self.checked_at.checked_add(CHECK_EVERY))?
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is counted may name people and hosts.
        f.debug_struct("Watcher").field("codes", &self.codes.len()).finish_non_exhaustive()
    }
}

fn bar(threshold: u32) -> Bar {
    let medium = f64::from(threshold);
    Bar { medium, high: medium * 2.0, window: HOUR }
}

fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The time that thresholds are counted over.
const HOUR: Duration = Duration::from_secs(3_600);

const KEPT: NonZeroU16 = NonZeroU16::MIN.saturating_add(MINUTES - 1);

/// By how much the clock that a history was saved by may have been ahead.
const SKEW: Duration = Duration::from_secs(86_400);

const CHECK_EVERY: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;
