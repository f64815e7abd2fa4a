//! The drivers, over the machine and in virtual time.

#![cfg(not(loom))]

use std::cell::Cell;
use std::future::{pending, poll_fn, ready};
use std::num::NonZeroU32;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use readmit_core::{Clock, Draws, SystemClock};
use readmit_retry::{
    Allowance, Budget, Call, GiveUp, Jitter, Percent, Policy, Verdict, retry, retry_blocking,
};
use tokio::time::{sleep, timeout};

#[tokio::test(start_paused = true)]
async fn the_waits_are_those_of_the_policy() {
    let policy = second_doubling().max_attempts(four()).build().unwrap();
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
        second_doubling().max_attempts(four()).deadline(Duration::from_secs(3)).build().unwrap();
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
    let policy = second_doubling().max_attempts(four()).build().unwrap();
    let call = Call::new(&policy).clock(&clock).budget(&budget);

    let failed = retry(call, sleep, || ready(Err::<(), _>("busy")))
        .verdict(|_busy| Verdict::Retry)
        .await
        .unwrap_err();

    assert_eq!(failed.why(), GiveUp::BudgetEmpty { retry_at: None });
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
    use readmit_retry::Operation;

    let policy = second_doubling().build().unwrap();
    let begun = tokio::time::Instant::now();
    let mut answers = [Err("busy"), Err("busy"), Ok("done")].into_iter();
    let op = || ready(answers.next().unwrap());

    let answer = op.retry(&policy).verdict(|_busy| Verdict::Retry).await;

    assert_eq!(answer, Ok("done"));
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
}

fn is_send<T: Send>(value: T) -> T {
    value
}

/// A clock that follows Tokio's, which is paused.
#[derive(Debug)]
struct Virtual {
    origin: Instant,
    begun: tokio::time::Instant,
}

impl Virtual {
    fn new() -> Virtual {
        Virtual { origin: SystemClock.now(), begun: tokio::time::Instant::now() }
    }
}

impl Clock for Virtual {
    fn now(&self) -> Instant {
        self.origin + self.begun.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.begun.elapsed()
    }
}

/// A clock that nobody may look at.
#[derive(Debug)]
struct Unread;

impl Clock for Unread {
    fn now(&self) -> Instant {
        unreachable!("the clock was read")
    }

    fn wall(&self) -> SystemTime {
        unreachable!("the clock was read")
    }
}

/// One second doubling, without jitter.
fn second_doubling() -> readmit_retry::PolicyBuilder {
    Policy::exponential(Duration::from_secs(1)).jitter(Jitter::None)
}

fn four() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(3)
}

/// No floor, and one credit, which is there.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn one_credit() -> Budget {
    let tenth = Percent::new(10).unwrap();
    let allowance = Allowance::percent_of_calls(tenth).capacity(NonZeroU32::MIN).per_second(0);
    Budget::new(allowance.build().unwrap())
}
