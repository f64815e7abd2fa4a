//! Which errors count, what the server asks for, and who is told.

use std::time::Duration;

use readmit_breaker::{Change, Config, Outcome, Report, Shared};

/// The answer of some server.
struct Answer {
    status: u16,
    retry_after: Option<Duration>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::failure_rate(50, 100).min_calls(4).jitter(0).build()?;
    let breaker = Shared::new(config).on_change(|change| {
        if let Change::Opened { evidence, .. } = change {
            println!("opened: {evidence}");
        }
    });

    for status in [200, 401, 429, 503, 503] {
        let answer = Answer { status, retry_after: Some(Duration::from_secs(30)) };
        let call = breaker.try_acquire()?;
        call.settle(report(&answer));
    }

    let snapshot = breaker.snapshot();
    println!("{snapshot}");
    // The 429 is ignored and the 401 an answer, so two of four calls failed.
    assert_eq!((snapshot.tally().calls(), snapshot.tally().failures()), (4, 2));
    Ok(())
}

fn report(answer: &Answer) -> Report {
    let report = Report::from(match answer.status {
        429 => Outcome::Ignore,
        500..=599 => Outcome::Fail,
        _ => Outcome::Succeed,
    });
    match answer.retry_after {
        Some(delay) => report.because("unavailable").retry_after(delay),
        None => report,
    }
}
