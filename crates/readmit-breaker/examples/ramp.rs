//! A circuit that closes admits a growing share of calls, for a service that must warm up.
//!
//! `cargo run --package readmit-breaker --example ramp`

use std::time::Duration;

use readmit_breaker::{Config, Outcome, Shared};
use readmit_core::{Clock, Draws, SystemClock};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let second = Duration::from_secs(1);
    let config = Config::consecutive_failures(1).jitter(0).ramp(10 * second).build()?;
    let breaker = Shared::new(config).draws(Draws::seeded(7));

    // A failure opens it for five seconds, and the probe that succeeds then closes it.
    let opened_at = SystemClock.now();
    breaker.try_acquire_at(opened_at)?.settle_at(opened_at, Outcome::Fail);
    let closed_at = opened_at + 5 * second;
    breaker.try_acquire_at(closed_at)?.settle_at(closed_at, Outcome::Succeed);

    let mut shares = Vec::new();
    for seconds in [0, 5, 10] {
        let now = closed_at + seconds * second;
        let admitted = (0..1_000).filter(|_| breaker.try_acquire_at(now).is_ok()).count();
        println!("{seconds:>2} s after closing: {admitted} of 1000 calls");
        shares.push(admitted);
    }

    assert!(shares[0] < 200 && shares[0] < shares[1] && shares[1] < 700);
    assert_eq!(shares[2], 1_000);
    Ok(())
}
