use std::sync::Arc;

use readmit_core::Clock;
use readmit_error::Failure;
use readmit_error::event::{CallContext, Event, Record, Sink};

/// Those who are told what happens.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) sinks: Arc<[Arc<dyn Sink>]>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Watch {
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
}
