//! A server that says how long to wait, several judges of one failure, and a wait too long.
//!
//! `cargo run --package readmit-retry --example server_delay`

use std::time::Duration;

use readmit_retry::{ConfigError, Jitter, Opinion, Policy, Verdict, retry_blocking};

/// What a server answered in place of what it was asked for.
#[derive(Clone, Copy, Debug)]
struct Refusal {
    status: u16,
    retry_after: Option<Duration>,
}

fn main() -> Result<(), ConfigError> {
    let policy = Policy::exponential(Duration::from_millis(1))
        .jitter(Jitter::None)
        .server_cap(Duration::from_secs(60))
        .build()?;
    let busy = Refusal { status: 503, retry_after: None };
    let wait = |secs| Refusal { status: 429, retry_after: Some(Duration::from_secs(secs)) };
    let denied = Refusal { status: 403, retry_after: None };

    for script in [[busy, wait(30)], [wait(300), busy], [denied, busy]] {
        let mut answers = script.into_iter();
        let mut waited = Vec::new();
        let op = || answers.next().map_or(Ok("hello"), Err);

        let answer = retry_blocking(&policy, |delay| waited.push(delay), op).verdict(judge);

        match answer {
            Ok(greeting) => println!("{greeting} after waits of {waited:?}"),
            Err(failed) => println!("status {}: {failed}", failed.error().status),
        }
    }
    Ok(())
}

/// Asks who knows the status, then who knows the server, then who may say no.
fn judge(refusal: &Refusal) -> Verdict {
    let by_status = match refusal.status {
        429 | 502..=504 => Opinion::Vote(Verdict::Retry),
        _ => Opinion::Abstain,
    };
    let by_server = match (by_status, refusal.retry_after) {
        (Opinion::Vote(_), Some(delay)) => Opinion::Vote(Verdict::RetryAfter(delay)),
        (Opinion::Abstain | Opinion::Forbid | Opinion::Vote(_), _) => Opinion::Abstain,
    };
    let by_caller = if refusal.status == 403 { Opinion::Forbid } else { Opinion::Abstain };
    Verdict::of([by_status, by_server, by_caller])
}
