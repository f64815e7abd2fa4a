//! The server that sends the circuit into opening says for how long.
//!
//! `cargo run --package readmit-breaker --example retry_after`

use std::time::Duration;

use readmit_breaker::{Config, Outcome, Report, Shared, State};
use readmit_core::{Clock, SystemClock};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::consecutive_failures(2)
        .open_for(Duration::from_secs(5))
        .server_cap(Duration::from_secs(60))
        .jitter(0)
        .build()?;
    let now = SystemClock.now();

    for (asked, opens_for) in [(1, 5), (42, 42), (3_600, 60)] {
        let breaker = Shared::new(config.clone());
        let unavailable = Report::from(Outcome::Fail)
            .because("unavailable")
            .retry_after(Duration::from_secs(asked));
        for _ in 0..2 {
            breaker.try_acquire_at(now)?.settle_at(now, unavailable);
        }

        let rejected = breaker.rejection_at(now).ok_or("the circuit is closed")?;
        let waits = rejected.retry_at().map(|at| at - now);
        println!("asked for {asked} s, open for {waits:?}: {rejected}");
        assert_eq!(waits, Some(Duration::from_secs(opens_for)));
        assert_eq!(breaker.state(), State::Open);
    }
    Ok(())
}
