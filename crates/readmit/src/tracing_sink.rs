use readmit_error::event::{Event, Level, Record, Sink};
use tracing::Level as TracingLevel;

/// Tells `tracing` what happens, under the target `readmit::security`.
///
/// Names are those of the events; what came from the server is neutralised already, and the rest of
/// the fields have a closed set of values (rules 83 and 84).
#[derive(Clone, Copy, Debug)]
pub(crate) struct TracingSink;

macro_rules! emit_at {
    ($level:expr, $name:literal, $record:expr) => {{
        let Record { event, call, failure, .. } = $record;
        let failure = failure.as_ref();
        tracing::event!(
            name: $name,
            target: "readmit::security",
            $level,
            event = $name,
            readmit.severity = event.severity().as_str(),
            error.type = failure.map(|failure| failure.kind().as_str()),
            readmit.error.code = failure.and_then(|failure| failure.code()),
            http.response.status_code = failure.and_then(|failure| failure.status()),
            readmit.request.id = failure.and_then(|failure| failure.request_id()),
            http.request.method = call.method.as_deref(),
            server.address = call.server.as_deref(),
            server.port = call.port,
            url.template = call.template.as_deref(),
            attributes = %attributes(event),
        )
    }};
}

macro_rules! emit {
    ($name:literal, $record:expr) => {
        // A call site of `tracing` has one level, so each level is a call site.
        match $record.event.level() {
            Level::Debug => emit_at!(TracingLevel::DEBUG, $name, $record),
            Level::Info => emit_at!(TracingLevel::INFO, $name, $record),
            Level::Warn => emit_at!(TracingLevel::WARN, $name, $record),
            Level::Error => emit_at!(TracingLevel::ERROR, $name, $record),
        }
    };
}

impl Sink for TracingSink {
    fn record(&self, record: &Record) {
        match &record.event {
            Event::AlertFired { .. } => emit!("readmit.alert.fired", record),
            Event::AlertResolved { .. } => emit!("readmit.alert.resolved", record),
            Event::AuthzDenied { .. } => emit!("readmit.authz.denied", record),
            Event::CircuitClosed { .. } => emit!("readmit.circuit.closed", record),
            Event::CircuitHalfOpened { .. } => emit!("readmit.circuit.half_opened", record),
            Event::CircuitOpened { .. } => emit!("readmit.circuit.opened", record),
            Event::CircuitRejected { .. } => emit!("readmit.circuit.rejected", record),
            Event::CredentialsRejected { .. } => emit!("readmit.auth.credentials.rejected", record),
            Event::MonitorDisabled { .. } => emit!("readmit.monitor.disabled", record),
            Event::MonitorEnabled { .. } => emit!("readmit.monitor.enabled", record),
            Event::RateLimitHit { .. } => emit!("readmit.rate_limit.hit", record),
            Event::RecoveryExhausted { .. } => emit!("readmit.recovery.exhausted", record),
            Event::RecoverySucceeded { .. } => emit!("readmit.recovery.succeeded", record),
            Event::RefreshFailed { .. } => emit!("readmit.auth.refresh.failed", record),
            Event::RefreshSucceeded { .. } => emit!("readmit.auth.refresh.succeeded", record),
            Event::RetryScheduled { .. } => emit!("readmit.retry.scheduled", record),
            Event::TokenExpired { .. } => emit!("readmit.auth.token.expired", record),
            Event::TokenRevoked { .. } => emit!("readmit.auth.token.revoked", record),
            // A situation that a newer vocabulary names reaches whoever listens all the same.
            _ => emit!("readmit.event", record),
        }
    }
}

/// The attributes of the event as JSON: names from the vocabulary, strings escaped.
fn attributes(event: &Event) -> String {
    serde_json::to_string(event).unwrap_or_default()
}
