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
            history.push((now, throttled));

            let interval = limiter.peek(at).interval().map(|interval| interval.as_nanos());
            prop_assert_eq!(interval, rate(&history).map(|rate| 1_000_000_000_000_u128.div_ceil(rate)));
        }
    }
}

/// The rate that all these answers, at their milliseconds, come to, in thousandths per second.
fn rate(history: &[(u64, bool)]) -> Option<u128> {
    let mut rate: Option<u128> = None;
    let (mut step, mut cut_at, mut grown_at) = (0, 0, 0);
    for (index, (now, throttled)) in history.iter().copied().enumerate() {
        let took = took(&history[..=index], now);
        match (throttled, rate) {
            (true, Some(_)) if now < cut_at + 1_000 => {}
            (true, before) => {
                let before = before.map_or(took, |before| before.min(took)).max(1_000);
                rate = Some((before / 10 * 7).max(1_000));
                (step, cut_at, grown_at) = (before / 20, now, now);
            }
            (false, Some(before)) if grown_at + 1_000 <= now => {
                rate = Some((before + step).min((2 * took).max(before)));
                grown_at = now;
            }
            (false, _) => {}
        }
    }
    rate
}

/// What the server took by then, in thousandths per second: each second begins with the first
/// answer that is not of the one before.
fn took(history: &[(u64, bool)], now: u64) -> u128 {
    let accepted: Vec<u64> =
        history.iter().filter(|answer| !answer.1).map(|answer| answer.0).collect();
    let Some(first) = accepted.first() else { return 0 };
    let (mut since, mut last) = (*first, 0);
    for at in &accepted {
        if since + 1_000 <= *at {
            let within = accepted.iter().filter(|answer| (since..*at).contains(*answer)).count();
            last = within as u128 * 1_000_000 / u128::from(at - since);
            since = *at;
        }
    }
    let count = accepted.iter().filter(|answer| since <= **answer).count() as u128;
    match now - since {
        ..1_000 => last.max(count * 1_000),
        elapsed => count * 1_000_000 / u128::from(elapsed),
    }
}
