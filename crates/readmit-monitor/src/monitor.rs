mod reports;

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use readmit_core::{Clock, SystemClock};
use readmit_error::event::{Record, RecoveryOutcome, Sink};
use readmit_error::{Category, Failure};

use crate::outcomes::{Outcomes, is_failure};
use crate::sync::{Mutex, MutexGuard};
use crate::worked::Worked;
use crate::{Access, Alert, AlertSink, Config, History, HistoryError, Now, Route, Watcher};

/// A monitor that many threads share, with a clock and with those who are told of alerts.
///
/// An operation that succeeded is one atomic addition; what went wrong locks the
/// [machine](Watcher) for one step.
/// Sinks are called after the lock is released, on the thread that told; those of two threads may
/// hear of their alerts in another order than they happened.
/// A sink may use the monitor itself; if it panics, so does the call that it is told by, and the
/// monitor goes on as if it had returned.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
///
/// use readmit_monitor::{Config, Monitor};
///
/// let monitor = Monitor::new(Config::default());
/// for _ in 0..21 {
///     monitor.record_code("AUTH_002");
/// }
///
/// let alerts = monitor.check_thresholds();
/// assert_eq!(alerts[0].to_string(), "AUTH_002 (high) goes on: 21 in 1 h, threshold 10, after 0 s");
/// // Nobody has watched for an hour yet.
/// assert_eq!(monitor.rate("AUTH_002", NonZeroU32::MIN), None);
/// ```
pub struct Monitor<C: Clock = SystemClock> {
    clock: C,
    outcomes: Outcomes,
    worked: Arc<Worked>,
    watcher: Mutex<Watcher>,
    sinks: Vec<Arc<dyn AlertSink>>,
}

impl Monitor {
    /// Returns a monitor that reads the system's clock.
    #[must_use]
    pub fn new(config: Config) -> Monitor {
        Monitor::timed_by(SystemClock, config)
    }
}

impl Default for Monitor {
    fn default() -> Monitor {
        Monitor::new(Config::default())
    }
}

impl<C: Clock> Monitor<C> {
    /// Returns a monitor that reads this clock.
    #[must_use]
    pub fn timed_by(clock: C, config: Config) -> Monitor<C> {
        let now = Now::read(&clock);
        let outcomes = Outcomes::new(now.mono);
        let watcher = Watcher::new(now, config);
        let worked = watcher.worked();
        Monitor { clock, outcomes, worked, watcher: Mutex::new(watcher), sinks: vec![] }
    }

    /// Adds one who is told of each alert that fires, changes or ends.
    ///
    /// Default: nobody.
    #[must_use]
    pub fn sink(mut self, sink: impl AlertSink + 'static) -> Monitor<C> {
        self.sinks.push(Arc::new(sink));
        self
    }

    /// Counts what a record tells; the alerts that follow go to the sinks.
    pub fn record(&self, record: &Record) {
        let now = Now::read(&self.clock);
        let alerts = self.counted(now).record(now, record);
        self.tell(&alerts);
    }

    /// Counts an error of this code; the alerts that follow go to the sinks.
    pub fn record_code(&self, code: &str) {
        let now = Now::read(&self.clock);
        let alerts = self.watcher().record_code(now, code);
        self.tell(&alerts);
    }

    /// Counts an operation by how it ended, and by which failure where it failed.
    ///
    /// A request that was itself at fault burns no budget of the service.
    #[inline]
    pub fn operation(&self, outcome: RecoveryOutcome, failure: Option<&Failure>) {
        self.operation_at(self.clock.now(), outcome, failure);
    }

    /// The same, for a caller who knows the time.
    #[inline]
    pub fn operation_at(&self, now: Instant, outcome: RecoveryOutcome, failure: Option<&Failure>) {
        if self.outcomes.is_over(now) {
            self.turn(now);
        }
        let is_blameless = is_failure(outcome) && failure.is_some_and(is_blameless);
        self.outcomes.add(outcome, is_blameless);
    }

    /// Notes that an access worked, without a lock, so that a denial of it is seen as drift
    /// (rule 91).
    #[inline]
    pub fn allowed_at(&self, now: Instant, access: Access<'_>) {
        self.worked.mark(now, access);
    }

    /// Notes that a principal was granted a scope.
    pub fn scope_granted(&self, principal: &str, scope: &str) {
        let now = Now::read(&self.clock);
        self.watcher().scope_granted(now, principal, scope);
    }

    /// Notes that a call which needs a scope succeeded.
    pub fn scope_used(&self, principal: &str, scope: &str) {
        let now = Now::read(&self.clock);
        self.watcher().scope_used(now, principal, scope);
    }

    /// Notes that a credential has a new token, and when that ends where it is known (rule 91).
    pub fn token_issued(&self, credential: &str, end: Option<SystemTime>) {
        let now = Now::read(&self.clock);
        self.watcher().token_issued(now, credential, end);
    }

    /// Returns what counts the requests of a route; whoever sends many of them keeps it.
    #[must_use]
    pub fn route(&self, server: &str, route: &str) -> Route {
        self.watcher().route(server, route)
    }

    /// Notes what a server said of its limit; see [`Watcher::limit_told`].
    pub fn limit_told(&self, server: &str, limit: Option<u64>, remaining: u64, reset: Duration) {
        let now = self.clock.now();
        self.watcher().limit_told(now, server, limit, remaining, reset);
    }

    /// Looks at all thresholds again, and returns the alerts that stand; those that fired, changed
    /// or ended go to the sinks.
    ///
    /// Alerts fire when what fires them is recorded.
    /// They end, and burn rates are looked at, when this is called, and when a minute with an
    /// operation is over; so whoever has a timer calls it once a minute.
    pub fn check_thresholds(&self) -> Vec<Alert> {
        let now = Now::read(&self.clock);
        let (changed, standing) = {
            let mut watcher = self.counted(now);
            (watcher.check(now), watcher.alerts(now))
        };
        self.tell(&changed);
        standing
    }

    /// Adds what an earlier process has counted; see [`Watcher::load`].
    ///
    /// # Errors
    ///
    /// [`HistoryError::FromTheFuture`] where it was saved more than a day from now.
    pub fn load(&self, history: &History) -> Result<(), HistoryError> {
        let now = Now::read(&self.clock);
        self.watcher().load(now, history)
    }

    /// Begins another minute of operations, and looks at all thresholds.
    #[inline(never)]
    fn turn(&self, mono: Instant) {
        let now = Now { mono, wall: self.clock.wall() };
        let changed = {
            let mut watcher = self.watcher();
            // Another thread may have come first.
            if !self.outcomes.is_over(mono) {
                return;
            }
            self.take(now, &mut watcher);
            watcher.check(now)
        };
        self.tell(&changed);
    }

    /// Returns the machine, with all operations counted.
    fn counted(&self, now: Now) -> MutexGuard<'_, Watcher> {
        let mut watcher = self.watcher();
        self.take(now, &mut watcher);
        watcher
    }

    fn take(&self, now: Now, watcher: &mut Watcher) {
        let (within, ended) = self.outcomes.take(now.mono);
        if ended.all() != 0 {
            watcher.operations(now.at(within), &ended);
        }
    }

    fn watcher(&self) -> MutexGuard<'_, Watcher> {
        // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, alerts: &[Alert]) {
        for alert in alerts {
            for sink in &self.sinks {
                sink.alert(alert);
            }
        }
    }
}

impl<C: Clock> Sink for Monitor<C> {
    fn record(&self, record: &Record) {
        Monitor::record(self, record);
    }
}

impl<C: Clock> fmt::Debug for Monitor<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is counted may name people and hosts.
        f.debug_struct("Monitor").finish_non_exhaustive()
    }
}

/// Returns whether it is the request that was at fault, and neither the service nor the credential.
fn is_blameless(failure: &Failure) -> bool {
    match failure.kind().category() {
        Category::Request => true,
        Category::Authentication
        | Category::Authorization
        | Category::Local
        | Category::Network
        | Category::Service
        | Category::Throttling
        | Category::Unknown => false,
    }
}

#[cfg(not(loom))]
#[cfg(test)]
mod tests;

#[cfg(loom)]
#[cfg(test)]
mod loom_tests {
    use std::time::Duration;

    use loom::sync::Arc;
    use loom::thread;

    use super::*;

    #[test]
    fn an_operation_counts_once_whoever_turns_the_minute() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let monitor = Arc::new(Monitor::default());
            let other = Arc::clone(&monitor);
            let later = t0 + Duration::from_secs(3_600);

            let theirs = thread::spawn(move || {
                other.operation_at(later, RecoveryOutcome::NotNeeded, None);
            });
            monitor.operation_at(later, RecoveryOutcome::NotNeeded, None);
            theirs.join().unwrap();

            assert_eq!(monitor.recoveries().outcome(RecoveryOutcome::NotNeeded), 2);
        });
    }
}
