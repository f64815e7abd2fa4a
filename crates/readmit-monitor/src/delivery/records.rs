use readmit_error::event::{Record, Sink};

use super::AlertSink;
use crate::Alert;

/// Tells a sink of events, such as a log, of alerts that begin and end.
///
/// # Example
///
/// ```
/// use std::sync::Mutex;
///
/// use readmit_error::event::{Record, Sink};
/// use readmit_monitor::{AlertRecords, Config, Monitor};
///
/// #[derive(Debug, Default)]
/// struct Log(Mutex<Vec<&'static str>>);
///
/// impl Sink for Log {
///     fn record(&self, record: &Record) {
///         self.0.lock().unwrap().push(record.event.name());
///     }
/// }
///
/// let log = std::sync::Arc::new(Log::default());
/// let monitor = Monitor::new(Config::default()).sink(AlertRecords::new(log.clone()));
/// for _ in 0..21 {
///     monitor.record_code("AUTH_002");
/// }
/// assert_eq!(*log.0.lock().unwrap(), ["readmit.alert.fired"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AlertRecords<S: Sink> {
    sink: S,
}

impl<S: Sink> AlertRecords<S> {
    /// Returns a sink of alerts that tells this sink of events.
    #[must_use]
    pub fn new(sink: S) -> AlertRecords<S> {
        AlertRecords { sink }
    }
}

impl<S: Sink> AlertSink for AlertRecords<S> {
    fn alert(&self, alert: &Alert) {
        if let Some(event) = alert.event() {
            let at = alert.started_at.checked_add(alert.lasted).unwrap_or(alert.started_at);
            self.sink.record(&Record::new(at, event));
        }
    }
}
