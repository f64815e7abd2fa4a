//! How the cost of one refresh grows with those who wait for it.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use http::StatusCode;
use readmit_testkit::Api;
use tokio::task::unconstrained;

use crate::{Outcome, client, settle};

#[tokio::test(start_paused = true)]
async fn r4_10_000_waiters_are_woken_once_each_by_one_refresh() {
    let api = Api::new();
    let client = client(&api);
    let hold = api.hold_on("POST", "/token");
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut calls: Vec<_> = (0..10_000).map(|_| Call(Box::pin(client.get("/").send()))).collect();
    let waiting = calls.iter_mut().map(|call| call.poll(&waker)).filter(Poll::is_pending).count();
    hold.wait_for(1).await;
    let before = wakes.count();

    hold.release();
    settle().await;
    let woken = wakes.count();
    let answers: Vec<_> = calls.iter_mut().map(|call| call.poll(&waker)).collect();

    assert_eq!((waiting, before, woken), (10_000, 0, 10_000));
    // There is nothing at that path, and each was told so without another wait.
    let missing = |answer: &Poll<Outcome>| matches!(answer, Poll::Ready(Err(error)) if error.status() == Some(StatusCode::NOT_FOUND));
    assert!(answers.iter().all(missing));
    assert_eq!((api.seen().token_calls(), api.seen().max_concurrent_token_calls()), (1, 1));
}

/// A call that is polled by hand.
struct Call(Pin<Box<dyn Future<Output = Outcome>>>);

impl Call {
    fn poll(&mut self, waker: &Waker) -> Poll<Outcome> {
        // A runtime would have a task of so many calls yield now and then.
        pin!(unconstrained(&mut self.0)).poll(&mut Context::from_waker(waker))
    }
}

/// Counts how often somebody is woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wakes {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Wakes>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
