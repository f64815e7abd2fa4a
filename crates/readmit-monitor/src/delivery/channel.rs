use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::AlertSink;
use crate::Alert;

/// Puts alerts into a channel of the standard library.
///
/// Where it is full or nobody receives, the alert is dropped and counted (rule 84).
///
/// # Example
///
/// ```
/// use readmit_monitor::{AlertChannel, Config, Monitor};
///
/// let (sink, alerts) = AlertChannel::new(64);
/// let monitor = Monitor::new(Config::default()).sink(sink);
/// for _ in 0..11 {
///     monitor.record_code("AUTH_002");
/// }
///
/// assert_eq!(alerts.recv()?.rule, "AUTH_002");
/// # Ok::<_, std::sync::mpsc::RecvError>(())
/// ```
#[derive(Debug)]
pub struct AlertChannel {
    sender: SyncSender<Alert>,
    dropped: AtomicU64,
}

impl AlertChannel {
    /// Returns the sink and its other end, with room for so many alerts.
    #[must_use]
    pub fn new(capacity: usize) -> (AlertChannel, Receiver<Alert>) {
        let (sender, receiver) = sync_channel(capacity);
        (AlertChannel { sender, dropped: AtomicU64::new(0) }, receiver)
    }

    /// Returns how many alerts were dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        // Relaxed: the count orders nothing else.
        self.dropped.load(Ordering::Relaxed)
    }
}

impl AlertSink for AlertChannel {
    fn alert(&self, alert: &Alert) {
        if self.sender.try_send(alert.clone()).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(not(loom))]
#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Config, Monitor};

    #[test]
    fn a_full_channel_drops_and_counts() {
        let (sink, alerts) = AlertChannel::new(1);
        let sink = Arc::new(sink);
        let monitor = Monitor::new(Config::default()).sink(Arc::clone(&sink));

        for _ in 0..21 {
            monitor.record_code("AUTH_002");
        }

        assert_eq!((alerts.try_iter().count(), sink.dropped()), (1, 1));
    }
}
