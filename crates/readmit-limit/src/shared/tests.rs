use std::time::{Duration, SystemTime};

use super::*;

#[test]
fn the_word_decides_while_the_quota_alone_does() {
    let (clock, limiter) = shared(Config::quota(Quota::per_second(NonZeroU32::MIN)));

    assert!(limiter.takes_from_word(clock.now(), NonZeroU32::MIN));
    assert!(!limiter.takes_from_word(clock.now(), NonZeroU32::MIN));

    assert_eq!(limiter.try_acquire().map_err(|denied| denied.why()), Err(Why::Paced));
    clock.advance(SECOND);
    assert!(limiter.takes_from_word(clock.now(), NonZeroU32::MIN));
}

#[test]
fn a_hold_closes_the_word_until_it_is_over() {
    let (clock, limiter) = shared(Config::quota(Quota::per_second(NonZeroU32::MAX)).jitter(ZERO));
    let _held = limiter.feed(&Feedback::throttled().retry_after(SECOND));

    assert!(!limiter.takes_from_word(clock.now(), NonZeroU32::MIN));
    clock.advance(SECOND - NANO);
    assert_eq!(limiter.try_acquire().map_err(|denied| denied.why()), Err(Why::Held));
    clock.advance(NANO);

    assert_eq!(limiter.try_acquire(), Ok(()));
    clock.advance(SECOND);
    assert!(limiter.takes_from_word(clock.now(), NonZeroU32::MIN));
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
fn without_a_limit_the_clock_is_not_read() {
    let (clock, limiter) = shared(Config::unlimited());
    let reads = clock.reads();

    assert_eq!(limiter.try_acquire(), Ok(()));

    assert_eq!(clock.reads(), reads);
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
