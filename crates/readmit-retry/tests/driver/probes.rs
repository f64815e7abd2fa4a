//! What other crates were seen to do wrong.

use std::future::ready;
use std::time::Duration;

use readmit_retry::{
    Budget, Call, ConfigError, GiveUp, Jitter, Policy, Verdict, retry, retry_blocking,
};
use tokio::time::sleep;

use crate::clock::Stopped;
use crate::second_doubling;

/// The server says wait 300 ms and the policy says 1 ms, in every form.
#[tokio::test(start_paused = true)]
async fn r43_no_backoff_and_no_jitter_lowers_a_server_delay() {
    let server = Duration::from_millis(300);
    let milli = Duration::from_millis(1);
    for builder in [
        Policy::constant(milli),
        Policy::decorrelated(milli),
        Policy::exponential(milli),
        Policy::growing(milli, 1.5),
        Policy::sequence([milli, milli]),
        Policy::constant(milli).jitter(Jitter::TENTH),
        Policy::constant(milli).jitter(Jitter::Equal),
    ] {
        let policy = builder.build().unwrap();
        let begun = tokio::time::Instant::now();
        let mut answers = [Err("slow down"), Ok(())].into_iter();

        let answer = retry(&policy, sleep, || ready(answers.next().unwrap()))
            .verdict(|_slow_down| Verdict::RetryAfter(server))
            .await;

        assert_eq!(answer, Ok(()));
        assert!(server <= begun.elapsed(), "{policy:?}");
        assert!(begun.elapsed() <= server + 2 * milli, "{policy:?}");
    }
}

/// 1,000 calls of four attempts to a backend that is dead put about 1,100 on the wire.
#[test]
fn r46_calls_to_a_dead_backend_are_hardly_more_than_the_calls() {
    let clock = Stopped::new();
    let budget = Budget::default();
    let policy = second_doubling().max_attempts(4).build().unwrap();
    let mut sent = 0;

    for _ in 0..1_000 {
        let call = Call::new(&policy).clock(&clock).budget(&budget);
        let op = || {
            sent += 1;
            Err::<(), _>("dead")
        };
        assert!(retry_blocking(call, |_| {}, op).verdict(|_| Verdict::Retry).is_err());
    }

    assert_eq!(sent, 1_100);
}

/// What is out of the scope of a client's retries is sent once.
#[test]
fn a_request_that_is_out_of_scope_is_sent_once() {
    let mut sent = 0;
    let op = || {
        sent += 1;
        Err::<(), _>("other.example.com")
    };

    let failed = retry_blocking(&Policy::DEFAULT, |_| {}, op)
        .verdict(|host| if *host == "api.example.com" { Verdict::Retry } else { Verdict::Stop })
        .unwrap_err();

    assert_eq!((sent, failed.why()), (1, GiveUp::Stopped));
}

/// A factor of NaN, which elsewhere is accepted and panics on the second attempt.
#[test]
fn a_factor_that_is_no_number_does_not_build() {
    let refused = Policy::growing(Duration::from_secs(1), f64::NAN).build();

    assert!(matches!(refused, Err(ConfigError::FactorOutOfRange { .. })), "{refused:?}");
}
