//! The spans of a call: their names, fields and errors as OpenTelemetry wants them, and no secret.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use readmit_error::event::{CallContext, RecoveryOutcome, RefreshTrigger};
use readmit_error::{Failure, Kind, Origin};
use readmit_log::Spans;
use readmit_log::redact::Redactor;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[test]
fn r86_a_recovered_failure_is_one_of_its_attempt_and_not_of_the_operation() {
    let spans = Spans::new(Redactor::new());
    let call = call();

    let seen = seen(|| {
        let operation = spans.operation(|| call.clone());
        let first = spans.attempt(|| call.clone(), "https://api.test/items/7", 0);
        Spans::answered(&first, 503);
        Spans::failed(&first, &failure());
        let second = spans.attempt(|| call.clone(), "https://api.test/items/7", 1);
        Spans::answered(&second, 200);
        Spans::ended(&operation, RecoveryOutcome::Recovered);
    });

    let [operation, first, second] = seen.try_into().unwrap();
    assert_eq!(operation["name"], "readmit.operation");
    assert_eq!(operation["otel.kind"], "internal");
    assert_eq!(operation["readmit.recovery.outcome"], "recovered");
    assert!(!operation.contains_key("otel.status_code") && !operation.contains_key("error.type"));
    assert_eq!(first["otel.name"], "GET /items/{id}");
    assert_eq!(first["otel.kind"], "client");
    assert_eq!(first["otel.status_code"], "ERROR");
    assert_eq!(first["error.type"], "unavailable");
    assert_eq!(first["http.response.status_code"], "503");
    assert!(!first.contains_key("http.request.resend_count"));
    assert_eq!(second["http.request.resend_count"], "1");
    assert!(!second.contains_key("otel.status_code"));
}

#[test]
fn r82_the_url_of_an_attempt_has_no_secret() {
    let redactor = Redactor::new();
    redactor.register("correct-horse-battery");
    let spans = Spans::new(redactor);
    let call = call().template("/items/{id}\n").request_id("correct-horse-battery");

    let seen = seen(|| {
        let _ = spans.operation(|| call.clone());
        let _ =
            spans.attempt(|| call.clone(), "https://u:p4ss@api.test/items/7?key=abc\u{202e}", 0);
    });

    assert_eq!(seen[0]["readmit.request.id"], "REDACTED");
    assert_eq!(seen[1]["url.full"], "https://REDACTED@api.test/items/7?key=REDACTED");
    assert_eq!(seen[1]["url.template"], "/items/{id}\\u{a}");
}

#[test]
fn a_method_that_nobody_knows_makes_no_name() {
    let spans = Spans::default();
    let mut call = CallContext::default();
    call.method = Some("BREW7".to_owned());

    let seen = seen(|| drop(spans.attempt(|| call.clone(), "https://api.test/", 0)));

    assert_eq!(seen[0]["otel.name"], "HTTP");
    assert_eq!(seen[0]["http.request.method"], "_OTHER");
}

#[test]
fn a_refresh_has_a_span_of_its_own() {
    let spans = Spans::default();

    let seen = seen(|| Spans::failed(&spans.refresh(RefreshTrigger::Reactive), &failure()));

    assert_eq!(seen[0]["name"], "readmit.auth.refresh");
    assert_eq!(seen[0]["readmit.auth.refresh.trigger"], "reactive");
    assert_eq!(seen[0]["otel.status_code"], "ERROR");
}

fn call() -> CallContext {
    let mut call = CallContext::default().template("/items/{id}");
    call.method = Some("GET".to_owned());
    call
}

fn failure() -> Failure {
    Failure::builder(Kind::Unavailable, Origin::Answer { status: 503 }).build()
}

type Span = BTreeMap<String, String>;

/// Returns the spans that are opened, in their order, with all that was recorded of them.
fn seen(open: impl FnOnce()) -> Vec<Span> {
    let spans = Arc::default();
    tracing::subscriber::with_default(Listener { spans: Arc::clone(&spans) }, open);
    std::mem::take(&mut *spans.lock().unwrap())
}

struct Listener {
    spans: Arc<Mutex<Vec<Span>>>,
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "readmit"
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let name = ("name".to_owned(), attributes.metadata().name().to_owned());
        let mut fields = Fields(BTreeMap::from([name]));
        attributes.record(&mut fields);
        let mut spans = self.spans.lock().unwrap();
        spans.push(fields.0);
        Id::from_u64(u64::try_from(spans.len()).unwrap())
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.spans.lock().unwrap();
        let at = usize::try_from(span.into_u64()).unwrap() - 1;
        let mut fields = Fields(std::mem::take(&mut spans[at]));
        values.record(&mut fields);
        spans[at] = fields.0;
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields(Span);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}
