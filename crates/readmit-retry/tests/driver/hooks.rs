//! What a hook is told.

use std::future::ready;
use std::time::Duration;

use readmit_core::Clock;
use readmit_retry::{Call, GiveUp, Next, Verdict, retry};
use tokio::time::sleep;

use crate::clock::Virtual;
use crate::{one_credit, second_doubling};

#[tokio::test(start_paused = true)]
async fn a_hook_is_told_of_each_failed_attempt_and_what_comes_next() {
    let clock = Virtual::new();
    let policy = second_doubling().build().unwrap();
    let call = Call::new(&policy).clock(&clock);
    let begun = clock.now();
    let mut told = Vec::new();

    let failed = retry(call, sleep, || ready(Err::<(), _>("busy")))
        .notify(|failed| {
            told.push((clock.now() - begun, failed.number(), *failed.error(), failed.next()));
        })
        .verdict(|_busy| Verdict::Retry)
        .await
        .unwrap_err();

    let [zero, one, two, three] = [0, 1, 2, 3].map(Duration::from_secs);
    let exhausted = Next::GiveUp(GiveUp::Exhausted { attempts: 3 });
    let expected = [
        (zero, 1, "busy", Next::RetryIn(one)),
        (one, 2, "busy", Next::RetryIn(two)),
        (three, 3, "busy", exhausted),
    ];
    assert_eq!(told, expected);
    assert_eq!(failed.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn r46_a_hook_hears_that_the_budget_is_empty() {
    let clock = Virtual::new();
    let budget = one_credit();
    budget.withdraw(clock.now()).unwrap().spend();
    let policy = second_doubling().build().unwrap();
    let call = Call::new(&policy).clock(&clock).budget(&budget);
    let mut why = None;

    let failed = retry(call, sleep, || ready(Err::<(), _>("busy")))
        .notify(|failed| why = failed.why())
        .verdict(|_busy| Verdict::Retry)
        .await
        .unwrap_err();

    assert_eq!(why, Some(failed.why()));
    let delay = Duration::from_secs(1);
    assert_eq!(failed.why(), GiveUp::BudgetEmpty { delay, retry_at: None });
}
