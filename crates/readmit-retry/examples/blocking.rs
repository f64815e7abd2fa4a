//! Retries without a runtime, of an operation that borrows mutably, as a function and as a method.
//!
//! `cargo run --package readmit-retry --example blocking`

use std::io::{Error, ErrorKind};
use std::time::Duration;

use readmit_retry::{Jitter, Next, OperationBlocking, Policy, Verdict, retry_blocking};

/// A store that is locked at first.
#[derive(Debug)]
struct Store {
    locked_for: u32,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::exponential(Duration::from_millis(2))
        .jitter(Jitter::None)
        .max_attempts(5)
        .build()?;
    let mut store = Store { locked_for: 2 };

    // The function takes whatever waits; here it only says for how long it would.
    let rows = retry_blocking(&policy, |delay| println!("wait {delay:?}"), || store.count())
        .notify(|failed| match failed.next() {
            Next::GiveUp(why) => println!("attempt {}: {why}", failed.number()),
            Next::RetryIn(_) => println!("attempt {}: {}", failed.number(), failed.error()),
        })
        .verdict(judge)?;
    println!("{rows} rows");

    // The method waits with its thread.
    store.locked_for = 1;
    let rows = (|| store.count()).retry_blocking(&policy).verdict(judge)?;
    println!("{rows} rows");
    Ok(())
}

fn judge(error: &Error) -> Verdict {
    if error.kind() == ErrorKind::WouldBlock { Verdict::Retry } else { Verdict::Stop }
}

impl Store {
    fn count(&mut self) -> Result<u32, Error> {
        match self.locked_for.checked_sub(1) {
            Some(left) => {
                self.locked_for = left;
                Err(ErrorKind::WouldBlock.into())
            }
            None => Ok(42),
        }
    }
}
