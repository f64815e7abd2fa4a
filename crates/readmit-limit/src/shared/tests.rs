use std::time::{Duration, SystemTime};

use super::*;

#[test]
fn the_word_decides_while_the_quota_alone_does() {
    let (clock, limiter) = shared(Config::quota(Quota::per_second(NonZeroU32::MIN)));

    assert!(limiter.passes(clock.now(), NonZeroU32::MIN));
    assert!(!limiter.passes(clock.now(), NonZeroU32::MIN));

    assert_eq!(limiter.try_acquire().map_err(|denied| denied.why()), Err(Why::Paced));
    clock.advance(SECOND);
    assert!(limiter.passes(clock.now(), NonZeroU32::MIN));
}

#[test]
fn a_hold_closes_the_word_until_it_is_over() {
    let (clock, limiter) = shared(Config::quota(Quota::per_second(NonZeroU32::MAX)).jitter(ZERO));
    let _held = limiter.feed(&Feedback::throttled().retry_after(SECOND));

    assert!(!limiter.passes(clock.now(), NonZeroU32::MIN));
    clock.advance(SECOND - NANO);
    assert_eq!(limiter.try_acquire().map_err(|denied| denied.why()), Err(Why::Held));
    clock.advance(NANO);

    assert_eq!(limiter.try_acquire(), Ok(()));
    clock.advance(SECOND);
    assert!(limiter.passes(clock.now(), NonZeroU32::MIN));
}

#[test]
fn what_the_word_granted_is_known_under_the_lock() {
    let three = NonZeroU32::MIN.saturating_add(2);
    let (_clock, limiter) = shared(Config::quota(Quota::per_second(three).burst(three)));

    assert_eq!(limiter.try_acquire(), Ok(()));
    assert_eq!(limiter.peek().available(), 2);
    assert_eq!(limiter.try_acquire(), Ok(()));
    assert_eq!(limiter.peek().available(), 1);

    let _faster = limiter.set_quota(Some(Quota::per_second(NonZeroU32::MAX).burst(three)));
    assert_eq!(limiter.peek().available(), 1);
}

#[test]
fn a_word_that_was_read_before_its_terms_changed_cannot_be_moved() {
    let (_clock, limiter) = shared(Config::quota(Quota::per_second(NonZeroU32::MIN)));
    let before = limiter.gate.seen();

    // Nothing was taken, so the arrival time is the same.
    let _slower = limiter.set_quota(Some(Quota::per_window(NonZeroU32::MIN, 2 * SECOND).unwrap()));
    let changed = limiter.gate.seen();
    let _looked = limiter.peek();

    assert_ne!(before, changed);
    assert_eq!(limiter.gate.seen(), changed);
}

#[test]
fn the_word_decides_while_a_servers_window_alone_does() {
    let (clock, limiter) = shared(Config::unlimited());
    let _told = limiter.feed(&Feedback::accepted().limit(5).window(SECOND));
    let taken = |calls| (0..calls).filter(|_| limiter.passes(clock.now(), NonZeroU32::MIN)).count();

    assert_eq!(taken(3), 3);
    assert_eq!(limiter.peek().available(), 2);
    clock.advance(SECOND);
    // The word is of the window that is over.
    assert_eq!(taken(1), 0);
    assert_eq!(limiter.try_acquire(), Ok(()));
    assert_eq!(taken(9), 4);
    assert_eq!(limiter.try_acquire().map_err(|denied| denied.why()), Err(Why::Exhausted));
}

#[test]
fn more_than_a_word_can_count_is_counted() {
    let (clock, limiter) = shared(Config::unlimited());
    let told = |remaining| Feedback::accepted().remaining(remaining).reset_after(SECOND);
    let _told = limiter.feed(&told(u64::MAX));

    assert!(limiter.passes(clock.now(), NonZeroU32::MAX));
    assert_eq!(limiter.peek().available(), u32::MAX);
    let _told = limiter.feed(&told(7));
    assert_eq!(limiter.peek().available(), 7);
}

#[test]
fn a_quota_and_a_servers_window_are_kept_at_once() {
    let nine = NonZeroU32::MIN.saturating_add(8);
    let (clock, limiter) = shared(Config::quota(Quota::per_second(nine).burst(nine)));
    let _told = limiter.feed(&Feedback::accepted().remaining(2).reset_after(10 * SECOND));

    assert!(!limiter.passes(clock.now(), NonZeroU32::MIN));
    assert_eq!([0; 3].map(|_| limiter.try_acquire().is_ok()), [true, true, false]);
    let _released = limiter.release();
    assert_eq!(limiter.peek().available(), 7);
    assert!(limiter.passes(clock.now(), NonZeroU32::MIN));
}

#[test]
fn without_a_limit_the_clock_is_not_read() {
    let (clock, limiter) = shared(Config::unlimited());
    let reads = clock.reads();

    assert_eq!(limiter.try_acquire(), Ok(()));

    assert_eq!(clock.reads(), reads);
}

#[test]
fn an_answer_that_says_nothing_costs_nothing() {
    let (clock, limiter) = shared(Config::quota(Quota::per_second(NonZeroU32::MIN)));
    let reads = clock.reads();

    assert_eq!(limiter.feed(&Feedback::accepted()), None);
    assert_eq!(limiter.feed(&Feedback::throttled()), None);

    assert_eq!(clock.reads(), reads);
    let (_clock, adaptive) = shared(Config::unlimited().adaptive(crate::Adaptive::DEFAULT));
    assert!(adaptive.feed(&Feedback::throttled()).is_some());
}

#[test]
fn after_nine_years_the_lock_decides() {
    let (clock, limiter) = shared(Config::quota(Quota::per_second(NonZeroU32::MIN)));
    clock.advance(10 * 365 * 86_400 * SECOND);

    assert_eq!(limiter.try_acquire(), Ok(()));
    assert_eq!(limiter.try_acquire().map_err(|denied| denied.wait()), Err(Some(SECOND)));
    clock.advance(SECOND);

    assert_eq!(limiter.try_acquire(), Ok(()));
}

fn shared(config: Config) -> (&'static Manual, Shared<&'static Manual>) {
    let clock: &Manual = Box::leak(Box::new(Manual::new()));
    (clock, Shared::on(clock, config))
}

/// A clock that stands still until it is told.
#[derive(Debug)]
struct Manual {
    origin: Instant,
    state: std::sync::Mutex<(Duration, u32)>,
}

impl Manual {
    fn new() -> Manual {
        Manual { origin: SystemClock.now(), state: std::sync::Mutex::default() }
    }

    fn advance(&self, by: Duration) {
        self.state.lock().unwrap().0 += by;
    }

    fn reads(&self) -> u32 {
        self.state.lock().unwrap().1
    }
}

impl Clock for Manual {
    fn now(&self) -> Instant {
        let mut state = self.state.lock().unwrap();
        state.1 += 1;
        self.origin + state.0
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

const ZERO: Duration = Duration::ZERO;
const SECOND: Duration = Duration::from_secs(1);
const NANO: Duration = Duration::from_nanos(1);
