//! Two of three probes close the circuit, and one that is lost is replaced when its lease ends.
//!
//! `cargo run --package readmit-breaker --example probe_lease`

use std::time::Duration;

use readmit_breaker::{Breaker, Config, Outcome, State};
use readmit_core::{Clock, Draw, SystemClock};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let t0 = SystemClock.now();
    let lease = Duration::from_secs(30);
    let config = Config::consecutive_failures(1).probes(2, 3).probe_lease(lease).build()?;
    let mut breaker = Breaker::new(config);
    breaker.probe_now(t0);

    let good = breaker.try_acquire(t0, Draw::MIN).decision?;
    let undecided = breaker.settle(t0, good, Outcome::Succeed, Draw::MIN);
    assert_eq!(undecided.change, None);
    let _lost = breaker.try_acquire(t0, Draw::MIN).decision?;
    let _lost_too = breaker.try_acquire(t0, Draw::MIN).decision?;
    let rejected = breaker.rejection(t0).ok_or("a fourth probe")?;
    println!("{rejected}");
    assert_eq!(rejected.retry_at(), Some(t0 + lease));

    let later = t0 + lease;
    let replacement = breaker.try_acquire(later, Draw::MIN).decision?;
    let decided = breaker.settle(later, replacement, Outcome::Succeed, Draw::MIN);

    println!("after {lease:?}: {:?}", decided.change);
    assert_eq!(breaker.state(later), State::Closed);
    Ok(())
}
