use std::sync::Arc;
use std::time::SystemTime;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, with_local_recorder,
};
use readmit_error::event::CallContext;
use readmit_error::{Failure, Origin};

use super::*;
use crate::Config;

#[test]
fn what_is_emitted_has_the_names_and_attributes_that_are_listed() {
    let seen = Seen::default();

    with_local_recorder(&seen, emit_everything);

    let seen = seen.0.lock().unwrap();
    let names: BTreeSet<&str> = seen.iter().map(|told| told.name.as_str()).collect();
    assert_eq!(names, METRICS.iter().map(|metric| metric.name).collect());
    for told in seen.iter() {
        let metric = METRICS.iter().find(|metric| metric.name == told.name).unwrap();
        let attributes: BTreeSet<&str> = told.labels.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(attributes, metric.attributes.iter().copied().collect(), "{}", told.name);
        assert_eq!(told.instrument, metric.instrument, "{}", told.name);
    }
}

#[test]
fn a_code_of_a_server_is_no_label() {
    let seen = Seen::default();

    with_local_recorder(&seen, || MetricsExport::new().record(&refused("planted")));

    assert_eq!(seen.labels(AUTH_FAILURES), ["AUTH_002"]);
}

#[test]
fn r87_hostile_hosts_are_a_bounded_number_of_labels() {
    let export = MetricsExport::default();

    let labels: BTreeSet<String> =
        (0..10_000).map(|number| export.label(&number.to_string())).collect();

    assert_eq!(labels.len(), MAX_NAMES + 1);
    assert!(labels.contains("_OTHER"));
}

#[test]
fn an_alert_is_one_as_long_as_it_stands() {
    let seen = Seen::default();

    with_local_recorder(&seen, || {
        let monitor = Monitor::new(Config::default()).sink(MetricsExport::new());
        for _ in 0..21 {
            monitor.record_code("AUTH_002");
        }
    });

    let seen = seen.0.lock().unwrap();
    let alerts = seen.iter().filter(|told| told.name == ALERTS_ACTIVE);
    let told: Vec<(&str, f64)> =
        alerts.map(|told| (told.labels[1].1.as_str(), told.value)).collect();
    assert_eq!(told, [("medium", 1.0), ("high", 0.0), ("medium", 0.0), ("high", 1.0)]);
}

fn emit_everything() {
    let export = Arc::new(MetricsExport::new());
    let monitor = Monitor::new(Config::default()).sink(Arc::clone(&export));
    let took = Duration::from_millis(5);
    export.operation_took("a.example", RecoveryOutcome::Exhausted, Some(Kind::Dns), took);
    let request =
        RequestLabels { method: "GET", server: "a.example", port: 443, status: Some(200) };
    export.request_took(request, None, took);
    export.refresh_took(RefreshTrigger::Reactive, None, took);
    export.dropped("file", 1);
    export.redacted("header", 1);
    export.record(&refused("AUTH_002"));
    export.record(&Record::new(
        SystemTime::UNIX_EPOCH,
        Event::RetryScheduled {
            attempt: 1,
            max_attempts: 3,
            delay: took,
            reason: Kind::Unavailable,
            source: DelaySource::Server,
        },
    ));
    export.record(&Record::new(
        SystemTime::UNIX_EPOCH,
        Event::CircuitClosed { circuit: "a".to_owned(), previous: CircuitState::HalfOpen },
    ));
    let hit = Event::RateLimitHit {
        limit: Some(10),
        remaining: Some(0),
        reset: None,
        policy: None,
        retry_after: None,
    };
    export.record(&Record::new(SystemTime::UNIX_EPOCH, hit));
    export.observe(&monitor);
    for _ in 0..11 {
        monitor.record_code("AUTH_002");
    }
}

fn refused(code: &str) -> Record {
    let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 });
    let record = Record::new(SystemTime::UNIX_EPOCH, event);
    record.call(CallContext::default().user("planted")).failure(failure.code(code).build())
}

/// A recorder that keeps all it is told.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Vec<Told>>>);

#[derive(Debug)]
struct Told {
    name: String,
    labels: Vec<(String, String)>,
    instrument: Instrument,
    value: f64,
}

impl Seen {
    fn labels(&self, name: &str) -> Vec<String> {
        let seen = self.0.lock().unwrap();
        let of_name = seen.iter().filter(|told| told.name == name);
        of_name.flat_map(|told| told.labels.iter().map(|(_, value)| value.clone())).collect()
    }

    fn handle(&self, key: &Key, instrument: Instrument) -> Arc<Handle> {
        Arc::new(Handle { seen: self.clone(), key: key.clone(), instrument })
    }
}

struct Handle {
    seen: Seen,
    key: Key,
    instrument: Instrument,
}

impl Handle {
    fn tell(&self, value: f64) {
        let labels = self.key.labels().map(|it| (it.key().to_owned(), it.value().to_owned()));
        let (name, labels) = (self.key.name().to_owned(), labels.collect());
        let instrument = self.instrument;
        self.seen.0.lock().unwrap().push(Told { name, labels, instrument, value });
    }
}

impl CounterFn for Handle {
    fn increment(&self, value: u64) {
        self.tell(value as f64);
    }

    fn absolute(&self, value: u64) {
        self.tell(value as f64);
    }
}

impl GaugeFn for Handle {
    fn increment(&self, value: f64) {
        self.tell(value);
    }

    fn decrement(&self, value: f64) {
        self.tell(-value);
    }

    fn set(&self, value: f64) {
        self.tell(value);
    }
}

impl HistogramFn for Handle {
    fn record(&self, value: f64) {
        self.tell(value);
    }
}

impl Recorder for Seen {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.handle(key, Instrument::Counter))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.handle(key, Instrument::Gauge))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.handle(key, Instrument::Seconds))
    }
}
