//! Calls that are dropped, that panic, or that contain another one: what becomes of the credits.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use readmit_core::Clock;
use readmit_retry::{
    Allowance, Budget, Call, Failed, GiveUp, Percent, Policy, Verdict, retry, retry_blocking,
};

use crate::clock::Stopped;

#[test]
fn r46_wherever_a_call_is_dropped_it_has_paid_for_the_retries_that_were_sent() {
    for is_cut_off in [false, true] {
        let polls: Vec<_> = (0..14).map(|polls| dropped_after(polls, is_cut_off)).collect();

        assert_eq!(polls.first(), Some(&Poll::Pending));
        assert_eq!(polls.last(), Some(&Poll::Ready(4)), "cut off: {is_cut_off}");
    }
}

#[test]
fn r46_a_panic_before_a_retry_gives_its_credit_back() {
    let policy = at_once(2);
    let panics: [fn(Call<'_>); 3] = [
        |call| drop(retry_blocking(call, |_| panic!("wait"), busy).verdict(|_| Verdict::Retry)),
        |call| {
            let told = retry_blocking(call, |_| {}, busy).notify(|_| panic!("hook"));
            drop(told.verdict(|_| Verdict::Retry));
        },
        |call| {
            let verdict = |_: &_| -> Verdict { panic!("verdict") };
            drop(retry_blocking(call, |_| {}, busy).verdict(verdict));
        },
    ];

    for panics in panics {
        let (clock, budget) = (Stopped::new(), ten_credits());
        let call = Call::new(&policy).clock(&clock).budget(&budget);

        assert!(catch_unwind(AssertUnwindSafe(|| panics(call))).is_err());

        assert_eq!(budget.credits(clock.now()), 10);
    }
}

#[test]
fn r46_a_panic_of_a_retry_has_spent_its_credit_and_leaves_the_budget_in_use() {
    let (clock, budget, policy) = (Stopped::new(), ten_credits(), at_once(3));
    let call = Call::new(&policy).clock(&clock).budget(&budget);
    let mut sent = 0;
    let op = || {
        sent += 1;
        if sent == 2 { panic!("on purpose") } else { busy() }
    };

    let panicked = catch_unwind(AssertUnwindSafe(|| {
        retry_blocking(call, |_| {}, op).verdict(|_| Verdict::Retry)
    }));

    assert!(panicked.is_err());
    assert_eq!(budget.credits(clock.now()), 9);
    assert!(retry_blocking(call, |_| {}, busy).verdict(|_| Verdict::Retry).is_err());
    assert_eq!(budget.credits(clock.now()), 7);
}

#[test]
fn a_call_within_a_call_pays_from_the_same_budget() {
    let (clock, budget, policy) = (Stopped::new(), ten_credits(), at_once(3));
    let call = Call::new(&policy).clock(&clock).budget(&budget);
    let inner = || retry_blocking(call, |_| {}, busy).verdict(|_| Verdict::Retry);

    let outer = retry_blocking(call, |_| {}, inner).verdict(|_| Verdict::Retry).unwrap_err();

    // Two retries outside, and two in each of the three attempts.
    assert_eq!(budget.credits(clock.now()), 10 - 2 - 3 * 2);
    assert_eq!(outer.error().why(), GiveUp::Exhausted { attempts: 3 });
}

#[test]
fn r39_a_failure_that_is_not_retried_takes_no_credit() {
    let (clock, budget, policy) = (Stopped::new(), ten_credits(), at_once(3));
    let call = Call::new(&policy).clock(&clock).budget(&budget);
    let mut seen = Vec::new();

    let failed = retry_blocking(call, |_| {}, busy)
        .notify(|_| seen.push(budget.credits(clock.now())))
        .verdict(|_| Verdict::Stop);

    assert_eq!(failed.unwrap_err().why(), GiveUp::Stopped);
    assert_eq!(seen, [10]);
}

#[test]
fn r48_the_first_attempt_is_made_even_after_the_deadline() {
    let clock = Stopped::new();
    let passed = clock.now() - Duration::from_secs(1);
    let policy = at_once(3);
    let call = Call::new(&policy).clock(&clock).until(passed);

    let good = retry_blocking(call, |_| {}, || Ok::<_, ()>(1)).verdict(|()| Verdict::Retry);
    let failed = retry_blocking(call, |_| {}, busy).verdict(|_| Verdict::Retry).unwrap_err();

    assert_eq!(good, Ok(1));
    assert_eq!((failed.attempts(), *failed.error()), (1, "busy"));
    assert!(matches!(failed.why(), GiveUp::DeadlineTooNear { .. }), "{failed:?}");
}

/// Drops a call of four attempts after so many polls, and sees that nothing is left behind.
///
/// Each attempt is pending twice, or for ever and cut off; each wait is pending once.
fn dropped_after(polls: usize, is_cut_off: bool) -> Poll<u32> {
    let (clock, budget, policy) = (Stopped::new(), ten_credits(), at_once(4));
    let call = Call::new(&policy).clock(&clock).budget(&budget);
    let (sent, alive) = (Cell::new(0), Rc::new(()));
    let op = || {
        sent.set(sent.get() + 1);
        let alive = Rc::clone(&alive);
        async move {
            pends(2).await;
            if is_cut_off {
                pending::<()>().await;
            }
            drop(alive);
            busy()
        }
    };
    let call = retry(call, |_delay| pends(1), op);
    let mut ended = Poll::Pending;
    let mut poll_all = |mut call: Pin<&mut dyn Future<Output = Given>>| {
        for _ in 0..polls {
            if ended.is_pending() {
                let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                ended = polled.map(|given| given.map_or_else(|failed| failed.attempts(), |()| 0));
            }
        }
    };

    if is_cut_off {
        let timeout = Duration::from_secs(1);
        let cut_off = call.attempt_timeout(timeout, |_| "busy").verdict(|_| Verdict::Retry);
        poll_all(pin!(cut_off));
    } else {
        poll_all(pin!(call.verdict(|_| Verdict::Retry)));
    }

    assert_eq!(Rc::strong_count(&alive), 1, "after {polls} polls");
    let retries = sent.get().max(1) - 1;
    assert_eq!(budget.credits(clock.now()), 10 - retries, "after {polls} polls");
    ended
}

type Given = Result<(), Failed<&'static str>>;

fn busy() -> Result<(), &'static str> {
    Err("busy")
}

/// Is pending so many times.
async fn pends(mut times: u32) {
    poll_fn(|_context| match times.checked_sub(1) {
        None => Poll::Ready(()),
        Some(left) => {
            times = left;
            Poll::Pending
        }
    })
    .await;
}

fn at_once(max_attempts: u32) -> Policy {
    Policy::constant(Duration::ZERO).max_attempts(max_attempts).build().unwrap()
}

/// No floor, and ten credits, which are there.
fn ten_credits() -> Budget {
    let tenth = Percent::new(10).unwrap();
    let allowance = Allowance::percent_of_calls(tenth).capacity(10).per_second(0);
    Budget::new(allowance.build().unwrap())
}
