use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use readmit_core::Clock;
use readmit_error::event::{
    AlertSeverity, CircuitState, DelaySource, Event, Record, RecoveryOutcome, RefreshTrigger, Sink,
};
use readmit_error::{Category, Kind};

use crate::metric::{
    ALERTS_ACTIVE, AUTH_FAILURES, CIRCUIT_STATE, CIRCUIT_TRANSITIONS, DISTINCT_PRINCIPALS,
    LOG_DROPPED, OPERATION_DURATION, RATE_LIMIT_REMAINING, REDACTIONS, REFRESH_DURATION,
    REQUEST_DURATION, RETRIES, RETRY_DELAY,
};
use crate::{Alert, AlertSink, Instrument, METRICS, Monitor, Phase, code};

/// Tells the `metrics` facade what happens, under the names of [`METRICS`].
///
/// It is a sink of events and of alerts; how long things took is told by whoever measures it.
/// Label values are of closed sets, but for hosts, circuits and policies, of which 256 are told
/// and the rest are `_OTHER`: a server that sends calls elsewhere must not make a series for each.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use readmit_error::event::RecoveryOutcome;
/// use readmit_monitor::{Config, MetricsExport, Monitor};
///
/// let export = Arc::new(MetricsExport::new());
/// let monitor = Monitor::new(Config::default()).sink(Arc::clone(&export));
///
/// let took = std::time::Duration::from_millis(120);
/// export.operation_took("api.example.com", RecoveryOutcome::NotNeeded, None, took);
/// export.observe(&monitor);
/// ```
#[derive(Default)]
pub struct MetricsExport {
    named: Mutex<BTreeSet<String>>,
}

impl MetricsExport {
    /// Returns an export, and describes the metrics to the recorder of this moment.
    #[must_use]
    pub fn new() -> MetricsExport {
        for metric in &METRICS {
            match metric.instrument {
                Instrument::Counter => describe_counter!(metric.name, Unit::Count, metric.about),
                Instrument::Gauge => describe_gauge!(metric.name, metric.about),
                Instrument::Seconds => {
                    describe_histogram!(metric.name, Unit::Seconds, metric.about)
                }
            }
        }
        MetricsExport::default()
    }

    /// Tells how long a call took, with all its attempts and waits, and how it failed.
    pub fn operation_took(
        &self,
        server: &str,
        outcome: RecoveryOutcome,
        error: Option<Kind>,
        took: Duration,
    ) {
        let server = self.label(server);
        histogram!(
            OPERATION_DURATION,
            "server.address" => server,
            "readmit.recovery.outcome" => outcome.as_str(),
            "error.type" => error_type(error),
        )
        .record(took);
    }

    /// Tells how long an attempt took, and what was answered.
    pub fn request_took(&self, request: RequestLabels<'_>, error: Option<Kind>, took: Duration) {
        histogram!(
            REQUEST_DURATION,
            "http.request.method" => known_method(request.method),
            "server.address" => self.label(request.server),
            "server.port" => request.port.to_string(),
            "http.response.status_code" => request.status.map(|it| it.to_string()).unwrap_or_default(),
            "error.type" => error_type(error),
        )
        .record(took);
    }

    /// Tells how long a refresh took, and how it failed.
    pub fn refresh_took(&self, trigger: RefreshTrigger, error: Option<Kind>, took: Duration) {
        let trigger = match trigger {
            RefreshTrigger::Proactive => "proactive",
            RefreshTrigger::Reactive => "reactive",
        };
        histogram!(
            REFRESH_DURATION,
            "readmit.auth.refresh.trigger" => trigger,
            "error.type" => error_type(error),
        )
        .record(took);
    }

    /// Tells how many requests a server said are left.
    pub fn remaining(&self, server: &str, policy: &str, remaining: u64) {
        let (server, policy) = (self.label(server), self.label(policy));
        gauge!(RATE_LIMIT_REMAINING, "server.address" => server, "policy" => policy)
            .set(remaining as f64);
    }

    /// Tells that a sink dropped records.
    pub fn dropped(&self, sink: &'static str, records: u64) {
        counter!(LOG_DROPPED, "sink" => sink).increment(records);
    }

    /// Tells that secrets were kept out of a log.
    pub fn redacted(&self, surface: &'static str, secrets: u64) {
        counter!(REDACTIONS, "surface" => surface).increment(secrets);
    }

    /// Tells what a monitor knows that no event has; once a minute is often enough.
    pub fn observe<C: Clock>(&self, monitor: &Monitor<C>) {
        gauge!(DISTINCT_PRINCIPALS).set(monitor.distinct_principals() as f64);
    }

    fn circuit(&self, circuit: &str, state: CircuitState) {
        let circuit = self.label(circuit);
        for of in [CircuitState::Closed, CircuitState::HalfOpen, CircuitState::Open] {
            let is_it = if of == state { 1.0 } else { 0.0 };
            gauge!(CIRCUIT_STATE, "circuit.name" => circuit.clone(), "state" => state_name(of))
                .set(is_it);
        }
        counter!(CIRCUIT_TRANSITIONS, "circuit.name" => circuit, "state" => state_name(state))
            .increment(1);
    }

    /// Returns a name as a label, or `_OTHER` where there are too many already.
    fn label(&self, name: &str) -> String {
        // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.contains(name) {
            return name.to_owned();
        }
        let name = readmit_error::neutralise(name, crate::codes::NAME_LIMIT);
        if MAX_NAMES <= named.len() && !named.contains(&name) {
            return crate::codes::OTHER.to_owned();
        }
        named.insert(name.clone());
        name
    }
}

impl Sink for MetricsExport {
    fn record(&self, record: &Record) {
        let kind = record.failure.as_ref().map(|failure| failure.kind());
        let is_auth = kind.is_none_or(|kind| {
            matches!(kind.category(), Category::Authentication | Category::Authorization)
        });
        if let Some(code) = code::of_event(record).filter(|_| is_auth) {
            counter!(AUTH_FAILURES, "code" => known_code(code, kind)).increment(1);
        }
        match &record.event {
            Event::RetryScheduled { delay, reason, source, .. } => {
                let source = match source {
                    DelaySource::Backoff => "backoff",
                    DelaySource::Server => "server",
                };
                counter!(RETRIES, "readmit.retry.reason" => reason.as_str()).increment(1);
                histogram!(RETRY_DELAY, "source" => source).record(*delay);
            }
            Event::CircuitOpened { circuit, .. } => self.circuit(circuit, CircuitState::Open),
            Event::CircuitHalfOpened { circuit, .. } => {
                self.circuit(circuit, CircuitState::HalfOpen);
            }
            Event::CircuitClosed { circuit, .. } => self.circuit(circuit, CircuitState::Closed),
            Event::RateLimitHit { remaining: Some(remaining), policy, .. } => {
                let server = record.call.server.as_deref().unwrap_or_default();
                self.remaining(server, policy.as_deref().unwrap_or_default(), *remaining);
            }
            // They have no metric but that of their failure.
            Event::AlertFired { .. }
            | Event::AlertResolved { .. }
            | Event::AuthzDenied { .. }
            | Event::CircuitRejected { .. }
            | Event::CredentialsRejected { .. }
            | Event::MonitorDisabled { .. }
            | Event::MonitorEnabled { .. }
            | Event::RateLimitHit { .. }
            | Event::RecoveryExhausted { .. }
            | Event::RecoverySucceeded { .. }
            | Event::RefreshFailed { .. }
            | Event::RefreshSucceeded { .. }
            | Event::TokenExpired { .. }
            | Event::TokenRevoked { .. } => {}
            // Nothing is known of what a newer vocabulary names.
            _ => {}
        }
    }
}

impl AlertSink for MetricsExport {
    fn alert(&self, alert: &Alert) {
        let rule = self.label(&alert.rule);
        for severity in [AlertSeverity::Medium, AlertSeverity::High] {
            let stands = alert.phase != Phase::Resolved && alert.severity == severity;
            let name = crate::alert::severity_str(severity);
            gauge!(ALERTS_ACTIVE, "code" => rule.clone(), "severity" => name).set(if stands {
                1.0
            } else {
                0.0
            });
        }
    }
}

impl fmt::Debug for MetricsExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsExport").finish_non_exhaustive()
    }
}

/// What an attempt is called by.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the attributes that the convention demands")]
pub struct RequestLabels<'a> {
    /// The method.
    pub method: &'a str,
    /// The host.
    pub server: &'a str,
    /// The port.
    pub port: u16,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
}

/// No error is no label, which in Prometheus is the same as an empty one.
fn error_type(error: Option<Kind>) -> &'static str {
    match error {
        // The caller's own cancellation has no kind, so whatever is unknown is other.
        Some(Kind::Unknown) => crate::codes::OTHER,
        Some(kind) => kind.as_str(),
        None => "",
    }
}

/// Returns a documented code as it is, and that of the kind for any other.
fn known_code(code: &str, kind: Option<Kind>) -> &'static str {
    let documented = code::DOCUMENTED.into_iter().find(|documented| *documented == code);
    documented.or(kind.map(code::of_kind)).unwrap_or(crate::codes::OTHER)
}

fn known_method(method: &str) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    known.into_iter().find(|known| *known == method).unwrap_or(crate::codes::OTHER)
}

fn state_name(state: CircuitState) -> &'static str {
    match state {
        CircuitState::Closed => "closed",
        CircuitState::HalfOpen => "half_open",
        CircuitState::Open => "open",
    }
}

/// Names of hosts, circuits, policies and rules together.
const MAX_NAMES: usize = 256;

#[cfg(not(loom))]
#[cfg(test)]
mod tests;
