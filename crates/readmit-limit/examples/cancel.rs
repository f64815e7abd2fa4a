//! Whoever gives up waiting has taken nothing, and the next one is served in its place.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use readmit_core::{Clock, SystemClock};
use readmit_limit::{Config, Quota, Shared};
use tokio::time::{sleep, timeout};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (one, ten) = (NonZeroU32::MIN, NonZeroU32::MIN.saturating_add(9));
    let limiter = Arc::new(Shared::new(Config::quota(Quota::per_second(ten))));
    let begun_at = SystemClock.now();
    let after = move || SystemClock.now().saturating_duration_since(begun_at).as_millis();

    let tasks = ["first", "second", "third"].map(|name| {
        let limiter = Arc::clone(&limiter);
        // The second is cut off in the middle of its wait, as by a timeout or a `select!`.
        let patience = Duration::from_millis(if name == "second" { 50 } else { 1_000 });
        tokio::spawn(async move {
            match timeout(patience, limiter.acquire_with(sleep, one, None)).await {
                Ok(Ok(())) => println!("{name}: served after {} ms", after()),
                Ok(Err(denied)) => println!("{name}: {denied}"),
                Err(_elapsed) => println!("{name}: gave up after {} ms", after()),
            }
        })
    });
    for task in tasks {
        // A task that panicked has said so itself.
        let _ended = task.await;
    }
    // The third came after 100 ms, when it would have been the second's turn.
    println!("then: the next call in {} ms", limiter.peek().wait().as_millis());
}
