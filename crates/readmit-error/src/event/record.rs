use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::{CallContext, Event};
use crate::Failure;

/// An event in its call: when, whose, and after which failure.
///
/// It serialises to one flat object: `timestamp`, the attributes of the event and those of the
/// call; the failure is nested.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// When it happened, by the wall clock of the client.
    #[serde(rename = "timestamp", with = "instant")]
    pub at: SystemTime,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// Whose call it was; empty where the event belongs to no call.
    #[serde(flatten)]
    pub call: CallContext,
    /// The failure that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

    /// Waits until everything that was taken is where it belongs, at most this long.
    ///
    /// It may block, unlike [`record`](Sink::record), and is called before a program ends. What
    /// keeps nothing back, the default, has nothing to do.
    ///
    /// # Errors
    ///
    /// [`Unflushed`] where the time was not enough.
    fn flush(&self, within: Duration) -> Result<(), Unflushed> {
        let _ = within;
        Ok(())
    }
}

/// A sink still keeps records back.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{pending} records are not where they belong yet")]
#[expect(clippy::exhaustive_structs, reason = "a sink of anybody's makes one")]
pub struct Unflushed {
    /// How many.
    pub pending: u64,
}

impl<S: Sink + ?Sized> Sink for &S {
    fn record(&self, record: &Record) {
        (**self).record(record);
    }

    fn flush(&self, within: Duration) -> Result<(), Unflushed> {
        (**self).flush(within)
    }
}

impl<S: Sink + ?Sized> Sink for Arc<S> {
    fn record(&self, record: &Record) {
        (**self).record(record);
    }

    fn flush(&self, within: Duration) -> Result<(), Unflushed> {
        (**self).flush(within)
    }
}

/// Writes an instant as RFC 3339 does.
mod instant {
    use std::time::SystemTime;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::rfc3339;

    pub(super) fn serialize<S: Serializer>(
        at: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339::format(*at))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(from)?;
        rfc3339::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 instant"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Kind, Origin};

    #[test]
    fn a_record_is_one_flat_object_with_the_failure_in_it() {
        let event = Event::CredentialsRejected { challenge_error: None, consecutive: 2 };
        let failure =
            Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 }).build();
        let record = Record::new(SystemTime::UNIX_EPOCH, event)
            .call(CallContext::default().user("u_1").template("/flows/{id}"))
            .failure(failure);

        let mut written = serde_json::to_value(&record).unwrap();

        assert_eq!(serde_json::from_value::<Record>(written.clone()).unwrap(), record);
        written.as_object_mut().unwrap().remove("failure");
        assert_eq!(
            written,
            json!({
                "timestamp": "1970-01-01T00:00:00Z",
                "event": "readmit.auth.credentials.rejected",
                "readmit.auth.consecutive_failures": 2,
                "user.id": "u_1",
                "url.template": "/flows/{id}",
            })
        );
    }
}
