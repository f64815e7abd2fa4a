//! The standard mode of the AWS SDKs: three attempts, and 500 credits that all calls share.
//!
//! `cargo run --package readmit-retry --example aws_standard`

use std::io::{Error, ErrorKind};
use std::time::Duration;

use readmit_core::{Clock, SystemClock};
use readmit_retry::{
    Allowance, Budget, Call, Fault, OperationBlocking, Policy, Verdict, retry_blocking,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::aws_standard().cap(Duration::from_secs(1)).build()?;
    let budget = Budget::new(Allowance::AWS_STANDARD);

    // A timeout takes 10 credits, and the success after it brings them back.
    let mut answers = [Err(Error::from(ErrorKind::TimedOut)), Ok("hello")].into_iter();
    let answer = (|| answers.next().unwrap_or(Ok("again")))
        .retry_blocking(Call::new(&policy).budget(&budget))
        .notify(|failed| println!("attempt {}: {}", failed.number(), failed.error()))
        .verdict(|_late| Verdict::Retry.because(Fault::TimedOut))?;
    println!("{answer}, {} credits", budget.credits(SystemClock.now()));

    // A service that is down: 50 calls use up what there is, and the rest fail at once.
    let mut sent = 0;
    for _ in 0..200 {
        let down = || {
            sent += 1;
            Err::<(), _>("down")
        };
        let call = Call::new(&policy).budget(&budget);
        let failed = retry_blocking(call, |_delay| {}, down).verdict(|_down| Verdict::Retry);
        assert!(failed.is_err());
    }
    println!("200 calls, {sent} attempts");
    Ok(())
}
