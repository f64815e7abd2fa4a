use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use readmit::error::event::{Event, Record, Sink};

/// Counts the retries that a client reports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counter {
    retries: Arc<AtomicU32>,
}

impl Counter {
    pub(crate) fn retries(&self) -> u32 {
        // Relaxed: read after the calls were joined.
        self.retries.load(Ordering::Relaxed)
    }
}

impl Sink for Counter {
    fn record(&self, record: &Record) {
        if matches!(record.event, Event::RetryScheduled { .. }) {
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
    }
}
