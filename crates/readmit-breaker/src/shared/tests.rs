use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicU32;
use std::sync::{Mutex as StdMutex, Weak};
use std::time::{Duration, SystemTime};

use super::*;
use crate::{CallError, Refusal};

#[test]
fn a_success_on_a_healthy_circuit_reads_no_clock() {
    for config in [Config::DEFAULT, Config::FIVE_IN_A_ROW] {
        let clock = Arc::new(Hand::new());
        let breaker = Shared::timed_by(Arc::clone(&clock), config);
        for _ in 0..100 {
            breaker.try_acquire().unwrap().settle(Outcome::Succeed);
        }
        let reads = clock.reads();

        breaker.try_acquire().unwrap().settle(Outcome::Succeed);

        assert_eq!(clock.reads(), reads);
    }
}

#[test]
fn r69_a_disabled_circuit_reads_no_clock_for_a_success() {
    let clock = Arc::new(Hand::new());
    let breaker = Shared::timed_by(Arc::clone(&clock), brittle());
    breaker.disable();
    let reads = clock.reads();

    breaker.try_acquire().unwrap().settle(Outcome::Succeed);

    assert_eq!(clock.reads(), reads);
}

#[test]
fn the_hint_follows_the_machine() {
    let breaker = Shared::new(Config::consecutive_failures(2).build().unwrap());
    let is_clear = || breaker.look().is_clear();

    assert!(is_clear());
    breaker.try_acquire().unwrap().settle(Outcome::Fail);
    assert!(!is_clear());
    breaker.try_acquire().unwrap().settle(Outcome::Succeed);
    assert!(is_clear());
    breaker.trip();
    assert!(!is_clear() && breaker.look().admitting().is_none());
}

#[test]
fn a_ramp_is_seen_through_the_hint_and_over_at_its_end() {
    let clock = Arc::new(Hand::new());
    let config = Config::consecutive_failures(1).ramp(Duration::from_secs(10));
    let breaker =
        Shared::timed_by(Arc::clone(&clock), config.build().unwrap()).draws(Draws::seeded(1));
    breaker.probe_now();
    breaker.try_acquire().unwrap().settle(Outcome::Succeed);
    let admitted = || (0..100).filter(|_| breaker.try_acquire().is_ok()).count();

    let first = admitted();
    clock.advance(Duration::from_secs(10));
    let last = admitted();

    assert!((1..30).contains(&first), "{first}");
    assert_eq!(last, 100);
    assert!(breaker.look().admitting().is_some());
}

#[test]
fn r61_a_guard_that_is_dropped_gives_its_slot_back() {
    let breaker = Shared::new(brittle());
    breaker.probe_now();

    drop(breaker.try_acquire().unwrap());

    let probe = breaker.try_acquire().unwrap();
    assert!(probe.is_probe());
    assert_eq!(breaker.try_acquire().unwrap_err().refusal(), Refusal::Probing);
}

#[test]
fn r61_a_guard_knows_its_age_where_it_was_acquired_with_a_time() {
    for (is_timed, state) in [(true, State::Open), (false, State::Closed)] {
        let clock = Arc::new(Hand::new());
        let breaker = Shared::timed_by(Arc::clone(&clock), brittle());
        let call = if is_timed {
            breaker.try_acquire_at(clock.now()).unwrap()
        } else {
            breaker.try_acquire().unwrap()
        };

        clock.advance(Duration::from_secs(11));
        drop(call);

        assert_eq!(breaker.state(), state);
    }
}

#[test]
fn r61_a_dropped_future_of_a_backend_that_hangs_opens_the_circuit() {
    let clock = Arc::new(Hand::new());
    let breaker = Shared::timed_by(Arc::clone(&clock), brittle());
    let mut call = Box::pin(breaker.call_async(std::future::pending::<Result<(), ()>>));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending());

    clock.advance(Duration::from_secs(11));
    drop(call);

    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn r67_a_permit_that_a_later_layer_has_no_use_for_is_given_back() {
    let breaker = Shared::new(brittle());
    breaker.probe_now();

    let refused: Result<(), CallError<&str>> = (|| {
        let _call = breaker.try_acquire()?;
        Err(CallError::Failed("the limiter says no"))
    })();

    assert!(refused.is_err());
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn an_owned_guard_goes_to_another_thread() {
    let breaker = Arc::new(Shared::new(brittle()));
    let call = breaker.try_acquire_owned().unwrap();

    std::thread::spawn(move || call.settle(Outcome::Fail)).join().unwrap();

    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn the_errors_that_a_judge_excuses_do_not_count() {
    let breaker = Shared::new(brittle());
    let judge = |error: &&str| if *error == "down" { Outcome::Fail } else { Outcome::Ignore };

    assert!(breaker.call_judged(|| Err::<(), _>("missing"), judge).is_err());
    assert_eq!(breaker.state(), State::Closed);
    assert!(breaker.call_judged(|| Err::<(), _>("down"), judge).is_err());

    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn an_observer_is_told_after_the_lock_is_released() {
    let seen = Arc::new(StdMutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let breaker = Shared::new(brittle()).on_change(move |change| {
        told.lock().unwrap().push(*change);
    });

    breaker.try_acquire().unwrap().settle(Outcome::Fail);
    breaker.probe_now();
    breaker.try_acquire().unwrap().settle(Outcome::Succeed);

    let seen = seen.lock().unwrap();
    assert!(matches!(seen[..], [Change::Opened { .. }, Change::HalfOpened, Change::Closed]));
}

#[test]
fn a_panic_of_the_call_gives_the_slot_back() {
    let breaker = Shared::new(brittle());
    breaker.probe_now();

    let panicked = catch_unwind(AssertUnwindSafe(|| {
        breaker.call(|| -> Result<(), ()> { panic!("on purpose") })
    }));

    assert!(panicked.is_err());
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn a_panic_of_the_observer_gives_the_slot_of_the_probe_back() {
    let clock = Arc::new(Hand::new());
    let breaker = Shared::timed_by(Arc::clone(&clock), brittle())
        .on_change(|change| assert!(!matches!(change, Change::HalfOpened), "on purpose"));
    breaker.try_acquire().unwrap().settle(Outcome::Fail);
    clock.advance(Duration::from_secs(10));

    let panicked = catch_unwind(AssertUnwindSafe(|| breaker.try_acquire().is_ok()));

    assert!(panicked.is_err());
    assert!(breaker.try_acquire().unwrap().is_probe());
}

#[test]
fn a_panic_of_the_judge_gives_the_slot_back() {
    let breaker = Shared::new(brittle());
    breaker.probe_now();

    let panicked = catch_unwind(AssertUnwindSafe(|| {
        breaker.call_judged(|| Err::<(), _>(()), |()| -> Outcome { panic!("on purpose") })
    }));

    assert!(panicked.is_err());
    assert!(breaker.try_acquire().unwrap().is_probe());
}

#[test]
fn a_call_within_a_call_is_asked_for_like_any_other() {
    let breaker = Shared::new(brittle());
    breaker.probe_now();

    let within = breaker.call(|| Ok::<_, ()>(breaker.call(|| Ok::<_, ()>(()))));

    // The outer one is the only probe.
    assert_eq!(within.unwrap().unwrap_err().rejected().unwrap().refusal(), Refusal::Probing);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn an_observer_may_use_the_breaker_that_tells_it() {
    let breaker = Arc::new_cyclic(|breaker: &Weak<Shared>| {
        let itself = Weak::clone(breaker);
        Shared::new(brittle()).on_change(move |change| {
            if let (Change::Opened { .. }, Some(breaker)) = (change, itself.upgrade()) {
                breaker.isolate();
            }
        })
    });

    breaker.try_acquire().unwrap().settle(Outcome::Fail);

    assert_eq!(breaker.state(), State::Isolated);
}

#[test]
fn operators_are_obeyed_through_the_wrapper() {
    let breaker = Shared::new(brittle());

    breaker.isolate();
    assert_eq!(breaker.rejection().unwrap().refusal(), Refusal::Isolated);
    breaker.release();
    breaker.disable();
    breaker.try_acquire().unwrap().settle(Outcome::Fail);
    assert_eq!(breaker.state(), State::Disabled);
    breaker.close();
    breaker.metrics_only();
    breaker.try_acquire().unwrap().settle(Outcome::Fail);
    assert_eq!(breaker.snapshot().tally().failures(), 1);
    breaker.reset();
    breaker.trip_for(Duration::from_secs(60));
    let shown = breaker.snapshot().to_string();

    assert_eq!(shown, "open: 0 calls, 0 failed; why: opened by an operator");
}

fn brittle() -> Config {
    Config::consecutive_failures(1).build().unwrap()
}

/// A clock that is moved by hand and counts its readings.
#[derive(Debug)]
struct Hand {
    t0: Instant,
    gone: StdMutex<Duration>,
    reads: AtomicU32,
}

impl Hand {
    fn new() -> Hand {
        let t0 = SystemClock.now();
        Hand { t0, gone: StdMutex::default(), reads: AtomicU32::new(0) }
    }

    fn advance(&self, length: Duration) {
        *self.gone.lock().unwrap() += length;
    }

    fn reads(&self) -> u32 {
        self.reads.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        self.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.t0 + *self.gone.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        unreachable!("a breaker asks for no wall time")
    }
}
