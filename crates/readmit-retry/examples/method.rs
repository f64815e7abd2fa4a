//! A closure that is retried, with an error that knows its verdict: no timer and no list to name.
//!
//! `cargo run --package readmit-retry --features tokio --example method`

use std::cell::Cell;
use std::time::Duration;

use readmit_retry::{Failed, Operation, Policy, Retryable, Verdict};

#[derive(Debug)]
enum FetchError {
    Busy,
    NotFound,
}

impl Retryable for FetchError {
    fn verdict(&self) -> Verdict {
        match self {
            FetchError::Busy => Verdict::Retry,
            FetchError::NotFound => Verdict::Stop,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed<FetchError>> {
    let policy = Policy::DEFAULT;
    let calls = Cell::new(0);

    // Boxed, and so the shortest to write where everything is `Send`.
    let item = (|| fetch(0, 7)).retry(&policy).await?;
    println!("{item}");

    // Not boxed; and a hook that is told of each attempt that failed.
    let item = (|| {
        calls.set(calls.get() + 1);
        fetch(if calls.get() < 3 { 1 } else { 0 }, 8)
    })
    .retry(&Policy::constant(Duration::from_millis(1)).build().unwrap_or_default())
    .notify(|failed| println!("attempt {}: {:?}", failed.number(), failed.error()))
    .verdict(Retryable::verdict)
    .await?;
    println!("{item}");

    if let Err(failed) = (|| fetch(0, 404)).retry(&policy).await {
        println!("{failed}: {:?}", failed.error());
    }
    Ok(())
}

async fn fetch(busy: u32, id: u32) -> Result<String, FetchError> {
    match (busy, id) {
        (0, 404) => Err(FetchError::NotFound),
        (0, id) => Ok(format!("item {id}")),
        (_, _) => Err(FetchError::Busy),
    }
}
