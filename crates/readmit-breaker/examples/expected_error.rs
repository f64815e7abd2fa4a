//! Which errors speak against the service: the `expected_exception` of other breakers.
//!
//! `cargo run --package readmit-breaker --example expected_error`

use std::io::{Error, ErrorKind};

use readmit_breaker::{CallError, Config, Outcome, Shared, State};

fn main() {
    let breaker = Shared::new(Config::FIVE_IN_A_ROW);
    let call = |kind| breaker.call_judged(|| Err::<(), _>(Error::from(kind)), judge);

    for _ in 0..100 {
        assert!(matches!(call(ErrorKind::NotFound), Err(CallError::Failed(_))));
    }
    println!("after 100 answers that there is no such thing: {}", breaker.state());
    assert_eq!(breaker.state(), State::Closed);

    for _ in 0..5 {
        assert!(matches!(call(ErrorKind::TimedOut), Err(CallError::Failed(_))));
    }
    println!("after 5 timeouts: {}", breaker.snapshot());
    assert!(matches!(call(ErrorKind::TimedOut), Err(CallError::Rejected(_))));
}

/// An answer is a sign of life, and a caller's own mistake says nothing.
fn judge(error: &Error) -> Outcome {
    if ANSWERS.contains(&error.kind()) {
        Outcome::Succeed
    } else if error.kind() == ErrorKind::InvalidInput {
        Outcome::Ignore
    } else {
        Outcome::Fail
    }
}

const ANSWERS: [ErrorKind; 2] = [ErrorKind::NotFound, ErrorKind::PermissionDenied];
