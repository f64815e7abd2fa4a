use std::sync::Arc;
use std::time::SystemTime;

use super::{CallContext, Event};
use crate::Failure;

/// An event in its call: when, whose, and after which failure.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// When it happened, by the wall clock of the client.
    pub at: SystemTime,
    /// What happened.
    pub event: Event,
    /// Whose call it was; empty where the event belongs to no call.
    pub call: CallContext,
    /// The failure that led to it.
    pub failure: Option<Failure>,
}

impl Record {
    /// Returns a record of an event that belongs to no call.
    #[must_use]
    pub fn new(at: SystemTime, event: Event) -> Record {
        Record { at, event, call: CallContext::default(), failure: None }
    }

    /// Sets the call that the event belongs to.
    #[must_use]
    pub fn call(mut self, call: CallContext) -> Record {
        self.call = call;
        self
    }

    /// Sets the failure that led to the event.
    #[must_use]
    pub fn failure(mut self, failure: Failure) -> Record {
        self.failure = Some(failure);
        self
    }
}

/// Takes records: a log, a monitor, a test.
///
/// A sink is called on the path of a call that already failed or recovered, never on a healthy one.
/// It must neither block nor fail: what has to be written somewhere slow goes into a queue first
/// (rule 84).
///
/// # Example
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// use readmit_error::event::{Record, Sink};
///
/// #[derive(Debug, Default)]
/// struct Counter(AtomicU32);
///
/// impl Sink for Counter {
///     fn record(&self, _: &Record) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// let counter = Counter::default();
/// # use readmit_error::event::Event;
/// # use std::time::SystemTime;
/// counter.record(&Record::new(SystemTime::UNIX_EPOCH, Event::MonitorEnabled { monitor: "m".into() }));
/// assert_eq!(counter.0.into_inner(), 1);
/// ```
pub trait Sink: std::fmt::Debug + Send + Sync {
    /// Takes one record.
    fn record(&self, record: &Record);
}

impl<S: Sink + ?Sized> Sink for &S {
    fn record(&self, record: &Record) {
        (**self).record(record);
    }
}

impl<S: Sink + ?Sized> Sink for Arc<S> {
    fn record(&self, record: &Record) {
        (**self).record(record);
    }
}
