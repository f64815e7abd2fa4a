//! Who is told of alerts.

mod channel;
mod records;
#[cfg(feature = "tracing")]
mod traced;
mod webhook;

use std::fmt;
use std::sync::Arc;

pub use self::channel::AlertChannel;
pub use self::records::AlertRecords;
#[cfg(feature = "tracing")]
pub use self::traced::TracingAlerts;
pub use self::webhook::{Posting, Webhook, WebhookQueue};
use crate::Alert;

/// Takes alerts: a log, a channel, a queue.
///
/// It is called on the path of a call, so it must neither block nor fail; what has to go over a
/// network goes through a [`WebhookQueue`].
pub trait AlertSink: fmt::Debug + Send + Sync {
    /// Takes an alert that fired, changed or ended.
    fn alert(&self, alert: &Alert);
}

impl<S: AlertSink + ?Sized> AlertSink for Arc<S> {
    fn alert(&self, alert: &Alert) {
        (**self).alert(alert);
    }
}
