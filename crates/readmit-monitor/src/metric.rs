/// A metric, under its OpenTelemetry name.
///
/// [`METRICS`] are all that readmit emits; the rules, the tests and the dashboard under
/// `docs/observability` use these and no others.
///
/// # Example
///
/// ```
/// use readmit_monitor::METRICS;
///
/// let names: Vec<String> = METRICS.iter().map(|metric| metric.prometheus()).collect();
/// assert!(names.contains(&"readmit_operation_duration_seconds".to_owned()));
/// assert!(names.contains(&"readmit_retries_total".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Metric {
    /// The name.
    pub name: &'static str,
    /// What it is.
    pub instrument: Instrument,
    /// Its attributes, each of a closed set of values.
    pub attributes: &'static [&'static str],
    /// What it says.
    pub about: &'static str,
}

/// What a metric is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the instruments that are used")]
pub enum Instrument {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// A histogram of seconds.
    Seconds,
}

impl Metric {
    const fn new(
        name: &'static str,
        instrument: Instrument,
        attributes: &'static [&'static str],
        about: &'static str,
    ) -> Metric {
        Metric { name, instrument, attributes, about }
    }

    /// Returns the name that Prometheus has it under: the unit and `_total` are appended.
    ///
    /// A histogram has `_bucket`, `_sum` and `_count` behind it.
    #[must_use]
    pub fn prometheus(&self) -> String {
        let name = self.name.replace('.', "_");
        match self.instrument {
            Instrument::Counter => name + "_total",
            Instrument::Gauge => name,
            Instrument::Seconds => name + "_seconds",
        }
    }
}

/// All metrics.
///
/// None has a user, a token, an address of a client, a request id or a raw path.
pub const METRICS: [Metric; 13] = [
    Metric::new(
        ALERTS_ACTIVE,
        Instrument::Gauge,
        &["code", "severity"],
        "Alerts that stand: 1 while one does.",
    ),
    Metric::new(
        AUTH_FAILURES,
        Instrument::Counter,
        &["code"],
        "Refused credentials and permissions, by documented code.",
    ),
    Metric::new(
        DISTINCT_PRINCIPALS,
        Instrument::Gauge,
        &[],
        "About how many different principals were refused within ten minutes.",
    ),
    Metric::new(
        REFRESH_DURATION,
        Instrument::Seconds,
        &["readmit.auth.refresh.trigger", "error.type"],
        "How long refreshes took.",
    ),
    Metric::new(
        CIRCUIT_STATE,
        Instrument::Gauge,
        &["circuit.name", "state"],
        "1 for the state that a circuit is in, and 0 for the others.",
    ),
    Metric::new(
        CIRCUIT_TRANSITIONS,
        Instrument::Counter,
        &["circuit.name", "state"],
        "Changes of circuits, by the state that they change to.",
    ),
    Metric::new(
        REQUEST_DURATION,
        Instrument::Seconds,
        &[
            "http.request.method",
            "server.address",
            "server.port",
            "http.response.status_code",
            "error.type",
        ],
        "How long attempts took.",
    ),
    Metric::new(LOG_DROPPED, Instrument::Counter, &["sink"], "Records that a full sink dropped."),
    Metric::new(
        OPERATION_DURATION,
        Instrument::Seconds,
        &["server.address", "readmit.recovery.outcome", "error.type"],
        "How long calls took, with all their attempts and waits.",
    ),
    Metric::new(
        RATE_LIMIT_REMAINING,
        Instrument::Gauge,
        &["server.address", "policy"],
        "Requests that a server said are left.",
    ),
    Metric::new(
        REDACTIONS,
        Instrument::Counter,
        &["surface"],
        "Secrets that were kept out of a log.",
    ),
    Metric::new(
        RETRIES,
        Instrument::Counter,
        &["readmit.retry.reason"],
        "Retries, by the kind of failure that they follow.",
    ),
    Metric::new(RETRY_DELAY, Instrument::Seconds, &["source"], "The waits before retries."),
];

pub(crate) const ALERTS_ACTIVE: &str = "readmit.alerts.active";
pub(crate) const AUTH_FAILURES: &str = "readmit.auth.failures";
pub(crate) const DISTINCT_PRINCIPALS: &str = "readmit.auth.failures.distinct_principals";
pub(crate) const REFRESH_DURATION: &str = "readmit.auth.refresh.duration";
pub(crate) const CIRCUIT_STATE: &str = "readmit.circuit.state";
pub(crate) const CIRCUIT_TRANSITIONS: &str = "readmit.circuit.transitions";
pub(crate) const REQUEST_DURATION: &str = "http.client.request.duration";
pub(crate) const LOG_DROPPED: &str = "readmit.log.dropped";
pub(crate) const OPERATION_DURATION: &str = "readmit.operation.duration";
pub(crate) const RATE_LIMIT_REMAINING: &str = "readmit.rate_limit.remaining";
pub(crate) const REDACTIONS: &str = "readmit.redactions";
pub(crate) const RETRIES: &str = "readmit.retries";
pub(crate) const RETRY_DELAY: &str = "readmit.retry.delay";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_stands_once_and_none_names_a_person() {
        for metric in &METRICS {
            let same = METRICS.iter().filter(|other| other.name == metric.name);
            assert_eq!(same.count(), 1, "{}", metric.name);
            for attribute in metric.attributes {
                for personal in ["user", "token", "client.address", "request.id", "path", "full"] {
                    assert!(!attribute.contains(personal), "{attribute}");
                }
            }
        }
    }
}
