//! A server that takes fifty calls a second, and says no more than "too many", is found.

use std::num::NonZeroU32;
use std::time::Duration;

use readmit_core::{Clock, Draw, SystemClock};
use readmit_limit::{Adaptive, Config, Feedback, Limiter};

fn main() {
    // In virtual time, because a machine is told what time it is.
    let t0 = SystemClock.now();
    let mut limiter = Limiter::new(Config::unlimited().adaptive(Adaptive::DEFAULT), t0);

    for second in 0..20 {
        let (mut sent, mut refused) = (0, 0);
        for milli in 0..1_000 {
            let now = t0 + Duration::from_millis(second * 1_000 + milli);
            if limiter.try_acquire(now, NonZeroU32::MIN).is_err() {
                continue;
            }
            sent += 1;
            let answer = if sent <= 50 { Feedback::accepted() } else { Feedback::throttled() };
            refused += u32::from(50 < sent);
            let _ = limiter.feed(now, &answer, Draw::MIN);
        }
        println!("second {second:2}: {sent:4} sent, {refused:3} refused");
    }
}
