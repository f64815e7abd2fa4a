use std::time::{Duration, Instant, SystemTime};

use readmit_error::event::AlertSeverity;

use crate::mutants::mutate;
use crate::{Alert, Now, Phase};

/// The life of the alert of one rule (rule 89).
///
/// ```text
///             above medium              above high
///   quiet ──────────────────► medium ◄──────────────► high
///     ▲                         │  back at ¾ of high    │
///     └─────────────────────────┴───────────────────────┘
///                      down to ¾ of medium
/// ```
#[derive(Debug)]
pub(crate) struct Alarm {
    rule: Box<str>,
    bar: Bar,
    state: State,
}

/// What a value is measured against, and over which time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bar {
    pub(crate) medium: f64,
    pub(crate) high: f64,
    pub(crate) window: Duration,
}

#[derive(Debug)]
enum State {
    Quiet,
    Standing(Standing),
}

#[derive(Clone, Debug)]
struct Standing {
    severity: AlertSeverity,
    since: Instant,
    started_at: SystemTime,
    value: f64,
    peak: f64,
    /// The value that was told last.
    told: f64,
    about: Option<String>,
}

impl Alarm {
    pub(crate) fn new(rule: &str, bar: Bar) -> Alarm {
        Alarm { rule: rule.into(), bar, state: State::Quiet }
    }

    /// Takes a measurement, and returns what is to be told of it.
    pub(crate) fn observe(&mut self, now: Now, value: f64, about: Option<&str>) -> Option<Alert> {
        let severity = self.severity(value);
        match &mut self.state {
            State::Quiet => {
                let standing = Standing {
                    severity: severity?,
                    since: now.mono,
                    started_at: now.wall,
                    value,
                    peak: value,
                    told: value,
                    about: about.map(str::to_owned),
                };
                let fired = self.alert(&standing, now, Phase::Fired);
                self.state = State::Standing(standing);
                Some(fired)
            }
            State::Standing(standing) => {
                standing.value = value;
                standing.peak = standing.peak.max(value);
                let standing = standing.clone();
                match severity {
                    None => {
                        self.state = State::Quiet;
                        Some(self.alert(&standing, now, Phase::Resolved))
                    }
                    Some(severity) => self.update(now, standing, severity, about),
                }
            }
        }
    }

    pub(crate) fn stands(&self) -> bool {
        match self.state {
            State::Quiet => false,
            State::Standing(_) => true,
        }
    }

    /// Returns the alert, where it stands.
    pub(crate) fn standing(&self, now: Now) -> Option<Alert> {
        match &self.state {
            State::Quiet => None,
            State::Standing(standing) => {
                let phase = if standing.since == now.mono { Phase::Fired } else { Phase::Updated };
                Some(self.alert(standing, now, phase))
            }
        }
    }

    /// Goes on, and tells of it where the severity changed or the value doubled.
    fn update(
        &mut self,
        now: Now,
        mut standing: Standing,
        severity: AlertSeverity,
        about: Option<&str>,
    ) -> Option<Alert> {
        let is_news = severity != standing.severity || standing.told * 2.0 <= standing.value;
        standing.severity = severity;
        if mutate!(6, is_news, true) {
            standing.told = standing.value;
            standing.about = about.map(str::to_owned);
        }
        let updated = is_news.then(|| self.alert(&standing, now, Phase::Updated));
        self.state = State::Standing(standing);
        mutate!(6, updated, self.standing(now))
    }

    /// Returns how grave a value is: one that stands is so until the value is well below (rule 89).
    fn severity(&self, value: f64) -> Option<AlertSeverity> {
        let Bar { medium, high, .. } = self.bar;
        let stands = match &self.state {
            State::Quiet => None,
            State::Standing(standing) => Some(standing.severity),
        };
        let is_above = |bar: f64, stood: bool| {
            if mutate!(7, stood, false) {
                return bar * BACK < value;
            }
            mutate!(8, bar < value, bar <= value)
        };
        if !is_above(medium, stands.is_some()) {
            return None;
        }
        let is_high = is_above(high, stands == Some(AlertSeverity::High));
        Some(if is_high { AlertSeverity::High } else { AlertSeverity::Medium })
    }

    fn alert(&self, standing: &Standing, now: Now, phase: Phase) -> Alert {
        Alert {
            rule: self.rule.to_string(),
            phase,
            severity: standing.severity,
            value: standing.value,
            threshold: self.bar.medium,
            peak: standing.peak,
            window: self.bar.window,
            started_at: standing.started_at,
            lasted: now.mono.saturating_duration_since(standing.since),
            about: standing.about.clone(),
        }
    }
}

/// The share of a bar that a value must come down to, so that one that hovers about the bar is one
/// alert and not many.
const BACK: f64 = 0.75;

#[cfg(test)]
mod tests {
    use readmit_core::SystemClock;

    use super::*;

    #[test]
    fn r89_an_alert_fires_once_is_updated_and_is_resolved() {
        let mut alarm = alarm();
        let t0 = Now::read(&SystemClock);
        let values = [10.0, 11.0, 12.0, 20.0, 21.0, 20.0, 16.0, 15.0, 8.0, 7.5, 7.0];

        let told = values.iter().zip(0..).filter_map(|(value, minute)| {
            let alert = alarm.observe(later(t0, minute), *value, None)?;
            Some((alert.value, alert.phase.as_str(), alert.severity_str(), alert.lasted.as_secs()))
        });

        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (11.0, "fired", "medium", 0),
                (21.0, "updated", "high", 180),
                (15.0, "updated", "medium", 360),
                (7.5, "resolved", "medium", 480),
            ]
        );
    }

    #[test]
    fn r89_a_value_that_hovers_about_the_threshold_is_one_alert() {
        let mut alarm = alarm();
        let now = Now::read(&SystemClock);

        let told = [11.0, 10.0, 9.0, 11.0, 8.0, 11.0].map(|value| alarm.observe(now, value, None));

        assert_eq!(told.iter().flatten().count(), 1);
    }

    #[test]
    fn r89_a_value_that_doubles_is_told_again() {
        let mut alarm = alarm();
        let now = Now::read(&SystemClock);

        let told = [21.0, 30.0, 42.0, 60.0, 84.0].map(|value| alarm.observe(now, value, None));

        let values: Vec<f64> = told.iter().flatten().map(|alert| alert.value).collect();
        assert_eq!(values, [21.0, 42.0, 84.0]);
    }

    #[test]
    fn an_alert_that_is_over_says_how_bad_it_was() {
        let mut alarm = alarm();
        let now = Now::read(&SystemClock);
        alarm.observe(now, 33.0, Some("u_1"));

        let over = alarm.observe(later(now, 5), 0.0, None).unwrap();

        assert_eq!((over.phase, over.severity), (Phase::Resolved, AlertSeverity::High));
        assert_eq!((over.peak, over.about.as_deref()), (33.0, Some("u_1")));
        assert_eq!(alarm.standing(now), None);
    }

    fn alarm() -> Alarm {
        let window = Duration::from_secs(3_600);
        Alarm::new("AUTH_002", Bar { medium: 10.0, high: 20.0, window })
    }

    fn later(now: Now, minutes: u64) -> Now {
        now.at(now.mono + Duration::from_secs(minutes * 60))
    }
}
