//! A service that answers, but too late: slow calls open the circuit, also those under way.
//!
//! `cargo run --package readmit-breaker --example slow_calls`

use std::time::Duration;

use readmit_breaker::{Config, Outcome, Reason, Shared};
use readmit_core::{Clock, SystemClock};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let second = Duration::from_secs(1);
    let config = Config::over_calls(100).slow_rate(50, 2 * second).min_calls(10).build()?;
    let now = SystemClock.now();

    // Every call succeeds, and takes three seconds.
    let answers_late = Shared::new(config.clone());
    for _ in 0..10 {
        answers_late.try_acquire_at(now)?.settle_at(now + 3 * second, Outcome::Succeed);
    }
    let rejected = answers_late.rejection_at(now + 3 * second).ok_or("the circuit is closed")?;
    println!("{rejected}");
    assert_eq!(rejected.evidence().map(|why| why.reason()), Some(Reason::SlowCalls));

    // No call has ended, and none need end for the eleventh to be rejected.
    let hangs = Shared::new(config);
    let under_way: Vec<_> = (0..10).map(|_| hangs.try_acquire_at(now)).collect::<Result<_, _>>()?;
    let rejected = hangs.try_acquire_at(now + 3 * second).err().ok_or("the circuit is closed")?;
    println!("{rejected}, {} calls under way", under_way.len());
    assert_eq!(rejected.evidence().map(|why| why.tally().slow()), Some(10));
    Ok(())
}
