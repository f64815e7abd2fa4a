use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use readmit_core::{Clock, Draw, SystemClock};
use readmit_limit::{Adaptive, Config, Feedback, Limiter};

proptest! {
    #[test]
    fn the_rate_is_found_as_the_reference_finds_it(
        answers in vec((0..700_u64, prop::bool::weighted(0.1)), 1..150),
    ) {
        let t0 = SystemClock.now();
        let mut limiter = Limiter::new(Config::unlimited().adaptive(Adaptive::DEFAULT), t0);
        let mut history = Vec::new();
        let mut now = 0;

        for (by, throttled) in answers {
            now += by;
            let at = t0 + Duration::from_millis(now);
            let told = if throttled { Feedback::throttled() } else { Feedback::accepted() };
            let _ = limiter.feed(at, &told, Draw::MIN);
            history.push(Answer { at: now, throttled, took: 0 });
            let took = took(&history);
            history.last_mut().unwrap().took = took;

            let interval = limiter.peek(at).interval().map(|interval| interval.as_nanos());
            prop_assert_eq!(interval, rate(&history).map(|rate| 1_000_000_000_000_u128.div_ceil(rate)));
        }
    }
}

/// An answer at its millisecond, and what the server took by then, in thousandths per second.
#[derive(Clone, Copy, Debug)]
struct Answer {
    at: u64,
    throttled: bool,
    took: u128,
}

/// The rate that all these answers come to, in thousandths per second.
fn rate(history: &[Answer]) -> Option<u128> {
    let mut rate: Option<u128> = None;
    let (mut step, mut cut_at, mut grown_at) = (0, 0, 0);
    for Answer { at, throttled, took } in history.iter().copied() {
        match (throttled, rate) {
            (true, Some(_)) if at < cut_at + 1_000 => {}
            (true, before) => {
                let before = before.map_or(took, |before| before.min(took)).max(1_000);
                rate = Some((before / 10 * 7).max(1_000));
                (step, cut_at, grown_at) = (before / 20, at, at);
            }
            (false, Some(before)) if grown_at + 1_000 <= at => {
                rate = Some((before + step).min((2 * took).max(before)));
                grown_at = at;
            }
            (false, _) => {}
        }
    }
    rate
}

/// What the server took by the last of these answers: each second begins with the first answer that
/// is not of the one before.
fn took(history: &[Answer]) -> u128 {
    let now = history.last().map_or(0, |answer| answer.at);
    let mut accepted = history.iter().filter(|answer| !answer.throttled).map(|answer| answer.at);
    let Some(first) = accepted.next() else { return 0 };
    let (mut since, mut count, mut last) = (first, 1, 0);
    for at in accepted {
        if since + 1_000 <= at {
            last = count * 1_000_000 / u128::from(at - since);
            (since, count) = (at, 0);
        }
        count += 1;
    }
    match now - since {
        ..1_000 => last.max(count * 1_000),
        elapsed => count * 1_000_000 / u128::from(elapsed),
    }
}
