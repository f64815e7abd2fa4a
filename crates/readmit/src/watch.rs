use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use readmit_core::Clock;
use readmit_error::Failure;
use readmit_error::event::{CallContext, Event, Record, RecoveryOutcome, RefreshTrigger, Sink};
use readmit_log::Spans;
use readmit_monitor::Access;
use tracing::Span;

use crate::Monitor;
use crate::account::Scopes;
use crate::meter::Meter;
use crate::outgoing::Outgoing;
use crate::secrets::Secrets;

/// Those who are told what happens.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) sinks: Arc<[Arc<dyn Sink>]>,
    pub(crate) clock: Arc<dyn Clock>,
    /// It is among the sinks as well.
    pub(crate) monitor: Option<Arc<Monitor>>,
    /// What measures how long things take.
    pub(crate) meter: Meter,
    /// `None` where `tracing` is told nothing.
    pub(crate) spans: Option<Spans>,
    /// What none of them is told.
    pub(crate) secrets: Secrets,
}

impl Watch {
    /// Returns one that tells nobody.
    #[cfg(test)]
    pub(crate) fn nobody(clock: Arc<dyn Clock>) -> Watch {
        let secrets = Secrets::new(readmit_log::redact::Redactor::new());
        let meter = Meter::default();
        Watch { sinks: Arc::new([]), clock, monitor: None, meter, spans: None, secrets }
    }

    pub(crate) fn tell(&self, event: Event, call: CallContext, failure: Option<&Failure>) {
        if self.sinks.is_empty() {
            return;
        }
        let mut record = Record::new(self.clock.wall(), event).call(call);
        record.failure = failure.cloned();
        for sink in self.sinks.iter() {
            // Sound: a sink that panicked is another's, and what it told of that is the panic hook's.
            // It costs no call (rule 84).
            let _ = catch_unwind(AssertUnwindSafe(|| sink.record(&record)));
        }
    }

    /// Counts a call by how it ended.
    pub(crate) fn ended(&self, now: Instant, outcome: RecoveryOutcome, failure: Option<&Failure>) {
        if let Some(monitor) = &self.monitor {
            monitor.operation_at(now, outcome, failure);
        }
    }

    /// Notes what somebody may do (rule 91).
    pub(crate) fn allowed(&self, now: Instant, call: &Outgoing) {
        let Some(monitor) = &self.monitor else {
            return;
        };
        let CallContext { user, template, .. } = &call.context;
        let place = template.as_deref().or(call.url.host_str()).unwrap_or_default();
        let who = user.as_deref().unwrap_or_default();
        monitor.allowed_at(now, Access::new(who, call.method.as_str(), place));
    }

    /// Notes a credential that was had, and what it is good for (rule 91).
    pub(crate) fn issued(&self, required: &Scopes, scope: Option<&str>, end: Option<SystemTime>) {
        let Some(monitor) = &self.monitor else {
            return;
        };
        monitor.token_issued(&required.as_slice().join(" "), end);
        for granted in scope.unwrap_or_default().split_ascii_whitespace() {
            monitor.scope_granted(THE_CLIENT, granted);
        }
    }

    /// Notes that a server took a credential which is good for what calls required (rule 91).
    pub(crate) fn used(&self, required: &Scopes) {
        if let Some(monitor) = &self.monitor {
            required.as_slice().iter().for_each(|scope| monitor.scope_used(THE_CLIENT, scope));
        }
    }

    /// Opens the span of a call.
    pub(crate) fn operation(&self, call: impl FnOnce() -> CallContext) -> Span {
        self.spans.as_ref().map_or_else(Span::none, |spans| spans.operation(call))
    }

    /// Opens the span of one time that a request is sent.
    pub(crate) fn attempt(
        &self,
        call: impl FnOnce() -> CallContext,
        url: &str,
        resends: u32,
    ) -> Span {
        self.spans.as_ref().map_or_else(Span::none, |spans| spans.attempt(call, url, resends))
    }

    /// Opens the span of a refresh.
    pub(crate) fn refresh(&self, trigger: RefreshTrigger) -> Span {
        self.spans.as_ref().map_or_else(Span::none, |spans| spans.refresh(trigger))
    }
}

/// Whose scopes those of the client's credential are.
const THE_CLIENT: &str = "";
