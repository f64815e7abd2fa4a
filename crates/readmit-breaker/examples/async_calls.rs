//! On a runtime: calls are awaited, and one that its caller gave up on counts as what it is.
//!
//! `cargo run --package readmit-breaker --example async_calls`

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use readmit_breaker::{Config, Outcome, Shared, State};
use readmit_core::Clock;
use tokio::time::timeout;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::failure_rate(50, 100).min_calls(4).build()?;
    let breaker = Arc::new(Shared::timed_by(TokioClock, config));

    let answer = breaker.call_async(|| async { Ok::<_, std::io::Error>("hello") }).await?;
    println!("{answer}");

    // A permit that goes along into a task of its own.
    let call = breaker.try_acquire_owned()?;
    tokio::spawn(async move { call.settle(Outcome::Succeed) }).await?;

    // A backend that hangs, and callers who wait for it for 15 seconds.
    for _ in 0..2 {
        let answer = breaker.call_async(pending::<Result<(), std::io::Error>>);
        assert!(timeout(Duration::from_secs(15), answer).await.is_err());
    }

    println!("{}", breaker.snapshot());
    assert_eq!(breaker.state(), State::Open);
    Ok(())
}

/// The clock of the runtime, which a paused runtime moves on by itself.
#[derive(Clone, Copy, Debug)]
struct TokioClock;

impl Clock for TokioClock {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn wall(&self) -> SystemTime {
        readmit_core::SystemClock.wall()
    }
}
