use std::sync::atomic::AtomicUsize;
use std::task::Wake;
use std::time::{Duration, SystemTime};

use loom::sync::Arc;
use loom::thread;

use super::*;
use crate::place::{Asked, Place};

#[test]
fn of_two_threads_one_gets_the_last_cell() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::quota(hourly(1)));
        let other = Arc::clone(&limiter);

        let theirs = thread::spawn(move || other.try_acquire().is_ok());
        let ours = limiter.try_acquire().is_ok();

        assert!(ours != theirs.join().unwrap());
        assert_eq!(limiter.peek().available(), 0);
    });
}

#[test]
fn no_cell_is_granted_twice_while_somebody_looks() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::quota(hourly(2)));
        let other = Arc::clone(&limiter);

        let theirs = thread::spawn(move || other.try_acquire().is_ok());
        let seen = limiter.peek().available();
        let ours = limiter.try_acquire().is_ok();

        assert!(ours && theirs.join().unwrap());
        assert!((1..=2).contains(&seen));
        assert_eq!(limiter.peek().available(), 0);
    });
}

#[test]
fn a_quota_is_used_with_its_own_arrival_time() {
    let t0 = SystemClock.now();
    loom::model(move || {
        // Nothing is taken, so the arrival time is the same before and after the change.
        let limiter = shared(t0, Config::quota(hourly(1)));
        let other = Arc::clone(&limiter);

        let theirs = thread::spawn(move || other.set_quota(Some(daily(3))));
        assert!(limiter.try_acquire().is_ok());
        theirs.join().unwrap();

        // Whichever came first, a cell of the new quota is taken.
        assert_eq!(limiter.peek().available(), 2);
        let day = Duration::from_secs(86_400);
        assert_eq!(limiter.lock().limiter.peek(t0).interval(), Some(day));
        assert!((0..2).all(|_| limiter.try_acquire().is_ok()));
        assert_eq!(limiter.try_acquire().map_err(|denied| denied.wait()), Err(Some(day)));
    });
}

#[test]
fn a_refusal_is_of_one_quota() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::quota(daily(2)));
        assert!(limiter.try_acquire().is_ok() && limiter.try_acquire().is_ok());
        let other = Arc::clone(&limiter);

        let theirs = thread::spawn(move || other.set_quota(Some(hourly(2))));
        let wait = limiter.try_acquire().map_err(|denied| denied.wait());
        theirs.join().unwrap();

        let [hour, day] = [3_600, 86_400].map(|seconds| Err(Some(Duration::from_secs(seconds))));
        assert!(wait == day || wait == hour, "{wait:?}");
    });
}

#[test]
fn of_two_threads_one_gets_the_last_call_that_the_server_has_left() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::unlimited());
        let _told = limiter.feed(&left(1));
        let other = Arc::clone(&limiter);

        let theirs = thread::spawn(move || other.try_acquire().is_ok());
        let ours = limiter.try_acquire().is_ok();

        assert!(ours != theirs.join().unwrap());
        assert_eq!(limiter.peek().available(), 0);
    });
}

#[test]
fn what_was_taken_of_a_window_stays_taken_when_it_is_told_again() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::unlimited());
        let _told = limiter.feed(&left(2));
        let other = Arc::clone(&limiter);

        let theirs = thread::spawn(move || other.try_acquire().is_ok());
        let _again = limiter.feed(&left(2));
        let ours = limiter.try_acquire().is_ok();

        assert!(ours && theirs.join().unwrap());
        assert_eq!(limiter.peek().available(), 0);
    });
}

#[test]
fn what_nothing_limited_is_limited_as_soon_as_it_is_told() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::unlimited());
        let other = Arc::clone(&limiter);

        let theirs = thread::spawn(move || other.try_acquire().is_ok());
        let _told = limiter.feed(&left(1));
        let ours = limiter.try_acquire().is_ok();

        // Theirs may have passed before, and then it was not counted.
        assert!(theirs.join().unwrap() || ours);
        assert_eq!(limiter.peek().available(), 0);
    });
}

#[test]
fn after_a_hold_was_told_nothing_passes() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::quota(hourly(9)));
        let other = Arc::clone(&limiter);

        let theirs = thread::spawn(move || other.try_acquire().is_ok());
        let _held = limiter.feed(&Feedback::throttled().retry_after(Duration::from_secs(1)));
        assert_eq!(limiter.try_acquire().map_err(|denied| denied.why()), Err(Why::Held));

        let passed = theirs.join().unwrap();
        assert!(limiter.try_acquire().is_err());
        let _released = limiter.release();
        assert_eq!(limiter.peek().available(), if passed { 8 } else { 9 });
    });
}

#[test]
fn r72_nobody_overtakes_the_queue() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::quota(hourly(1)));
        assert!(limiter.try_acquire().is_ok());
        let other = Arc::clone(&limiter);
        let mut place = Place::new(&limiter, NonZeroU32::MIN, None);
        assert!(matches!(place.ask(Waker::noop()), Asked::Wait(Some(_))));

        // A quota with a cell to spare comes while a stranger asks.
        let theirs = thread::spawn(move || other.try_acquire().is_ok());
        let _changed = limiter.set_quota(Some(hourly(2)));
        let ours = place.ask(Waker::noop());

        assert_eq!(ours, Asked::Granted);
        assert!(!theirs.join().unwrap());
        assert_eq!(limiter.peek().available(), 0);
    });
}

#[test]
fn r72_who_leaves_wakes_the_next_and_loses_no_cell() {
    let t0 = SystemClock.now();
    loom::model(move || {
        let limiter = shared(t0, Config::quota(hourly(1)));
        assert!(limiter.try_acquire().is_ok());
        let woken = std::sync::Arc::new(Woken::default());
        let waker = Waker::from(std::sync::Arc::clone(&woken));
        let other = Arc::clone(&limiter);

        // The first comes and leaves while the second joins.
        let theirs = thread::spawn(move || {
            let mut first = Place::new(&other, NonZeroU32::MIN, None);
            assert!(matches!(first.ask(Waker::noop()), Asked::Wait(_)));
        });
        let mut second = Place::new(&limiter, NonZeroU32::MIN, None);
        let timed = matches!(second.ask(&waker), Asked::Wait(Some(_)));
        theirs.join().unwrap();

        // It was the first by then, or was told when it was: it can never sleep for ever.
        assert!(timed || woken.0.load(std::sync::atomic::Ordering::Relaxed) == 1);
        drop(second);
        assert!(limiter.lock().queue.is_empty());
        let _more = limiter.set_quota(Some(hourly(2)));
        assert!(limiter.try_acquire().is_ok());
        assert!(limiter.try_acquire().is_err());
    });
}

#[derive(Debug, Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

/// A clock that stands still.
#[derive(Debug)]
struct Still(Instant);

impl Clock for Still {
    fn now(&self) -> Instant {
        self.0
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

fn shared(t0: Instant, config: Config) -> Arc<Shared<Still>> {
    Arc::new(Shared::on(Still(t0), config))
}

/// What a server says that has so many calls left within the minute.
fn left(calls: u64) -> Feedback {
    Feedback::accepted().remaining(calls).reset_after(Duration::from_secs(60))
}

/// One an hour, so many at once.
fn hourly(burst: u32) -> Quota {
    every(3_600, burst)
}

fn daily(burst: u32) -> Quota {
    every(86_400, burst)
}

fn every(seconds: u64, burst: u32) -> Quota {
    let quota = Quota::per_window(NonZeroU32::MIN, Duration::from_secs(seconds)).unwrap();
    quota.burst(NonZeroU32::new(burst).unwrap())
}
