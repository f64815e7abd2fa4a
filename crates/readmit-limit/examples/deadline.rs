//! Eight tasks wait for their turn, in order; one of them has less patience than it would take.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use readmit_core::{Clock, SystemClock};
use readmit_limit::{Config, Quota, Shared};
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (one, twenty) = (NonZeroU32::MIN, NonZeroU32::MIN.saturating_add(19));
    let limiter = Arc::new(Shared::new(Config::quota(Quota::per_second(twenty))));
    let begun_at = SystemClock.now();

    let tasks: Vec<_> = (1..=8)
        .map(|task| {
            let limiter = Arc::clone(&limiter);
            let patience = Duration::from_millis(if task == 5 { 100 } else { 1_000 });
            tokio::spawn(async move {
                let served = limiter.acquire_with(sleep, one, Some(begun_at + patience)).await;
                let after = SystemClock.now().saturating_duration_since(begun_at);
                match served {
                    Ok(()) => println!("task {task} after {} ms", after.as_millis()),
                    Err(denied) => println!("task {task} at once: {denied}"),
                }
            })
        })
        .collect();
    for task in tasks {
        // A task that panicked has said so itself.
        let _ended = task.await;
    }
}
