//! Alerts that are posted to a webhook, by a transport of your own.
//!
//! `cargo run --package readmit-monitor --example webhook`

use readmit_monitor::{Config, Monitor, Posting, Webhook, WebhookQueue};

/// Prints what it would post.
#[derive(Debug)]
struct Chat;

impl Webhook for Chat {
    fn post(&self, body: String) -> Posting<'_> {
        Box::pin(async move {
            println!("{body}");
            Ok(())
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let queue = WebhookQueue::new(64);
    let config = Config::builder().threshold("PAYMENT_DECLINED", 3).build();
    let monitor = Monitor::new(config.unwrap_or_default()).sink(queue.clone());

    // The fourth within an hour fires, and the seventh is above twice the threshold.
    for _ in 0..7 {
        monitor.record_code("PAYMENT_DECLINED");
    }

    queue.close();
    queue.post_all(&Chat).await;
    assert_eq!((queue.failed(), queue.dropped()), (0, 0));
    assert_eq!(monitor.check_thresholds().len(), 1);
}
