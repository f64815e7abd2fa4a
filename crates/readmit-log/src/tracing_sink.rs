use readmit_error::Kind;
use readmit_error::event::{Event, Level, Record, Sink};
use serde_json::Value;
use tracing::Level as TracingLevel;

use crate::{Entry, Scribe};

/// Tells `tracing` what happens, under the target `readmit::security`.
///
/// The name of each event and its fields are those of OpenTelemetry, so that an appender makes log
/// records of them that need no mapping. All texts are redacted and neutral before the event is made,
/// because one layer of a subscriber cannot redact for another (rules 82 and 83).
///
/// It has neither a queue nor a thread: what is slow is the subscriber's.
///
/// # Example
///
/// ```
/// use std::time::SystemTime;
///
/// use readmit_error::event::{Event, Record, Sink};
/// use readmit_log::{Scribe, TracingSink};
///
/// let sink = TracingSink::new(Scribe::default());
/// let event = Event::MonitorEnabled { monitor: "thresholds".to_owned() };
/// sink.record(&Record::new(SystemTime::UNIX_EPOCH, event));
/// ```
#[derive(Clone, Debug, Default)]
pub struct TracingSink {
    scribe: Scribe,
}

impl TracingSink {
    /// Returns a sink whose entries are made by this scribe.
    #[must_use]
    pub fn new(scribe: Scribe) -> TracingSink {
        TracingSink { scribe }
    }
}

macro_rules! emit_at {
    ($level:expr, $name:literal, $entry:expr, [$($field:literal: $read:ident),* $(,)?]) => {{
        let entry: &Entry = $entry;
        tracing::event!(
            name: $name,
            target: "readmit::security",
            $level,
            event = $name,
            "readmit.severity" = entry.severity.as_str(),
            "error.type" = entry.kind.map(error_type),
            "readmit.error.code" = entry.error_code.as_deref(),
            "readmit.error.description" = entry.error_description.as_deref(),
            "http.response.status_code" = entry.http_status,
            "http.request.method" = entry.method.as_deref(),
            "server.address" = entry.server.as_deref(),
            "server.port" = entry.port,
            "readmit.endpoint" = entry.endpoint.as_deref(),
            "readmit.request.id" = entry.request_id.as_deref(),
            "readmit.owasp.event" = entry.owasp.as_deref(),
            "enduser.pseudo.id" = entry.user_id.as_deref(),
            "readmit.organization.id" = entry.organization_id.as_deref(),
            trace_id = entry.trace_id.as_deref(),
            span_id = entry.span_id.as_deref(),
            $($field = $read(entry, $field),)*
        )
    }};
}

/// Makes the function that tells one situation, with the attributes that it alone has.
macro_rules! situation {
    ($function:ident, $name:literal, $fields:tt) => {
        fn $function(entry: &Entry) {
            // A call site of `tracing` has one level, so each level is a call site.
            match entry.level {
                Level::Debug => emit_at!(TracingLevel::DEBUG, $name, entry, $fields),
                Level::Info => emit_at!(TracingLevel::INFO, $name, entry, $fields),
                Level::Warn => emit_at!(TracingLevel::WARN, $name, entry, $fields),
                Level::Error => emit_at!(TracingLevel::ERROR, $name, entry, $fields),
            }
        }
    };
}

impl Sink for TracingSink {
    fn record(&self, record: &Record) {
        if !is_wanted(record.event.level()) {
            return;
        }
        let entry = &self.scribe.entry(record);
        match &record.event {
            Event::AlertFired { .. } => alert_fired(entry),
            Event::AlertResolved { .. } => alert_resolved(entry),
            Event::AuthzDenied { .. } => denied(entry),
            Event::CircuitClosed { .. } => circuit_closed(entry),
            Event::CircuitHalfOpened { .. } => circuit_half_opened(entry),
            Event::CircuitOpened { .. } => circuit_opened(entry),
            Event::CircuitRejected { .. } => circuit_rejected(entry),
            Event::CredentialsRejected { .. } => credentials_rejected(entry),
            Event::MonitorDisabled { .. } => monitor_disabled(entry),
            Event::MonitorEnabled { .. } => monitor_enabled(entry),
            Event::RateLimitHit { .. } => rate_limit_hit(entry),
            Event::RecoveryExhausted { .. } => recovery_exhausted(entry),
            Event::RecoverySucceeded { .. } => recovery_succeeded(entry),
            Event::RefreshFailed { .. } => refresh_failed(entry),
            Event::RefreshSucceeded { .. } => refresh_succeeded(entry),
            Event::RetryScheduled { .. } => retry_scheduled(entry),
            Event::TokenExpired { .. } => token_expired(entry),
            Event::TokenRevoked { .. } => token_revoked(entry),
            // A situation that a newer vocabulary names reaches whoever listens all the same.
            _ => other(entry),
        }
    }
}

/// Whether any subscriber takes such an event: making an entry costs more than asking.
fn is_wanted(level: Level) -> bool {
    match level {
        Level::Debug => tracing::enabled!(target: "readmit::security", TracingLevel::DEBUG),
        Level::Info => tracing::enabled!(target: "readmit::security", TracingLevel::INFO),
        Level::Warn => tracing::enabled!(target: "readmit::security", TracingLevel::WARN),
        Level::Error => tracing::enabled!(target: "readmit::security", TracingLevel::ERROR),
    }
}

situation!(alert_fired, "readmit.alert.fired", ["security_rule.name": text, "readmit.alert.value": number, "readmit.alert.threshold": number, "readmit.alert.window_s": number, "readmit.alert.severity": text]);
situation!(alert_resolved, "readmit.alert.resolved", ["security_rule.name": text, "readmit.alert.duration_s": number]);
situation!(denied, "readmit.authz.denied", ["readmit.permission.required": list, "readmit.permission.granted": list, "readmit.permission.resource": text]);
situation!(circuit_closed, "readmit.circuit.closed", ["readmit.circuit.name": text, "readmit.circuit.previous_state": text]);
situation!(circuit_half_opened, "readmit.circuit.half_opened", ["readmit.circuit.name": text, "readmit.circuit.previous_state": text]);
situation!(circuit_opened, "readmit.circuit.opened", ["readmit.circuit.name": text, "readmit.circuit.previous_state": text, "readmit.circuit.failure_ratio": number, "readmit.circuit.open_for_s": number, "readmit.circuit.trigger": text]);
situation!(circuit_rejected, "readmit.circuit.rejected", ["readmit.circuit.name": text]);
situation!(credentials_rejected, "readmit.auth.credentials.rejected", ["readmit.auth.challenge.error": text, "readmit.auth.consecutive_failures": count]);
situation!(monitor_disabled, "readmit.monitor.disabled", ["readmit.monitor.name": text]);
situation!(monitor_enabled, "readmit.monitor.enabled", ["readmit.monitor.name": text]);
situation!(rate_limit_hit, "readmit.rate_limit.hit", ["readmit.rate_limit.limit": count, "readmit.rate_limit.remaining": count, "readmit.rate_limit.reset_s": number, "readmit.rate_limit.policy": text, "readmit.retry.after_s": number]);
situation!(recovery_exhausted, "readmit.recovery.exhausted", ["readmit.recovery.authentication": flag, "readmit.recovery.attempts": count, "readmit.recovery.strategies_tried": list, "readmit.recovery.elapsed_s": number]);
situation!(recovery_succeeded, "readmit.recovery.succeeded", ["readmit.recovery.authentication": flag, "readmit.recovery.attempts": count, "readmit.recovery.strategy": text, "readmit.recovery.elapsed_s": number]);
situation!(refresh_failed, "readmit.auth.refresh.failed", ["readmit.auth.oauth.error": text, "readmit.auth.refresh.permanent": flag, "readmit.auth.refresh.trigger": text]);
situation!(refresh_succeeded, "readmit.auth.refresh.succeeded", ["readmit.auth.token.expires_in_s": number, "readmit.auth.refresh.trigger": text, "readmit.auth.refresh.coalesced_waiters": count]);
situation!(retry_scheduled, "readmit.retry.scheduled", ["readmit.retry.attempt": count, "readmit.retry.max": count, "readmit.retry.delay_s": number, "readmit.retry.reason": text, "readmit.retry.source": text]);
situation!(token_expired, "readmit.auth.token.expired", ["readmit.auth.refresh.follows": flag, "readmit.auth.scheme": text, "readmit.auth.token.age_s": number]);
situation!(token_revoked, "readmit.auth.token.revoked", ["readmit.auth.token.reused": flag, "readmit.auth.token.hash": text]);
situation!(other, "readmit.event", []);

/// The name of the kind, as OpenTelemetry wants it where none fits.
pub(crate) fn error_type(kind: Kind) -> &'static str {
    if kind == Kind::Unknown { "_OTHER" } else { kind.as_str() }
}

fn text<'e>(entry: &'e Entry, name: &str) -> Option<&'e str> {
    entry.attributes.get(name)?.as_str()
}

fn number(entry: &Entry, name: &str) -> Option<f64> {
    entry.attributes.get(name)?.as_f64()
}

fn count(entry: &Entry, name: &str) -> Option<u64> {
    entry.attributes.get(name)?.as_u64()
}

fn flag(entry: &Entry, name: &str) -> Option<bool> {
    entry.attributes.get(name)?.as_bool()
}

/// `tracing` has no lists, so one is JSON.
fn list(entry: &Entry, name: &str) -> Option<String> {
    entry
        .attributes
        .get(name)
        .filter(|list| **list != Value::Array(Vec::new()))
        .map(Value::to_string)
}
