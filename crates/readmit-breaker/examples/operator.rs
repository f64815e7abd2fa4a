//! What an operator can do: take a service out, leave it alone, or only look.
//!
//! `cargo run --package readmit-breaker --example operator`

use readmit_breaker::{Change, Config, Outcome, Shared, State};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::failure_rate(50, 10).min_calls(4).build()?;
    let breaker = Shared::new(config).on_change(|change| {
        if let Change::Exceeded { failures: true, .. } = change {
            println!("so many failures would have opened it");
        } else {
            println!("{change:?}");
        }
    });

    // Two teams take it out, and it is back when both have put it back.
    breaker.isolate();
    breaker.isolate();
    breaker.release();
    println!("{}", breaker.rejection().ok_or("it is back too early")?);
    breaker.release();
    assert_eq!(breaker.state(), State::Closed);

    // A new configuration on trial: it counts and tells, and rejects nobody.
    breaker.metrics_only();
    for _ in 0..10 {
        breaker.try_acquire()?.settle(Outcome::Fail);
    }
    println!("{}", breaker.snapshot());
    assert_eq!(breaker.snapshot().tally().failures(), 10);

    // Neither does it reject anybody here, nor does it count.
    breaker.disable();
    for _ in 0..10 {
        breaker.try_acquire()?.settle(Outcome::Fail);
    }
    println!("{}", breaker.snapshot());
    assert_eq!(breaker.snapshot().tally().failures(), 0);

    breaker.close();
    assert_eq!(breaker.state(), State::Closed);
    Ok(())
}
