use std::cell::LazyCell;

use readmit_error::event::{CallContext, RecoveryOutcome, RefreshTrigger};
use readmit_error::{Failure, neutralise};
use tracing::Span;
use tracing::field::Empty;

use crate::redact::Redactor;
use crate::tracing_sink::error_type;

/// Opens the spans of a call, as OpenTelemetry wants those of an HTTP client, under the target
/// `readmit`.
///
/// ```text
/// readmit.operation                the call; an error only where the call ended in one (rule 86)
///   ├─ GET /items/{id}             an attempt that failed, with its `error.type`
///   ├─ readmit.auth.refresh        what was done about it
///   └─ GET /items/{id}             the attempt that succeeded, `http.request.resend_count` = 1
/// ```
///
/// Opening one costs next to nothing where no subscriber wants it: then nobody asks what call it is
/// of. A call whose caller has left is
/// no failure: its spans end as they are.
///
/// The fields `otel.name`, `otel.kind` and `otel.status_code` are those that `tracing-opentelemetry`
/// reads.
///
/// # Example
///
/// ```
/// use readmit_error::event::CallContext;
/// use readmit_error::{Failure, Kind, Origin};
/// use readmit_log::Spans;
/// use readmit_log::redact::Redactor;
///
/// let spans = Spans::new(Redactor::new());
/// let call = CallContext::default().template("/items/{id}");
///
/// let operation = spans.operation(|| call.clone());
/// let url = "https://api.test/items/7?key=abc";
/// let attempt = operation.in_scope(|| spans.attempt(|| call, url, 0));
/// Spans::answered(&attempt, 503);
/// Spans::failed(&attempt, &Failure::builder(Kind::Unavailable, Origin::Answer { status: 503 }).build());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Spans {
    redactor: Redactor,
}

impl Spans {
    /// Returns what opens spans, whose URLs this redactor redacts.
    #[must_use]
    pub fn new(redactor: Redactor) -> Spans {
        Spans { redactor }
    }

    /// Opens the span of a whole call, the attempts and whatever is between them.
    #[must_use]
    pub fn operation(&self, call: impl FnOnce() -> CallContext) -> Span {
        let call = LazyCell::new(call);
        tracing::info_span!(
            target: "readmit",
            "readmit.operation",
            otel.kind = "internal",
            otel.status_code = Empty,
            error.type = Empty,
            http.request.method = method(&call),
            url.template = call.template.as_deref().map(|template| self.shown(template)),
            server.address = call.server.as_deref().map(|server| self.shown(server)),
            server.port = call.port,
            readmit.request.id = call.request_id.as_deref().map(|id| self.shown(id)),
            readmit.recovery.outcome = Empty,
        )
    }

    /// Opens the span of one time that a request is sent, `resends` times after the first.
    #[must_use]
    pub fn attempt(&self, call: impl FnOnce() -> CallContext, url: &str, resends: u32) -> Span {
        let call = LazyCell::new(call);
        tracing::info_span!(
            target: "readmit",
            "readmit.attempt",
            otel.name = self.name(&call),
            otel.kind = "client",
            otel.status_code = Empty,
            error.type = Empty,
            http.request.method = method(&call),
            http.request.resend_count = Some(resends).filter(|resends| 0 < *resends),
            http.response.status_code = Empty,
            server.address = call.server.as_deref().map(|server| self.shown(server)),
            server.port = call.port,
            url.full = neutralise(&self.redactor.url(url), URL_LIMIT),
            url.template = call.template.as_deref().map(|template| self.shown(template)),
        )
    }

    /// Opens the span of a refresh, which has no call: many may wait for it.
    #[must_use]
    pub fn refresh(&self, trigger: RefreshTrigger) -> Span {
        let trigger = match trigger {
            RefreshTrigger::Proactive => "proactive",
            RefreshTrigger::Reactive => "reactive",
        };
        tracing::info_span!(
            target: "readmit",
            "readmit.auth.refresh",
            otel.kind = "internal",
            otel.status_code = Empty,
            error.type = Empty,
            readmit.auth.refresh.trigger = trigger,
        )
    }

    /// Says what status an attempt was answered with; one of 400 or more is an error of its span.
    pub fn answered(span: &Span, status: u16) {
        span.record("http.response.status_code", status);
        if 400 <= status {
            span.record("otel.status_code", "ERROR");
        }
    }

    /// Says what failed; of an operation, only where it ended so.
    pub fn failed(span: &Span, failure: &Failure) {
        span.record("error.type", error_type(failure.kind()));
        span.record("otel.status_code", "ERROR");
    }

    /// Says how an operation ended that was in need of recovery, or not.
    pub fn ended(span: &Span, outcome: RecoveryOutcome) {
        span.record("readmit.recovery.outcome", outcome.as_str());
    }

    /// The name of an attempt: the method, and the template where there is one.
    fn name(&self, call: &CallContext) -> String {
        let method = method(call).filter(|method| *method != OTHER).unwrap_or("HTTP");
        match &call.template {
            Some(template) => format!("{method} {}", self.shown(template)),
            None => method.to_owned(),
        }
    }

    fn shown(&self, text: &str) -> String {
        neutralise(&self.redactor.text(text), TEXT_LIMIT)
    }
}

/// The method, where it is one that everybody knows: others would make a series of metrics each.
fn method(call: &CallContext) -> Option<&'static str> {
    let method = call.method.as_deref()?;
    Some(KNOWN.iter().find(|known| **known == method).copied().unwrap_or(OTHER))
}

/// RFC 9110 section 9.3 and RFC 5789.
const KNOWN: &[&str] =
    &["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
const OTHER: &str = "_OTHER";
/// Characters of a URL that are told.
const URL_LIMIT: usize = 2_048;
/// Characters of what else is told.
const TEXT_LIMIT: usize = 256;
