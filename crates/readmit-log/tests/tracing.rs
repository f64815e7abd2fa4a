//! What a subscriber of `tracing` is told: the names and fields of OpenTelemetry, and no secret.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use readmit_error::event::{CallContext, DelaySource, Event, Record, Sink};
use readmit_error::{Failure, Kind, Origin};
use readmit_log::{Scribe, TracingSink};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Level, Metadata, Subscriber};

#[test]
fn r82_an_event_has_its_name_its_level_and_its_typed_fields() {
    let event = Event::RetryScheduled {
        attempt: 3,
        max_attempts: 5,
        delay: Duration::from_millis(250),
        reason: Kind::Unavailable,
        source: DelaySource::Server,
    };

    let (name, level, fields) = told(Level::TRACE, &record(event)).remove(0);

    assert_eq!((name, level), ("readmit.retry.scheduled", Level::INFO));
    assert_eq!(fields["readmit.retry.attempt"], "3");
    assert_eq!(fields["readmit.retry.delay_s"], "0.25");
    assert_eq!(fields["readmit.retry.source"], "\"server\"");
    assert_eq!(fields["error.type"], "\"_OTHER\"");
    assert_eq!(fields["server.port"], "443");
    assert!(!fields.contains_key("http.response.status_code"), "{fields:?}");
}

#[test]
fn r83_what_the_server_said_is_redacted_and_neutral_before_it_is_told() {
    let event = Event::AuthzDenied {
        required: vec!["read\n".to_owned(), "write".to_owned()],
        granted: vec![],
        resource: Some("token=abc0123456789".to_owned()),
    };

    let (name, _, fields) = told(Level::TRACE, &record(event)).remove(0);

    assert_eq!(name, "readmit.authz.denied");
    assert_eq!(
        fields["readmit.permission.required"],
        "\"[\\\"read\\\\\\\\u{a}\\\",\\\"write\\\"]\""
    );
    assert_eq!(fields["readmit.permission.resource"], "\"token=REDACTED\"");
    assert_eq!(fields["readmit.error.description"], "\"password=REDACTED\\\\u{a}\"");
    assert!(!fields.contains_key("readmit.permission.granted"), "{fields:?}");
}

#[test]
fn what_nobody_listens_to_is_not_made() {
    let event = Event::CircuitRejected { circuit: "api".to_owned() };

    assert_eq!(told(Level::INFO, &record(event)).len(), 0);
}

fn record(event: Event) -> Record {
    let failure =
        Failure::builder(Kind::Unknown, Origin::Local).description("password=abc\n").build();
    let mut call = CallContext::default();
    call.port = Some(443);
    Record::new(SystemTime::UNIX_EPOCH, event).call(call).failure(failure)
}

type Told = (&'static str, Level, BTreeMap<String, String>);

/// Records an event in front of a subscriber that listens down to this level.
fn told(level: Level, record: &Record) -> Vec<Told> {
    let seen = Arc::default();
    let listener = Listener { level, seen: Arc::clone(&seen) };
    tracing::subscriber::with_default(listener, || {
        TracingSink::new(Scribe::default()).record(record)
    });
    std::mem::take(&mut *seen.lock().unwrap())
}

struct Listener {
    level: Level,
    seen: Arc<Mutex<Vec<Told>>>,
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "readmit::security" && *metadata.level() <= self.level
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        let metadata = event.metadata();
        self.seen.lock().unwrap().push((metadata.name(), *metadata.level(), fields.0));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}
