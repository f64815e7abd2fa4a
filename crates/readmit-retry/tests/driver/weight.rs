//! What a call weighs that needs no retry.

use std::future::{Ready, pending, ready};
use std::mem::size_of_val;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::measure;
use readmit_core::Draws;
use readmit_retry::{
    Budget, Call, Failed, Operation, OperationBlocking, Policy, Verdict, retry, retry_blocking,
};

use crate::clock::Unread;

#[test]
fn a_success_at_once_allocates_nothing_and_reads_no_clock() {
    let (budget, draws) = (Budget::default(), Draws::seeded(1));
    let call = Call::new(&Policy::DEFAULT).budget(&budget).draws(&draws).clock(&Unread);

    let allocated = measure(|| {
        let plain = poll_once(retry(&Policy::DEFAULT, no_wait, good).verdict(|()| Verdict::Retry));
        let bound = poll_once(retry(call, no_wait, good).verdict(|()| Verdict::Retry));
        let method = poll_once(good.retry_with(call, no_wait).verdict(|()| Verdict::Retry));
        let blocking = retry_blocking(call, |_delay| {}, || Ok::<_, ()>(7));
        let blocking = blocking.verdict(|()| Verdict::Retry);
        let of_closure = (|| Ok::<_, ()>(7)).retry_blocking(call).verdict(|()| Verdict::Retry);
        let all = [plain, bound, method, Poll::Ready(blocking), Poll::Ready(of_closure)];
        assert_eq!(all, [const { Poll::Ready(Ok(7)) }; 5]);
    });

    assert_eq!(allocated.count_total, 0);
    // No draw was taken: the next one is the first.
    assert_eq!(draws.draw(), Draws::seeded(1).draw());
}

#[test]
fn a_future_has_room_for_an_attempt_and_its_timer_and_nothing_else() {
    let attempt = || async {
        let kept = [0_u8; 1_024];
        pending::<()>().await;
        if kept.is_empty() { Err(()) } else { Ok(()) }
    };
    let sleep = |_delay: Duration| async {
        let kept = [0_u8; 1_024];
        pending::<()>().await;
        assert!(!kept.is_empty());
    };

    let call = retry(&Policy::DEFAULT, sleep, attempt).verdict(|()| Verdict::Retry);

    assert!(size_of_val(&call) < 2 * 1_024 + 256, "{}", size_of_val(&call));
}

#[test]
fn a_result_has_no_room_for_the_reasons_to_give_up() {
    assert!(size_of::<Result<u32, Failed<u32>>>() <= 24);
}

fn good() -> Ready<Result<u32, ()>> {
    ready(Ok(7))
}

fn no_wait(_delay: Duration) -> Ready<()> {
    ready(())
}

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}
