//! The drivers, over the machine and in virtual time.

#![cfg(not(loom))]

mod attempt_timeout;
mod clock;
mod hooks;
mod interrupted;
mod probes;
mod weight;

use std::cell::Cell;
use std::future::{pending, poll_fn, ready};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use readmit_core::{Clock, Draws};
use readmit_retry::{
    Allowance, Budget, Call, Fault, GiveUp, Jitter, Operation, OperationBlocking, Percent, Policy,
    Retryable, Verdict, retry, retry_blocking,
};
use tokio::time::{sleep, timeout};

use crate::clock::{Unread, Virtual};

#[tokio::test(start_paused = true)]
async fn the_waits_are_those_of_the_policy() {
    let policy = second_doubling().max_attempts(4).build().unwrap();
    let begun = tokio::time::Instant::now();
    let starts = Cell::new(Vec::new());

    let failed = retry(&policy, sleep, || {
        starts.set([starts.take(), vec![begun.elapsed()]].concat());
        ready(Err::<(), _>("busy"))
    })
    .verdict(|_busy| Verdict::Retry)
    .await
    .unwrap_err();

    assert_eq!(starts.take(), [0, 1, 3, 7].map(Duration::from_secs));
    assert_eq!(failed.attempts(), 4);
    assert_eq!(failed.why(), GiveUp::Exhausted { attempts: 4 });
}

#[tokio::test(start_paused = true)]
async fn r47_an_attempt_starts_after_the_wait() {
    let policy = second_doubling().build().unwrap();
    let waiting = Cell::new(false);
    let waited = Cell::new(0);
    let wait = |delay| {
        waiting.set(true);
        let (waiting, waited) = (&waiting, &waited);
        async move {
            sleep(delay).await;
            waiting.set(false);
            waited.set(waited.get() + 1);
        }
    };

    let failed = retry(&policy, wait, || {
        assert!(!waiting.get());
        ready(Err::<(), _>("busy"))
    })
    .verdict(|_busy| Verdict::Retry)
    .await
    .unwrap_err();

    assert_eq!((failed.attempts(), waited.get()), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn r49_the_wait_is_outside_the_attempt_timeout() {
    let policy = second_doubling().build().unwrap();
    let tries = Cell::new(0);
    let attempt = || {
        tries.set(tries.get() + 1);
        let last = tries.get() == 3;
        timeout(
            Duration::from_millis(50),
            async move { if last { Ok("done") } else { Err("busy") } },
        )
    };

    let answer = retry(&policy, sleep, || async { attempt().await.unwrap_or(Err("timed out")) })
        .verdict(|error| if *error == "busy" { Verdict::Retry } else { Verdict::Stop })
        .await;

    assert_eq!(answer, Ok("done"));
}

#[tokio::test(start_paused = true)]
async fn r49_the_wait_is_inside_the_deadline() {
    let clock = Virtual::new();
    let policy =
        second_doubling().max_attempts(4).deadline(Duration::from_secs(3)).build().unwrap();
    let call = Call::new(&policy).clock(&clock);

    let failed = retry(call, sleep, || ready(Err::<(), _>("busy")))
        .verdict(|_busy| Verdict::Retry)
        .await
        .unwrap_err();

    // The second retry starts at the deadline; the third would be four seconds late.
    let needed = Duration::from_secs(4);
    let retry_at = Some(clock.now() + needed);
    let too_near = GiveUp::DeadlineTooNear { needed, left: Duration::ZERO, retry_at };
    assert_eq!((failed.attempts(), failed.why()), (3, too_near));
}

#[tokio::test(start_paused = true)]
async fn r48_a_deadline_gives_up_at_once_with_the_last_real_error() {
    let clock = Virtual::new();
    let policy = second_doubling().build().unwrap();
    let begun = clock.now();
    let call = Call::new(&policy).clock(&clock).until(begun + Duration::from_secs(5));

    let failed = retry(call, sleep, || ready(Err::<(), _>("maintenance")))
        .verdict(|_error| Verdict::RetryAfter(Duration::from_secs(6)))
        .await
        .unwrap_err();

    assert_eq!(clock.now(), begun);
    assert_eq!(failed.why().retry_at(), Some(begun + Duration::from_secs(6)));
    assert_eq!((failed.attempts(), failed.into_error()), (1, "maintenance"));
}

#[tokio::test(start_paused = true)]
async fn r43_a_server_delay_is_waited_for_in_full() {
    let clock = Virtual::new();
    let begun = clock.now();
    let policy = Policy::constant(Duration::from_millis(1)).jitter(Jitter::None).build().unwrap();
    let mut answers = [Err("slow down"), Ok(())].into_iter();

    let answer = retry(&policy, sleep, || ready(answers.next().unwrap()))
        .verdict(|_slow_down| Verdict::RetryAfter(Duration::from_millis(300)))
        .await;

    assert_eq!(answer, Ok(()));
    assert_eq!(clock.now() - begun, Duration::from_millis(300));
}

#[tokio::test]
async fn a_stop_is_final_on_the_first_attempt() {
    let tries = Cell::new(0);

    let failed = retry(&Policy::DEFAULT, sleep, || {
        tries.set(tries.get() + 1);
        ready(Err::<(), _>("denied"))
    })
    .verdict(|_denied| Verdict::Stop)
    .await
    .unwrap_err();

    assert_eq!(tries.get(), 1);
    assert_eq!((failed.attempts(), failed.why()), (1, GiveUp::Stopped));
}

#[tokio::test]
async fn a_first_success_reads_no_clock_and_draws_no_number() {
    let (draws, untouched) = (Draws::seeded(1), Draws::seeded(1));
    let budget = Budget::default();
    let call = Call::new(&Policy::DEFAULT).clock(&Unread).draws(&draws).budget(&budget);

    let answer = retry(call, |_delay| pending::<()>(), || ready(Ok::<_, ()>(1)))
        .verdict(|()| Verdict::Retry)
        .await;

    assert_eq!(answer, Ok(1));
    assert_eq!(draws.draw(), untouched.draw());
}

#[tokio::test(start_paused = true)]
async fn r46_an_empty_budget_ends_the_call_with_its_own_error() {
    let clock = Virtual::new();
    let budget = one_credit();
    let policy = second_doubling().max_attempts(4).build().unwrap();
    let call = Call::new(&policy).clock(&clock).budget(&budget);

    let failed = retry(call, sleep, || ready(Err::<(), _>("busy")))
        .verdict(|_busy| Verdict::Retry)
        .await
        .unwrap_err();

    let delay = Duration::from_secs(2);
    assert_eq!(failed.why(), GiveUp::BudgetEmpty { delay, retry_at: None });
    assert_eq!((failed.attempts(), failed.into_error()), (2, "busy"));
}

#[tokio::test(start_paused = true)]
async fn r46_a_call_that_gives_up_for_another_reason_takes_no_credit() {
    let clock = Virtual::new();
    let budget = one_credit();
    let policy = Policy::never();
    let call = Call::new(&policy).clock(&clock).budget(&budget);

    let failed = retry(call, sleep, || ready(Err::<(), _>("busy")))
        .verdict(|_busy| Verdict::Retry)
        .await
        .unwrap_err();

    assert_eq!(failed.why(), GiveUp::Exhausted { attempts: 1 });
    assert_eq!(budget.credits(clock.now()), 1);
}

#[tokio::test(start_paused = true)]
async fn r46_a_success_pays_in() {
    let clock = Virtual::new();
    let budget = one_credit();
    budget.withdraw(clock.now()).unwrap().spend();

    for _ in 0..10 {
        let call = Call::new(&Policy::DEFAULT).budget(&budget);
        let answer = retry(call, sleep, || ready(Ok::<_, ()>(()))).verdict(|()| Verdict::Stop);
        assert_eq!(answer.await, Ok(()));
    }

    assert_eq!(budget.credits(clock.now()), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_in_its_wait_gives_the_credit_back() {
    let clock = Virtual::new();
    let budget = one_credit();
    let policy = second_doubling().build().unwrap();
    let call = Call::new(&policy).clock(&clock).budget(&budget);
    let seen = Cell::new(None);
    let wait = |delay| {
        seen.set(Some(budget.credits(clock.now())));
        sleep(delay)
    };

    let cut = timeout(
        Duration::from_millis(500),
        retry(call, wait, || ready(Err::<(), _>("busy"))).verdict(|_busy| Verdict::Retry),
    )
    .await;

    assert!(cut.is_err());
    assert_eq!(seen.get(), Some(0));
    assert_eq!(budget.credits(clock.now()), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_in_its_retry_has_spent_the_credit() {
    let clock = Virtual::new();
    let budget = one_credit();
    let policy = second_doubling().build().unwrap();
    let call = Call::new(&policy).clock(&clock).budget(&budget);
    let tries = Cell::new(0);

    let cut = timeout(
        Duration::from_millis(1_500),
        retry(call, sleep, || {
            tries.set(tries.get() + 1);
            let first = tries.get() == 1;
            async move { if first { Err::<(), _>("busy") } else { pending().await } }
        })
        .verdict(|_busy| Verdict::Retry),
    )
    .await;

    assert!(cut.is_err());
    assert_eq!(tries.get(), 2);
    assert_eq!(budget.credits(clock.now()), 0);
}

#[tokio::test]
async fn r50_the_error_is_gone_before_the_wait() {
    // An `Rc` held over an await would keep the call from moving to another thread.
    let busy = || poll_fn(|_context| Poll::Ready(Err::<(), _>(Rc::new("busy"))));

    let failed = is_send(retry(&Policy::DEFAULT, sleep, busy).verdict(|_busy| Verdict::Stop)).await;

    assert_eq!(*failed.unwrap_err().into_error(), "busy");
}

#[test]
fn the_blocking_form_waits_and_gives_up_alike() {
    let policy = second_doubling().build().unwrap();
    let mut waits = Vec::new();

    let failed = retry_blocking(&policy, |delay| waits.push(delay), || Err::<(), _>("busy"))
        .verdict(|_busy| Verdict::Retry)
        .unwrap_err();

    assert_eq!(waits, [1, 2].map(Duration::from_secs));
    assert_eq!((failed.attempts(), failed.why()), (3, GiveUp::Exhausted { attempts: 3 }));
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn the_method_form_waits_with_tokio() {
    let policy = second_doubling().build().unwrap();
    let begun = tokio::time::Instant::now();
    let mut answers = [Err("busy"), Err("busy"), Ok("done")].into_iter();
    let op = || ready(answers.next().unwrap());

    let answer = op.retry(&policy).verdict(|_busy| Verdict::Retry).await;

    assert_eq!(answer, Ok("done"));
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn an_error_that_knows_its_verdict_needs_no_other() {
    let policy = second_doubling().build().unwrap();
    let id = String::from("42");
    let begun = tokio::time::Instant::now();
    let tries = Cell::new(0);
    let fetch = |id: &str| {
        tries.set(tries.get() + 1);
        ready(if tries.get() < 3 { Err(Told::Busy) } else { Ok(id.len()) })
    };

    let answer = (|| fetch(&id)).retry_with(&policy, sleep).verdict(Retryable::verdict).await;
    let tried = tries.get();
    tries.set(0);
    let begun_again = begun.elapsed();
    let same = retry(&policy, sleep, || ready(Err::<(), _>(Told::Gone))).await;

    assert_eq!((answer, tried), (Ok(2), 3));
    assert_eq!(begun_again, Duration::from_secs(3));
    assert_eq!(same.unwrap_err().why(), GiveUp::Stopped);
    assert_eq!(begun.elapsed(), begun_again);
}

#[tokio::test(start_paused = true)]
async fn r46_a_success_after_retries_gives_back_what_the_last_one_took() {
    let clock = Virtual::new();
    let budget = Budget::new(Allowance::AWS_STANDARD);
    let policy = second_doubling().build().unwrap();
    let call = Call::new(&policy).clock(&clock).budget(&budget);
    let mut answers = [Err(Fault::Transient), Err(Fault::TimedOut), Ok(())].into_iter();

    let answer = retry(call, sleep, || ready(answers.next().unwrap()))
        .verdict(|fault| Verdict::Retry.because(*fault))
        .await;

    assert_eq!(answer, Ok(()));
    assert_eq!(budget.credits(clock.now()), 500 - 5 - 10 + 10);
}

#[tokio::test(start_paused = true)]
async fn a_clone_of_a_budget_in_another_task_pays_from_the_same_credits() {
    let clock = Virtual::new();
    let budget = one_credit();
    let policy = second_doubling().build().unwrap();
    let call = |budget| {
        let (clock, policy) = (&clock, &policy);
        async move {
            let call = Call::new(policy).clock(clock).budget(budget);
            retry(call, sleep, || ready(Err::<(), _>("busy"))).verdict(|_| Verdict::Retry).await
        }
    };
    let other = budget.clone();

    let (one, another) = tokio::join!(call(&budget), call(&other));

    assert_eq!((one.unwrap_err().attempts(), another.unwrap_err().attempts()), (2, 1));
}

#[test]
fn the_blocking_method_takes_a_closure_that_borrows_mutably() {
    let policy = Policy::constant(Duration::ZERO).build().unwrap();
    let mut connection = vec!["busy", "busy"];
    let mut told = Vec::new();

    let answer = (|| connection.pop().map_or(Ok("done"), Err))
        .retry_blocking(&policy)
        .notify(|failed| told.push(failed.number()))
        .verdict(|_busy| Verdict::Retry);

    assert_eq!(answer, Ok("done"));
    assert_eq!(told, [1, 2]);
}

#[test]
fn the_blocking_form_asks_an_error_that_knows_its_verdict() {
    let failed = retry_blocking(&Policy::DEFAULT, |_| {}, || Err::<(), _>(Told::Gone)).run();

    assert_eq!(failed.unwrap_err().attempts(), 1);
}

/// An error that says of itself whether it can pass.
#[derive(Debug, PartialEq)]
enum Told {
    Busy,
    Gone,
}

impl Retryable for Told {
    fn verdict(&self) -> Verdict {
        match self {
            Told::Busy => Verdict::Retry,
            Told::Gone => Verdict::Stop,
        }
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

/// One second doubling, without jitter.
fn second_doubling() -> readmit_retry::PolicyBuilder {
    Policy::exponential(Duration::from_secs(1)).jitter(Jitter::None)
}

/// No floor, and one credit, which is there.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn one_credit() -> Budget {
    let tenth = Percent::new(10).unwrap();
    let allowance = Allowance::percent_of_calls(tenth).capacity(1).per_second(0);
    Budget::new(allowance.build().unwrap())
}
