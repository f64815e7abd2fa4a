use loom::sync::Arc;
use loom::thread;

use std::time::Duration;

use super::*;

#[test]
fn of_two_threads_one_gets_the_only_probe() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let breaker = Arc::new(brittle());
        breaker.probe_now();
        let other = Arc::clone(&breaker);

        let theirs = thread::spawn(move || permit(&other, t0).is_some());
        let ours = permit(&breaker, t0).is_some();

        assert!(ours != theirs.join().unwrap());
    });
}

#[test]
fn a_probe_that_is_dropped_gives_its_slot_to_the_next() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let breaker = Arc::new(brittle());
        breaker.probe_now();
        let other = Arc::clone(&breaker);

        let theirs = thread::spawn(move || drop(other.try_acquire_at(t0)));
        drop(breaker.try_acquire_at(t0));
        theirs.join().unwrap();

        assert!(breaker.try_acquire_at(t0).is_ok());
    });
}

#[test]
fn a_call_after_a_failure_is_never_admitted_by_an_old_hint() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let breaker = Arc::new(brittle());
        let other = Arc::clone(&breaker);

        let theirs = thread::spawn(move || {
            let opens = other.try_acquire_at(t0);
            if let Ok(call) = opens {
                call.settle_at(t0, Outcome::Fail);
            }
            other.try_acquire_at(t0).is_err()
        });
        if let Ok(call) = breaker.try_acquire_at(t0) {
            call.settle_at(t0, Outcome::Succeed);
        }

        assert!(theirs.join().unwrap());
        assert!(breaker.try_acquire_at(t0).is_err());
    });
}

#[test]
fn a_success_after_a_failure_is_never_lost_to_the_hint() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let breaker = Arc::new(Shared::new(Config::consecutive_failures(2).build().unwrap()));
        let other = Arc::clone(&breaker);

        let theirs = thread::spawn(move || {
            settle(&other, t0, Outcome::Fail);
            settle(&other, t0, Outcome::Succeed);
        });
        settle(&breaker, t0, Outcome::Succeed);
        theirs.join().unwrap();
        settle(&breaker, t0, Outcome::Fail);

        // Two failures, and a success between them.
        assert_eq!(breaker.state(), State::Closed);
    });
}

#[test]
fn the_hint_says_clear_only_of_a_clear_circuit() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let breaker = Arc::new(brittle());
        let other = Arc::clone(&breaker);

        let theirs = thread::spawn(move || settle(&other, t0, Outcome::Fail));
        breaker.isolate();
        breaker.release();
        theirs.join().unwrap();

        let hint = breaker.look();
        assert_eq!(hint, breaker.inside().machine.hint());
        assert_eq!(hint.is_clear(), breaker.state() == State::Closed);
    });
}

#[test]
fn a_late_result_changes_nothing_whenever_it_comes() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let breaker = Arc::new(brittle());
        let late = permit(&breaker, t0).unwrap();
        let other = Arc::clone(&breaker);

        let theirs = thread::spawn(move || {
            other.isolate();
            other.release();
            settle(&other, t0, Outcome::Succeed);
        });
        breaker.settle_at(t0, late, Outcome::Fail);
        theirs.join().unwrap();

        // Either it opened the circuit before that was isolated, or it was too late.
        assert_eq!(breaker.state(), State::Closed);
    });
}

fn permit(breaker: &Shared, now: Instant) -> Option<Permit> {
    breaker.try_acquire_at(now).ok().map(InFlight::into_permit)
}

fn settle(breaker: &Shared, now: Instant, outcome: Outcome) {
    if let Ok(call) = breaker.try_acquire_at(now) {
        call.settle_at(now, outcome);
    }
}

/// One failure opens it, for longer than any test.
fn brittle() -> Shared {
    let config = Config::consecutive_failures(1).open_for(Duration::from_secs(86_400));
    Shared::new(config.build().unwrap())
}
