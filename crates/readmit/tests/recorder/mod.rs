//! A sink that keeps the events that it is told.

use std::sync::{Arc, Mutex};

use readmit::error::event::{Event, Record, Sink};

/// Clones keep the same events.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder(pub(crate) Arc<Mutex<Vec<Event>>>);

impl Recorder {
    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }
}

impl Sink for Recorder {
    fn record(&self, record: &Record) {
        self.0.lock().unwrap().push(record.event.clone());
    }
}
