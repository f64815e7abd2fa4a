use std::sync::Arc;

use readmit_core::Clock;
use readmit_error::Failure;
use readmit_error::event::{CallContext, Event, Record, RefreshTrigger, Sink};
use readmit_log::Spans;
use tracing::Span;

use crate::secrets::Secrets;

/// Those who are told what happens.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) sinks: Arc<[Arc<dyn Sink>]>,
    pub(crate) clock: Arc<dyn Clock>,
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
        Watch { sinks: Arc::new([]), clock, spans: None, secrets }
    }

    pub(crate) fn tell(&self, event: Event, call: CallContext, failure: Option<&Failure>) {
        if self.sinks.is_empty() {
            return;
        }
        let mut record = Record::new(self.clock.wall(), event).call(call);
        record.failure = failure.cloned();
        for sink in self.sinks.iter() {
            sink.record(&record);
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
