use std::fmt;
use std::time::{Duration, SystemTime};

use readmit_error::event::{AlertSeverity, Event};
use readmit_error::rfc3339;
use serde_json::{Value, json};

/// Something that somebody should look at, at one point of its life.
///
/// It is told when it begins, when it changes, and when it is over; while it stands it is not told
/// again (rule 89).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// The rule that it comes from: a code with a threshold, `burn_rate_1h`, `brute_force`.
    pub rule: String,
    /// Where in its life it is.
    pub phase: Phase,
    /// How far above the threshold; of a resolved one, as it was before.
    pub severity: AlertSeverity,
    /// What was measured.
    pub value: f64,
    /// What it was measured against.
    pub threshold: f64,
    /// The largest value since it fired.
    pub peak: f64,
    /// The time that it was measured over.
    pub window: Duration,
    /// When it fired.
    pub started_at: SystemTime,
    /// For how long it has stood, or stood.
    pub lasted: Duration,
    /// Whom it is about, where it is about somebody: a principal, as the application names them.
    ///
    /// Neither the JSON nor what is shown has it, because a chat and a log must not name people
    /// unasked.
    pub about: Option<String>,
}

/// The life of an alert.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the life of an alert, as rule 89 has it")]
pub enum Phase {
    /// It began.
    Fired,
    /// It stands, and its severity changed, or its value doubled.
    Updated,
    /// It is over.
    Resolved,
}

impl Phase {
    /// Returns the name in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Fired => "fired",
            Phase::Updated => "updated",
            Phase::Resolved => "resolved",
        }
    }
}

impl Alert {
    /// Returns the event that a log has of it; a change within its life is none.
    #[must_use]
    pub fn event(&self) -> Option<Event> {
        match self.phase {
            Phase::Fired => Some(Event::AlertFired {
                rule: self.rule.clone(),
                value: self.value,
                threshold: self.threshold,
                window: self.window,
                severity: self.severity,
            }),
            Phase::Updated => None,
            Phase::Resolved => {
                Some(Event::AlertResolved { rule: self.rule.clone(), lasted: self.lasted })
            }
        }
    }

    /// Returns the severity in lower case.
    #[must_use]
    pub fn severity_str(&self) -> &'static str {
        severity_str(self.severity)
    }

    /// Returns it as JSON, ready to be posted to a webhook.
    ///
    /// `text` is a sentence, which is the member that chat services show.
    /// `id` is the same from the beginning to the end of one alert, so that a receiver can join
    /// them, and drop one that it gets twice together with `phase` and `severity`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let started_at = rfc3339::format(self.started_at);
        json!({
            "schema": "readmit.alert/1",
            "id": format!("{}@{started_at}", self.rule),
            "text": self.to_string(),
            "rule": self.rule,
            "phase": self.phase.as_str(),
            "severity": self.severity_str(),
            "value": self.value,
            "threshold": self.threshold,
            "peak": self.peak,
            "window_s": self.window.as_secs(),
            "started_at": started_at,
            "duration_s": self.lasted.as_secs_f64(),
        })
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Alert { rule, value, threshold, .. } = self;
        let severity = self.severity_str();
        match self.phase {
            Phase::Fired => write!(f, "{rule} ({severity})")?,
            Phase::Updated => write!(f, "{rule} ({severity}) goes on")?,
            Phase::Resolved => write!(f, "{rule} is over")?,
        }
        let window = Minutes(self.window);
        write!(f, ": {} in {window}, threshold {}", Number(*value), Number(*threshold))?;
        if self.phase == Phase::Fired {
            return Ok(());
        }
        write!(f, ", after {} s", self.lasted.as_secs())
    }
}

pub(crate) fn severity_str(severity: AlertSeverity) -> &'static str {
    match severity {
        AlertSeverity::Medium => "medium",
        AlertSeverity::High => "high",
    }
}

/// Shows a count without decimals, and a rate with two.
struct Number(f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = if self.0.fract() == 0.0 { 0 } else { 2 };
        write!(f, "{:.decimals$}", self.0)
    }
}

/// Shows a window in the unit that it is given in.
struct Minutes(Duration);

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() / 60 {
            days if days != 0 && days % 1_440 == 0 => write!(f, "{} d", days / 1_440),
            hours if hours != 0 && hours % 60 == 0 => write!(f, "{} h", hours / 60),
            minutes => write!(f, "{minutes} min"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_reads_as_a_sentence() {
        let mut alert = alert();
        assert_eq!(alert.to_string(), "AUTH_002 (medium): 11 in 1 h, threshold 10");

        alert.phase = Phase::Resolved;
        alert.lasted = Duration::from_millis(90_500);
        assert_eq!(alert.to_string(), "AUTH_002 is over: 11 in 1 h, threshold 10, after 90 s");
    }

    #[test]
    fn nobody_is_named_unasked() {
        let alert = Alert { about: Some("planted".to_owned()), ..alert() };

        let told = format!("{alert} {} {:?}", alert.to_json(), alert.event());

        assert!(!told.contains("planted"), "{told}");
    }

    #[test]
    fn its_events_are_its_beginning_and_its_end() {
        let mut alert = alert();
        let names = [Phase::Fired, Phase::Updated, Phase::Resolved].map(|phase| {
            alert.phase = phase;
            alert.event().map(|event| event.name())
        });

        assert_eq!(names, [Some("readmit.alert.fired"), None, Some("readmit.alert.resolved")]);
    }

    #[test]
    fn the_body_of_a_webhook_says_all_there_is() {
        let body = alert().to_json();

        assert_eq!(body["id"], "AUTH_002@1970-01-01T00:00:00Z");
        assert_eq!(body["phase"], "fired");
        assert_eq!(body["severity"], "medium");
        assert_eq!((&body["value"], &body["window_s"]), (&json!(11.0), &json!(3_600)));
    }

    fn alert() -> Alert {
        Alert {
            rule: "AUTH_002".to_owned(),
            phase: Phase::Fired,
            severity: AlertSeverity::Medium,
            value: 11.0,
            threshold: 10.0,
            peak: 11.0,
            window: Duration::from_secs(3_600),
            started_at: SystemTime::UNIX_EPOCH,
            lasted: Duration::ZERO,
            about: None,
        }
    }
}
