use std::num::NonZeroU32;
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use readmit_core::{Clock, Draw, SystemClock};
use readmit_limit::{Config, Denied, Feedback, Limiter, Quota, Shared};

use crate::clock::Manual;
use crate::reference::{Entry, Rate, Reference, Words};

proptest! {
    #[test]
    fn the_machine_and_its_wrapper_allow_what_the_reference_allows(
        first in option::of(rate()),
        events in vec(event(), 1..60),
    ) {
        let t0 = SystemClock.now();
        let config = first.map_or(Config::unlimited(), |rate| Config::quota(quota(rate)));
        let config = config.jitter(Duration::ZERO);
        let mut limiter = Limiter::new(config.clone(), t0);
        let clock = Manual::new(t0);
        let shared = Shared::on(&clock, config);
        let mut reference = Reference::new(first);
        let mut now = 0;

        for event in events {
            let at = t0 + millis(now);
            match event {
                Event::Advance(by) => {
                    clock.advance(millis(by));
                    now += by;
                }
                Event::Feed(words) => {
                    let changed = limiter.feed(at, &feedback(words), Draw::MAX).change;
                    prop_assert_eq!(shared.feed(&feedback(words)), changed);
                    reference.note(now, Entry::Told(words));
                }
                Event::Quota(rate) => {
                    let changed = limiter.set_quota(at, rate.map(quota)).change;
                    prop_assert_eq!(shared.set_quota(rate.map(quota)), changed);
                    reference.note(now, Entry::Quota(rate));
                }
                Event::Release => {
                    prop_assert_eq!(shared.release(), limiter.release(at).change);
                    reference.note(now, Entry::Release);
                }
                Event::Take(cells) => {
                    let got = take(&mut limiter, &mut reference, t0, now, cells)?;
                    let wanted = NonZeroU32::new(cells).unwrap();
                    prop_assert_eq!(shared.try_acquire_many(wanted), got);
                }
            }
            // Looking takes the lock, so that it is done seldom.
            if now % 3 == 0 {
                prop_assert_eq!(shared.peek(), limiter.peek(t0 + millis(now)));
            }
            look(&limiter, &reference, t0 + millis(now), now)?;
        }
    }
}

fn take(
    limiter: &mut Limiter,
    reference: &mut Reference,
    t0: std::time::Instant,
    now: u64,
    cells: u32,
) -> Result<Result<(), Denied>, TestCaseError> {
    let wanted = NonZeroU32::new(cells).unwrap();
    let got = limiter.try_acquire(t0 + millis(now), wanted);
    prop_assert_eq!(got.is_ok(), reference.allows(now, cells.into()), "{:?}", got);
    let denied = match got {
        Ok(()) => {
            reference.note(now, Entry::Grant(cells.into()));
            return Ok(got);
        }
        Err(denied) => denied,
    };

    let Some(retry_at) = denied.retry_at() else {
        prop_assert_eq!(reference.allowed_at(now, cells.into(), SOON), None);
        return Ok(got);
    };
    // From both sides: it is denied until a nanosecond before, and allowed at the instant.
    prop_assert!(limiter.clone().try_acquire(retry_at - NANO, wanted).is_err());
    prop_assert!(limiter.clone().try_acquire(retry_at, wanted).is_ok());
    let expected = reference.allowed_at(now, cells.into(), SOON).map(|at| t0 + millis(at));
    if let Some(expected) = expected {
        // The reference sees whole milliseconds.
        prop_assert!(retry_at <= expected && expected < retry_at + millis(1));
    }
    Ok(got)
}

fn look(
    limiter: &Limiter,
    reference: &Reference,
    at: std::time::Instant,
    now: u64,
) -> Result<(), TestCaseError> {
    let standing = reference.standing(now);
    let most = u64::from(u32::MAX);
    let left = [standing.bucket, standing.window].into_iter().flatten().min().unwrap_or(most);
    let expected = if standing.held { 0 } else { left.min(most) };
    prop_assert_eq!(u64::from(limiter.peek(at).available()), expected, "{:?}", standing);
    prop_assert!(standing.bucket.is_none_or(|bucket| bucket <= standing.burst.unwrap_or(0)));
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Advance(u64),
    Feed(Words),
    Quota(Option<Rate>),
    Release,
    Take(u32),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (0..40_u64).prop_map(Event::Advance),
        1 => (900..3_000_u64).prop_map(Event::Advance),
        12 => (1..4_u32).prop_map(Event::Take),
        3 => words().prop_map(Event::Feed),
        2 => option::weighted(0.9, rate()).prop_map(Event::Quota),
        1 => Just(Event::Release),
    ]
}

fn words() -> impl Strategy<Value = Words> {
    let length = || prop_oneof![1..60_u64, 900..2_500_u64];
    (
        option::weighted(0.4, 1..6_u64),
        option::weighted(0.4, length()),
        option::weighted(0.5, 0..5_u64),
        option::weighted(0.5, length()),
        option::weighted(0.2, 1..50_u64),
    )
        .prop_map(|(limit, window, remaining, reset_after, retry_after)| Words {
            limit,
            window,
            remaining,
            reset_after,
            retry_after,
        })
}

/// Intervals for which what was taken is a whole number of nanoseconds under each other one; the
/// machine rounds up where it is not, and the reference does not.
fn rate() -> impl Strategy<Value = Rate> {
    (prop::sample::select(vec![1, 2, 4, 5, 8, 10_u64]), 1..6_u64)
        .prop_map(|(interval, burst)| Rate { interval, burst })
}

fn quota(rate: Rate) -> Quota {
    let quota = Quota::per_window(NonZeroU32::MIN, millis(rate.interval)).unwrap();
    quota.burst(NonZeroU32::new(u32::try_from(rate.burst).unwrap()).unwrap())
}

fn feedback(words: Words) -> Feedback {
    let mut told = Feedback::accepted();
    if let Some(limit) = words.limit {
        told = told.limit(limit);
    }
    if let Some(window) = words.window {
        told = told.window(millis(window));
    }
    if let Some(remaining) = words.remaining {
        told = told.remaining(remaining);
    }
    if let Some(reset_after) = words.reset_after {
        told = told.reset_after(millis(reset_after));
    }
    if let Some(retry_after) = words.retry_after {
        told = told.retry_after(millis(retry_after));
    }
    told
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// In milliseconds.
const SOON: u64 = 60;
const NANO: Duration = Duration::from_nanos(1);
