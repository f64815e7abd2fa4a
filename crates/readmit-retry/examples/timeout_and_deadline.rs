//! Each attempt has its time, and so has the call: what is cut off, and what is given up.
//!
//! `cargo run --package readmit-retry --example timeout_and_deadline`

use std::future::pending;
use std::time::Duration;

use readmit_retry::{Fault, Jitter, Operation, Policy, Verdict};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::sequence([10, 20, 40].map(Duration::from_millis))
        .jitter(Jitter::TENTH)
        .deadline(Duration::from_millis(100))
        .build()?;

    let failed = pending::<Result<(), String>>
        .retry_with(&policy, tokio::time::sleep)
        .attempt_timeout(Duration::from_millis(30), |after| format!("no answer in {after:?}"))
        .notify(|failed| println!("attempt {}: {:?}", failed.number(), failed.next()))
        .verdict(|_late| Verdict::Retry.because(Fault::TimedOut))
        .await;

    match failed {
        Ok(()) => println!("answered"),
        Err(failed) => println!("{failed}: {}", failed.error()),
    }
    Ok(())
}
