use readmit_error::event::AlertSeverity;

use super::AlertSink;
use crate::{Alert, Phase};

/// Tells `tracing` of alerts, under the target `readmit::security`.
///
/// A high alert is an error, a medium one a warning, and one that is over an information.
/// A principal that an alert is about is not among the fields, because a log must not name people
/// unasked.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a unit struct: there is nothing to add")]
pub struct TracingAlerts;

macro_rules! emit {
    ($level:ident, $name:literal, $alert:expr) => {
        tracing::event!(
            name: $name,
            target: "readmit::security",
            tracing::Level::$level,
            event = $name,
            readmit.alert.phase = $alert.phase.as_str(),
            security_rule.name = $alert.rule.as_str(),
            readmit.alert.severity = $alert.severity_str(),
            readmit.alert.value = $alert.value,
            readmit.alert.threshold = $alert.threshold,
            readmit.alert.window_s = $alert.window.as_secs(),
            readmit.alert.duration_s = $alert.lasted.as_secs_f64(),
        )
    };
}

impl AlertSink for TracingAlerts {
    fn alert(&self, alert: &Alert) {
        match (alert.phase, alert.severity) {
            (Phase::Fired, AlertSeverity::High) => emit!(ERROR, "readmit.alert.fired", alert),
            (Phase::Fired, AlertSeverity::Medium) => emit!(WARN, "readmit.alert.fired", alert),
            (Phase::Updated, AlertSeverity::High) => emit!(ERROR, "readmit.alert.updated", alert),
            (Phase::Updated, AlertSeverity::Medium) => emit!(WARN, "readmit.alert.updated", alert),
            (Phase::Resolved, AlertSeverity::High | AlertSeverity::Medium) => {
                emit!(INFO, "readmit.alert.resolved", alert);
            }
        }
    }
}
