//! Faults that other breakers were seen to have, each tried on this one.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::future::pending;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use readmit_breaker::{CallError, Config, Outcome, Shared, State};
use readmit_core::{Clock, SystemClock};

/// Others need as many failures as there were successes, because their window does not slide.
#[test]
fn probe_1_after_a_million_good_calls_fifty_failures_in_a_row_open_the_circuit() {
    for filled_by_guards in [true, false] {
        let breaker = Shared::new(Config::failure_rate(50, 100).build().unwrap());
        for _ in 0..1_000_000 {
            if filled_by_guards {
                breaker.try_acquire().unwrap().settle(Outcome::Succeed);
            } else {
                breaker.call(|| Ok::<_, ()>(())).unwrap();
            }
        }

        let failures = (1..).find(|_| {
            let _down = breaker.call(|| Err::<(), _>("down"));
            breaker.state() == State::Open
        });

        assert_eq!(failures, Some(50));
    }
}

/// Others let all hundred through, or one more than they say.
#[test]
fn probe_2_of_a_hundred_calls_in_the_instant_that_the_open_time_ends_three_reach_the_backend() {
    let clock = Arc::new(Hand::new());
    let config = Config::consecutive_failures(1).open_for(secs(5)).jitter(0).probes(3, 3);
    let breaker = Shared::timed_by(Arc::clone(&clock), config.build().unwrap());
    breaker.try_acquire().unwrap().settle(Outcome::Fail);
    clock.advance(secs(5));
    let (reached, all_have_asked) = (AtomicU32::new(0), Barrier::new(100));

    thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                let call = breaker.try_acquire();
                reached.fetch_add(call.is_ok().into(), Ordering::Relaxed);
                all_have_asked.wait();
                if let Ok(call) = call {
                    call.settle(Outcome::Succeed);
                }
            });
        }
    });

    assert_eq!(reached.into_inner(), 3);
    assert_eq!(breaker.state(), State::Closed);
}

/// One of them never admits a call again.
#[test]
fn probe_3_when_all_probes_are_cancelled_by_a_timeout_others_take_their_places() {
    let clock = Arc::new(Hand::new());
    let config = Config::consecutive_failures(1).open_for(secs(5)).jitter(0).probes(3, 3);
    let breaker = Shared::timed_by(Arc::clone(&clock), config.build().unwrap());
    breaker.try_acquire().unwrap().settle(Outcome::Fail);
    clock.advance(secs(5));

    for _ in 0..10 {
        let cancelled: Vec<_> = (0..3).map(|_| hang(&breaker)).collect();
        assert!(cancelled.iter().all(Option::is_some));
        assert!(hang(&breaker).is_none(), "a fourth probe");
    }
    for _ in 0..3 {
        breaker.call(|| Ok::<_, ()>(())).unwrap();
    }

    assert_eq!(breaker.state(), State::Closed);
}

/// Others never open, because a call that is dropped says nothing to them.
#[test]
fn probe_3_a_backend_that_hangs_until_its_callers_give_up_opens_the_circuit() {
    let clock = Arc::new(Hand::new());
    let breaker = Shared::timed_by(Arc::clone(&clock), Config::DEFAULT);

    for _ in 0..20 {
        let call = hang(&breaker);
        clock.advance(secs(11));
        drop(call);
    }

    assert_eq!(breaker.state(), State::Open);
}

/// Others close, because a success is a success to them.
#[test]
fn probe_4_a_slow_call_of_the_closed_circuit_does_not_close_it_when_it_is_half_open() {
    let clock = Arc::new(Hand::new());
    let config = Config::consecutive_failures(1).open_for(secs(5)).jitter(0);
    let breaker = Shared::timed_by(Arc::clone(&clock), config.build().unwrap());
    let slow = breaker.try_acquire().unwrap();
    breaker.try_acquire().unwrap().settle(Outcome::Fail);
    clock.advance(secs(5));
    let probe = breaker.try_acquire().unwrap();

    slow.settle(Outcome::Succeed);

    assert_eq!(breaker.state(), State::HalfOpen);
    probe.settle(Outcome::Fail);
    assert_eq!(breaker.state(), State::Open);
}

/// Begins a call whose answer never comes, unless it is rejected; dropping it cancels it.
fn hang<C: Clock>(breaker: &Shared<C>) -> Option<impl Future<Output = ()>> {
    let mut call = Box::pin(breaker.call_async(pending::<Result<(), ()>>));
    match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Err(CallError::Rejected(_))) => None,
        Poll::Ready(Ok(()) | Err(CallError::Failed(()))) | Poll::Pending => Some(async move {
            let _answer = pin!(call).await;
        }),
    }
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// A clock that is moved by hand.
#[derive(Debug)]
struct Hand(Mutex<Instant>);

impl Hand {
    fn new() -> Hand {
        Hand(Mutex::new(SystemClock.now()))
    }

    fn advance(&self, length: Duration) {
        *self.0.lock().unwrap() += length;
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        SystemClock.wall()
    }
}
