use std::time::{Duration, Instant, SystemTime};

use readmit_error::event::{AlertSeverity, Record};
use readmit_log::Told;
use readmit_monitor::{Alert, Config, Now, Phase, Watcher};

/// What matters to a monitor, at its time.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    at: SystemTime,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// Of an entry that does not name its event there is the code alone.
    Code(String),
    Record(Box<Record>),
}

impl Moment {
    /// Returns what an entry tells a monitor, if it does.
    pub(crate) fn of(told: &Told<'_>, record: Option<Record>) -> Option<Moment> {
        let what = match record {
            Some(record) => What::Record(Box::new(record)),
            None if told.event.is_some() => return None,
            None => What::Code(told.error_code.as_deref()?.to_owned()),
        };
        Some(Moment { at: told.at, what })
    }
}

/// A monitor that is told later what happened then, by the log's own times, and the alerts that it
/// would have raised (rule 89).
///
/// Time goes on by the differences between entries. Entries of several threads may be a little out
/// of order; where an entry is more than [`SET_BACK`] earlier, the clock was set back or another
/// process begins, and time goes on from there.
#[derive(Debug)]
pub(crate) struct Retrospect {
    config: Config,
    /// The beginning of time for the machine, whose length alone counts.
    origin: Instant,
    watched: Option<Watched>,
    pub(crate) episodes: Vec<Episode>,
    /// Alerts beyond those that are kept.
    pub(crate) more: u64,
}

#[derive(Debug)]
struct Watched {
    watcher: Watcher,
    now: Now,
}

/// An alert from its beginning to its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Episode {
    pub(crate) rule: String,
    /// The highest that it had.
    pub(crate) severity: AlertSeverity,
    pub(crate) started_at: SystemTime,
    pub(crate) lasted: Duration,
    pub(crate) peak: f64,
    pub(crate) threshold: f64,
    pub(crate) window: Duration,
    /// Whether it stood when the log ended.
    pub(crate) stands: bool,
}

impl Retrospect {
    pub(crate) fn new(origin: Instant, config: Config) -> Retrospect {
        Retrospect { config, origin, watched: None, episodes: Vec::new(), more: 0 }
    }

    /// Takes what happened next, and returns the alerts that fired, changed or ended by then.
    pub(crate) fn feed(&mut self, moment: &Moment) -> Vec<Alert> {
        let mut alerts = self.advance(moment.at);
        if let Some(Watched { watcher, now }) = &mut self.watched {
            alerts.extend(match &moment.what {
                What::Code(code) => watcher.record_code(*now, code),
                What::Record(record) => watcher.record(*now, record),
            });
        }
        for alert in &alerts {
            self.note(alert);
        }
        alerts
    }

    /// Lets time go on to this point, and returns the alerts that changed or ended meanwhile.
    pub(crate) fn pass(&mut self, at: SystemTime) -> Vec<Alert> {
        if self.watched.is_none() {
            return Vec::new();
        }
        let alerts = self.advance(at);
        for alert in &alerts {
            self.note(alert);
        }
        alerts
    }

    /// Notes the alerts that stand at the end of the log.
    pub(crate) fn end(&mut self) {
        let standing = self.standing();
        for alert in &standing {
            self.note(alert);
        }
    }

    /// Returns the alerts that stand.
    pub(crate) fn standing(&self) -> Vec<Alert> {
        self.watched.as_ref().map(|it| it.watcher.alerts(it.now)).unwrap_or_default()
    }

    /// Returns the machine and what time it is for it, where anything was watched.
    pub(crate) fn watcher(&self) -> Option<(&Watcher, Now)> {
        self.watched.as_ref().map(|it| (&it.watcher, it.now))
    }

    fn advance(&mut self, at: SystemTime) -> Vec<Alert> {
        let Some(Watched { watcher, now }) = &mut self.watched else {
            let now = Now { mono: self.origin, wall: at };
            let watcher = Watcher::new(now, self.config.clone());
            self.watched = Some(Watched { watcher, now });
            return Vec::new();
        };
        let Ok(by) = at.duration_since(now.wall) else {
            let back = now.wall.duration_since(at).unwrap_or_default();
            now.wall = if SET_BACK < back { at } else { now.wall };
            return Vec::new();
        };
        let mut alerts = Vec::new();
        let then = now.mono.checked_add(by).unwrap_or(now.mono);
        // An alert ends by itself when its time is over, and not when something happens next.
        while let Some(wake) = watcher.wake_at().filter(|wake| *wake <= then) {
            let since = wake.saturating_duration_since(now.mono);
            let wall = now.wall.checked_add(since).unwrap_or(now.wall);
            alerts.extend(watcher.check(Now { mono: wake, wall }));
        }
        *now = Now { mono: then, wall: at };
        alerts
    }

    fn note(&mut self, alert: &Alert) {
        let is_full = MOST <= self.episodes.len();
        let mut latest = self.episodes.iter_mut().rev();
        match latest.find(|of| of.stands && of.rule == alert.rule) {
            Some(episode) => {
                if alert.severity == AlertSeverity::High {
                    episode.severity = alert.severity;
                }
                episode.peak = episode.peak.max(alert.peak);
                episode.lasted = alert.lasted;
                episode.stands = alert.phase != Phase::Resolved;
            }
            None if alert.phase != Phase::Fired => {}
            None if is_full => self.more += 1,
            None => self.episodes.push(Episode {
                rule: alert.rule.clone(),
                severity: alert.severity,
                started_at: alert.started_at,
                lasted: alert.lasted,
                peak: alert.peak,
                threshold: alert.threshold,
                window: alert.window,
                stands: true,
            }),
        }
    }
}

/// By how much entries may be out of order.
const SET_BACK: Duration = Duration::from_secs(300);
/// Alerts that are kept.
const MOST: usize = 1_000;

#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};
    use readmit_error::event::Event;

    use super::*;

    #[test]
    fn r89_alerts_fire_and_end_at_the_times_of_the_log() {
        let mut retrospect = retrospect();

        // Eleven in eleven minutes; an hour after the fourth of them, seven are left, which is down
        // to three quarters of the threshold.
        for minute in 0..11 {
            retrospect.feed(&refused(minute * 60));
        }
        retrospect.feed(&renewed(3 * 3_600));
        retrospect.end();

        let [episode] = &retrospect.episodes[..] else { panic!("{:?}", retrospect.episodes) };
        assert_eq!((episode.rule.as_str(), episode.peak), ("AUTH_002", 11.0));
        assert_eq!(episode.started_at, t0() + Duration::from_secs(600));
        assert_eq!((episode.stands, episode.lasted.as_secs()), (false, 3_600 + 180 - 600));
    }

    #[test]
    fn r89_an_alert_that_stands_at_the_end_is_said_to() {
        let mut retrospect = retrospect();

        for second in 0..25 {
            retrospect.feed(&refused(second));
        }
        retrospect.end();

        let [episode] = &retrospect.episodes[..] else { panic!("{:?}", retrospect.episodes) };
        assert!(episode.stands);
        assert_eq!((episode.severity, episode.peak), (AlertSeverity::High, 25.0));
        assert_eq!(episode.lasted.as_secs(), 24 - 10);
    }

    #[test]
    fn entries_a_little_out_of_order_do_not_let_time_run_faster() {
        let mut retrospect = retrospect();

        for second in 0..1_000 {
            retrospect.feed(&refused(if second % 2 == 0 { 0 } else { 200 }));
        }

        let (_, now) = retrospect.watcher().unwrap();
        assert_eq!(now.mono.duration_since(retrospect.origin).as_secs(), 200);
    }

    #[test]
    fn a_clock_that_jumps_ahead_and_back_does_not_stop_time() {
        let mut retrospect = retrospect();
        retrospect.feed(&refused(0));
        retrospect.feed(&refused(200 * 365 * 86_400));

        // One an hour is no alert.
        for hour in 0..50 {
            retrospect.feed(&refused(hour * 3_600));
        }

        assert_eq!(retrospect.episodes, []);
    }

    fn retrospect() -> Retrospect {
        let config = Config::builder().without_detectors().build().unwrap();
        Retrospect::new(SystemClock.now(), config)
    }

    fn refused(second: u64) -> Moment {
        let at = t0() + Duration::from_secs(second);
        let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
        Moment { at, what: What::Record(Box::new(Record::new(at, event))) }
    }

    fn renewed(second: u64) -> Moment {
        let at = t0() + Duration::from_secs(second);
        let event = Event::MonitorEnabled { monitor: "m".to_owned() };
        Moment { at, what: What::Record(Box::new(Record::new(at, event))) }
    }

    fn t0() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }
}
