use std::num::NonZeroU32;

use readmit_core::{Clock, SystemClock};

use super::*;
use crate::Adaptive;

#[test]
fn a_burst_then_one_at_a_time() {
    let (t0, mut limiter) = limiter(Quota::per_second(cells(10)).burst(cells(3)));

    let at_once: Vec<_> = (0..4).map(|_| limiter.try_acquire(t0, ONE).is_ok()).collect();

    assert_eq!(at_once, [true, true, true, false]);
    let denied = limiter.try_acquire(t0, ONE).unwrap_err();
    assert_eq!(denied.wait(), Some(millis(100)));
    assert_eq!(denied.retry_at(), Some(t0 + millis(100)));
    assert_eq!(limiter.try_acquire(t0 + millis(100) - NANO, ONE).map_err(why), Err(Why::Paced));
    assert_eq!(limiter.try_acquire(t0 + millis(100), ONE), Ok(()));
}

#[test]
fn with_a_burst_of_one_no_window_sees_more_than_the_quota() {
    let (t0, mut limiter) = limiter(Quota::per_second(cells(7)));
    let mut granted: Vec<Instant> = Vec::new();

    for tenth in 0..100_000 {
        let now = t0 + Duration::from_micros(tenth * 100);
        if limiter.try_acquire(now, ONE).is_ok() {
            granted.push(now);
        }
    }

    let second = |first: &[Instant]| first[0] + Duration::from_secs(1) <= first[7];
    assert!(granted.windows(8).all(second));
    assert!(69 <= granted.len(), "{}", granted.len());
}

#[test]
fn a_denied_call_takes_nothing() {
    let (t0, mut limiter) = limiter(Quota::per_second(cells(10)).burst(cells(3)));

    assert!(limiter.try_acquire(t0, cells(2)).is_ok());
    assert!(limiter.try_acquire(t0, cells(2)).is_err());

    assert_eq!(limiter.peek(t0).available(), 1);
}

#[test]
fn more_than_the_burst_is_never_allowed() {
    let (t0, mut limiter) = limiter(Quota::per_second(cells(10)).burst(cells(3)));

    let denied = limiter.try_acquire(t0, cells(4)).unwrap_err();

    assert_eq!((denied.why(), denied.wait(), denied.retry_at()), (Why::TooMany, None, None));
}

#[test]
fn r70_a_quota_is_changed_and_what_was_used_stays_used() {
    let (t0, mut limiter) = limiter(Quota::per_second(cells(10)).burst(cells(10)));
    assert!(limiter.try_acquire(t0, cells(6)).is_ok());

    let step = limiter.set_quota(t0, Some(Quota::per_second(cells(100)).burst(cells(20))));

    assert_eq!(step.change, Some(Change::Paced { interval: Some(millis(10)) }));
    assert_eq!(limiter.peek(t0).available(), 14);
    let _ = limiter.set_quota(t0, Some(Quota::per_second(cells(1)).burst(cells(4))));
    assert_eq!(limiter.peek(t0).available(), 0);
    assert_eq!(limiter.peek(t0).wait(), Duration::from_secs(1));
    let _ = limiter.set_quota(t0, None);
    assert_eq!(limiter.peek(t0).available(), u32::MAX);
}

#[test]
fn r70_to_look_takes_nothing() {
    let (t0, mut limiter) = limiter(Quota::per_second(ONE));

    (0..100).for_each(|_| assert_eq!(limiter.peek(t0).available(), 1));

    assert!(limiter.try_acquire(t0, ONE).is_ok());
    assert_eq!(limiter.peek(t0).available(), 0);
    assert_eq!(limiter.peek(t0).wait(), Duration::from_secs(1));
    assert_eq!(limiter.peek(t0 + Duration::from_secs(1)).wait(), Duration::ZERO);
}

#[test]
fn r71_a_retry_after_holds_every_call_until_then_and_not_longer() {
    let (t0, mut limiter) = unlimited();
    let wait = Duration::from_secs(30);

    let step = limiter.feed(t0, &Feedback::throttled().retry_after(wait), Draw::MIN);

    assert_eq!(step.change, Some(Change::Held { wait, until_at: Some(t0 + wait) }));
    let denied = limiter.try_acquire(t0, ONE).unwrap_err();
    assert_eq!((denied.why(), denied.wait()), (Why::Held, Some(wait)));
    assert!(limiter.try_acquire(t0 + wait - NANO, ONE).is_err());
    assert_eq!(limiter.try_acquire(t0 + wait, ONE), Ok(()));
}

#[test]
fn r71_nothing_remaining_with_a_reset_holds_until_then() {
    let (t0, mut limiter) = unlimited();
    let reset = Duration::from_secs(60);

    let _ = limiter.feed(t0, &Feedback::accepted().remaining(0).reset_after(reset), Draw::MIN);

    assert_eq!(limiter.try_acquire(t0 + reset - NANO, ONE).map_err(why), Err(Why::Held));
    assert_eq!(limiter.try_acquire(t0 + reset, ONE), Ok(()));
}

#[test]
fn r71_jitter_comes_on_top_and_never_off() {
    let waits = [1, 50, 100, 3_600].map(Duration::from_secs);

    let held = waits.map(|wait| {
        [Draw::MIN, Draw::MAX].map(|draw| {
            let (t0, mut limiter) = unlimited();
            let _ = limiter.feed(t0, &Feedback::throttled().retry_after(wait), draw);
            limiter.peek(t0).wait()
        })
    });

    for ([least, _], wait) in held.iter().zip(waits) {
        assert_eq!(*least, wait);
    }
    // A tenth, and at most 10 s.
    assert_eq!(held.map(|[_, most]| most.as_millis()), [1_100, 55_000, 110_000, 3_610_000]);
}

#[test]
fn r71_a_shorter_hold_does_not_cut_a_longer_one() {
    let (t0, mut limiter) = unlimited();
    let told = |secs| Feedback::throttled().retry_after(Duration::from_secs(secs));
    let _ = limiter.feed(t0, &told(60), Draw::MIN);

    let step = limiter.feed(t0 + Duration::from_secs(1), &told(5), Draw::MIN);

    assert_eq!(step.change, None);
    assert_eq!(limiter.peek(t0).wait(), Duration::from_secs(60));
}

#[test]
fn a_release_lifts_what_the_server_said() {
    let (t0, mut limiter) = unlimited();
    let reset = Duration::from_secs(60);
    let _ = limiter.feed(t0, &Feedback::throttled().remaining(0).reset_after(reset), Draw::MAX);

    let step = limiter.release(t0);

    assert_eq!(step.change, Some(Change::Released));
    assert_eq!(limiter.try_acquire(t0, ONE), Ok(()));
    assert_eq!(limiter.release(t0).change, None);
}

#[test]
fn what_the_server_has_left_is_counted_down_until_its_reset() {
    let (t0, mut limiter) = unlimited();
    let reset = Duration::from_secs(10);
    let told = Feedback::accepted().remaining(3).reset_after(reset);
    let _ = limiter.feed(t0, &told, Draw::MAX);

    let granted = (0..5).filter(|_| limiter.try_acquire(t0, ONE).is_ok()).count();

    assert_eq!(granted, 3);
    let denied = limiter.try_acquire(t0 + reset - NANO, ONE).unwrap_err();
    assert_eq!((denied.why(), denied.wait()), (Why::Exhausted, Some(NANO)));
    // Of the window after this one nothing was told.
    assert_eq!(limiter.peek(t0 + reset).available(), u32::MAX);
}

#[test]
fn a_limit_with_its_window_is_kept_to_from_then_on() {
    let (t0, mut limiter) = unlimited();
    let minute = Duration::from_secs(60);
    let _ = limiter.feed(t0, &Feedback::accepted().limit(5).window(minute), Draw::MIN);

    let granted = |limiter: &mut Limiter, now| {
        (0..20).filter(|_| limiter.try_acquire(now, ONE).is_ok()).count()
    };

    assert_eq!(granted(&mut limiter, t0), 5);
    assert_eq!(granted(&mut limiter, t0 + minute - NANO), 0);
    assert_eq!(granted(&mut limiter, t0 + minute), 5);
    assert_eq!(granted(&mut limiter, t0 + 7 * minute), 5);
    assert_eq!(limiter.try_acquire(t0, cells(6)).map_err(why), Err(Why::TooMany));
}

#[test]
fn the_server_never_widens_a_quota() {
    let (t0, mut limiter) = limiter(Quota::per_second(ONE));
    let told = Feedback::accepted().limit(5_000).window(Duration::from_secs(1)).remaining(4_999);

    let _ = limiter.feed(t0, &told, Draw::MIN);

    assert_eq!(limiter.peek(t0).available(), 1);
}

#[test]
fn what_says_nothing_changes_nothing() {
    let (t0, mut limiter) = unlimited();
    let zero = Duration::ZERO;

    for told in [
        Feedback::accepted(),
        Feedback::throttled(),
        Feedback::accepted().limit(10),
        Feedback::accepted().limit(0).window(zero),
        Feedback::accepted().limit(10).window(zero),
        Feedback::accepted().remaining(0),
        Feedback::accepted().remaining(0).reset_after(zero),
        Feedback::throttled().retry_after(zero),
    ] {
        assert_eq!(limiter.feed(t0, &told, Draw::MAX).change, None, "{told:?}");
        assert_eq!(limiter.peek(t0).available(), u32::MAX, "{told:?}");
    }
}

#[test]
fn the_adaptive_rate_is_kept_to() {
    let t0 = SystemClock.now();
    let mut limiter = Limiter::new(Config::unlimited().adaptive(Adaptive::DEFAULT), t0);
    accept(&mut limiter, t0, 10);

    let step = limiter.feed(t0, &Feedback::throttled(), Draw::MIN);

    // Seven a second.
    let interval = Duration::from_nanos(142_857_143);
    assert_eq!(step.change, Some(Change::Paced { interval: Some(interval) }));
    assert!(limiter.try_acquire(t0, ONE).is_ok());
    assert!(limiter.try_acquire(t0 + interval - NANO, ONE).is_err());
    assert!(limiter.try_acquire(t0 + interval, ONE).is_ok());
}

#[test]
fn the_adaptive_rate_never_exceeds_the_quota() {
    let t0 = SystemClock.now();
    let config = Config::quota(Quota::per_second(cells(5))).adaptive(Adaptive::DEFAULT);
    let mut limiter = Limiter::new(config, t0);
    accept(&mut limiter, t0, 1_000);

    let step = limiter.feed(t0, &Feedback::throttled(), Draw::MIN);

    assert_eq!(step.change, None);
    assert_eq!(limiter.peek(t0).interval(), Some(millis(200)));
}

#[test]
fn time_that_goes_backwards_is_not_an_error() {
    let (t0, mut limiter) = limiter(Quota::per_second(ONE));
    let later = t0 + Duration::from_secs(100);
    assert!(limiter.try_acquire(later, ONE).is_ok());

    let denied = limiter.try_acquire(t0, ONE).unwrap_err();

    assert_eq!(denied.retry_at(), Some(later + Duration::from_secs(1)));
    let (t0, mut limiter) = unlimited();
    assert!(limiter.try_acquire(t0 + millis(1), ONE).is_ok());
    assert!(limiter.try_acquire(t0, ONE).is_ok());
}

#[test]
fn the_longest_waits_saturate() {
    let (t0, mut limiter) = limiter(Quota::per_window(ONE, Duration::MAX).unwrap());
    assert!(limiter.try_acquire(t0, ONE).is_ok());
    assert!(limiter.try_acquire(t0, ONE).is_err());

    let endless = Feedback::throttled()
        .retry_after(Duration::MAX)
        .reset_after(Duration::MAX)
        .window(Duration::MAX)
        .limit(u64::MAX)
        .remaining(0);
    let _ = limiter.feed(t0, &endless, Draw::MAX);

    let century = Duration::from_secs(100 * 365 * 86_400);
    let denied = limiter.try_acquire(t0 + century, NonZeroU32::MIN).unwrap_err();
    assert!(denied.wait() > Some(century / 4), "{denied:?}");
}

/// Tells the limiter of so many answers that do not complain.
fn accept(limiter: &mut Limiter, now: Instant, answers: u32) {
    for _ in 0..answers {
        let _ = limiter.feed(now, &Feedback::accepted(), Draw::MIN);
    }
}

fn limiter(quota: Quota) -> (Instant, Limiter) {
    let t0 = SystemClock.now();
    (t0, Limiter::new(Config::quota(quota), t0))
}

fn unlimited() -> (Instant, Limiter) {
    let t0 = SystemClock.now();
    (t0, Limiter::new(Config::unlimited(), t0))
}

fn why(denied: Denied) -> Why {
    denied.why()
}

fn cells(cells: u32) -> NonZeroU32 {
    NonZeroU32::new(cells).unwrap()
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const ONE: NonZeroU32 = NonZeroU32::MIN;
const NANO: Duration = Duration::from_nanos(1);
