//! Attempts that are cut off, in virtual time.

use std::cell::Cell;
use std::future::{pending, ready};
use std::rc::Rc;
use std::time::Duration;

use readmit_core::Clock;
use readmit_retry::{Call, Fault, GiveUp, Jitter, Policy, Verdict, retry};
use tokio::time::sleep;

use crate::clock::{Unread, Virtual};

#[tokio::test(start_paused = true)]
async fn r49_the_wait_is_outside_the_attempt_timeout() {
    let clock = Virtual::new();
    let begun = clock.now();
    let policy = Policy::constant(secs(60)).jitter(Jitter::None).build().unwrap();

    let failed = retry(&policy, sleep, pending::<Result<(), Duration>>)
        .attempt_timeout(secs(5), |after| after)
        .verdict(|_after| Verdict::Retry)
        .await
        .unwrap_err();

    assert_eq!(clock.now() - begun, secs(5 + 60 + 5 + 60 + 5));
    assert_eq!((failed.attempts(), failed.into_error()), (3, secs(5)));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_given_what_is_left_until_the_deadline() {
    let clock = Virtual::new();
    let begun = clock.now();
    let policy = Policy::constant(secs(1)).jitter(Jitter::None).deadline(secs(8)).build().unwrap();
    let call = Call::new(&policy).clock(&clock);
    let told = Cell::new(Vec::new());

    let failed = retry(call, sleep, pending::<Result<(), Duration>>)
        .attempt_timeout(secs(5), |after| after)
        .notify(|failed| told.set([told.take(), vec![*failed.error()]].concat()))
        .verdict(|_after| Verdict::Retry.because(Fault::TimedOut))
        .await
        .unwrap_err();

    // 5 s, a wait of 1 s, and the 2 s that are left.
    assert_eq!(told.take(), [5, 2].map(secs));
    assert_eq!(clock.now() - begun, secs(8));
    assert!(matches!(failed.why(), GiveUp::DeadlineTooNear { .. }), "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_ends_with_its_timeout_has_ended() {
    let op = || async {
        sleep(secs(5)).await;
        Ok::<_, Duration>("just in time")
    };

    let answer = retry(&Policy::DEFAULT, sleep, op)
        .attempt_timeout(secs(5), |after| after)
        .verdict(|_after| Verdict::Stop)
        .await;

    assert_eq!(answer, Ok("just in time"));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_off_is_dropped_before_the_wait() {
    let held = Rc::new(());
    let policy = Policy::constant(secs(1)).jitter(Jitter::None).build().unwrap();
    let counts = Cell::new(Vec::new());
    let op = || {
        let held = Rc::clone(&held);
        async move {
            pending::<()>().await;
            drop(held);
            Ok::<(), _>(())
        }
    };
    let wait = |delay| {
        counts.set([counts.take(), vec![Rc::strong_count(&held)]].concat());
        sleep(delay)
    };

    let failed = retry(&policy, wait, op)
        .attempt_timeout(secs(5), |_after| "late")
        .verdict(|_late| Verdict::Retry)
        .await
        .unwrap_err();

    // Each attempt is there as its timer starts, and gone as the wait starts.
    assert_eq!(counts.take(), [2, 1, 2, 1, 2]);
    assert_eq!(failed.into_error(), "late");
}

#[tokio::test]
async fn without_a_deadline_an_attempt_timeout_reads_no_clock() {
    let call = Call::new(&Policy::DEFAULT).clock(&Unread);

    let answer = retry(call, sleep, || ready(Ok::<_, ()>(1)))
        .attempt_timeout(secs(5), |_after| ())
        .verdict(|()| Verdict::Stop)
        .await;

    assert_eq!(answer, Ok(1));
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
