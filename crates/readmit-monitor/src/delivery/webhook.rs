use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use super::AlertSink;
use crate::Alert;

/// The future of a post: it ends well, or with an error that is counted.
pub type Posting<'a> =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Posts a body of JSON to whoever wants to hear of alerts.
///
/// The transport is the user's: this crate has none.
///
/// # Example
///
/// ```
/// use readmit_monitor::{Posting, Webhook};
///
/// #[derive(Debug)]
/// struct Chat {
///     // A client of your own.
/// }
///
/// impl Webhook for Chat {
///     fn post(&self, body: String) -> Posting<'_> {
///         Box::pin(async move {
///             assert!(body.starts_with('{'));
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait Webhook: fmt::Debug + Send + Sync {
    /// Posts the body, as `application/json`.
    ///
    /// It has a timeout of its own: while it waits, no other alert is posted.
    fn post(&self, body: String) -> Posting<'_>;
}

/// Keeps alerts until a task has posted them, on any runtime.
///
/// It is bounded: where it is full the oldest alert makes room and is counted, because the newest
/// says what is (rule 84).
/// A clone is another handle of the same queue: one is the sink, and the other is driven.
///
/// # Example
///
/// ```
/// use readmit_monitor::{Config, Monitor, WebhookQueue};
/// # use readmit_monitor::{Posting, Webhook};
/// # #[derive(Debug)]
/// # struct Chat;
/// # impl Webhook for Chat {
/// #     fn post(&self, _: String) -> Posting<'_> { Box::pin(async { Ok(()) }) }
/// # }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let queue = WebhookQueue::new(64);
/// let monitor = Monitor::new(Config::default()).sink(queue.clone());
/// let task = tokio::spawn({
///     let queue = queue.clone();
///     async move { queue.post_all(&Chat).await }
/// });
///
/// queue.close();
/// task.await
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct WebhookQueue {
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    alerts: VecDeque<Alert>,
    capacity: usize,
    is_closed: bool,
    dropped: u64,
    failed: u64,
    waker: Option<Waker>,
}

impl WebhookQueue {
    /// Returns a queue with room for so many alerts, at least one.
    #[must_use]
    pub fn new(capacity: usize) -> WebhookQueue {
        let inside = Inside { capacity: capacity.max(1), ..Inside::default() };
        WebhookQueue { inside: Arc::new(Mutex::new(inside)) }
    }

    /// Posts alerts as they come, until the queue is closed and empty.
    ///
    /// An alert whose post fails is counted and not posted again: how often to try is for the
    /// transport to know.
    pub async fn post_all(&self, webhook: &dyn Webhook) {
        while let Some(alert) = self.next().await {
            if webhook.post(alert.to_json().to_string()).await.is_err() {
                let mut inside = self.inside();
                inside.failed = inside.failed.saturating_add(1);
            }
        }
    }

    /// Takes the next alert, and waits for it; nothing comes once the queue is closed and empty.
    ///
    /// One task waits at a time: another that does takes the place of the first.
    pub async fn next(&self) -> Option<Alert> {
        poll_fn(|context| {
            let mut inside = self.inside();
            if let Some(alert) = inside.alerts.pop_front() {
                return Poll::Ready(Some(alert));
            }
            if inside.is_closed {
                return Poll::Ready(None);
            }
            inside.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Takes no further alerts; those that are in it are still posted.
    pub fn close(&self) {
        let waker = {
            let mut inside = self.inside();
            inside.is_closed = true;
            inside.waker.take()
        };
        wake(waker);
    }

    /// Returns how many alerts were dropped because the queue was full or closed.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.inside().dropped
    }

    /// Returns how many alerts could not be posted.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.inside().failed
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AlertSink for WebhookQueue {
    fn alert(&self, alert: &Alert) {
        let waker = {
            let mut inside = self.inside();
            if inside.is_closed {
                inside.dropped = inside.dropped.saturating_add(1);
                return;
            }
            if inside.capacity <= inside.alerts.len() {
                inside.alerts.pop_front();
                inside.dropped = inside.dropped.saturating_add(1);
            }
            inside.alerts.push_back(alert.clone());
            inside.waker.take()
        };
        wake(waker);
    }
}

impl fmt::Debug for WebhookQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookQueue").finish_non_exhaustive()
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(not(loom))]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Monitor};

    #[tokio::test]
    async fn alerts_are_posted_in_order_and_failures_counted() {
        let queue = WebhookQueue::new(64);
        let monitor = Monitor::new(Config::default()).sink(queue.clone());
        let hook = Hook::default();
        for _ in 0..21 {
            monitor.record_code("AUTH_002");
        }
        queue.close();

        queue.post_all(&hook).await;

        let phases: Vec<String> = hook.bodies().iter().map(|body| phase(body)).collect();
        assert_eq!(phases, ["fired", "updated"]);
        assert_eq!((queue.failed(), queue.dropped()), (1, 0));
    }

    #[tokio::test]
    async fn one_who_waits_is_woken_by_an_alert_and_by_the_end() {
        let queue = WebhookQueue::new(1);
        let monitor = Monitor::new(Config::default()).sink(queue.clone());
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { (queue.next().await, queue.next().await) }
        });
        tokio::task::yield_now().await;

        for _ in 0..11 {
            monitor.record_code("AUTH_002");
        }
        tokio::task::yield_now().await;
        queue.close();

        let (first, second) = waiting.await.unwrap();
        assert_eq!((first.map(|alert| alert.rule), second), (Some("AUTH_002".to_owned()), None));
    }

    #[test]
    fn the_newest_alert_is_kept() {
        let queue = WebhookQueue::new(1);
        let monitor = Monitor::new(Config::default()).sink(queue.clone());

        for _ in 0..21 {
            monitor.record_code("AUTH_002");
        }

        let inside = queue.inside();
        assert_eq!((inside.alerts.len(), inside.dropped), (1, 1));
        assert_eq!(inside.alerts[0].value, 21.0);
    }

    /// It takes what is posted, and says that the first post failed.
    #[derive(Debug, Default)]
    struct Hook(Mutex<Vec<String>>);

    impl Hook {
        fn bodies(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    impl Webhook for Hook {
        fn post(&self, body: String) -> Posting<'_> {
            Box::pin(async move {
                let mut bodies = self.0.lock().unwrap();
                bodies.push(body);
                if bodies.len() == 1 { Err("refused".into()) } else { Ok(()) }
            })
        }
    }

    fn phase(body: &str) -> String {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        body["phase"].as_str().unwrap().to_owned()
    }
}
