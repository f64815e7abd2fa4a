//! Ten calls at a hundred a second, four of them at once; then the server asks to wait.

use std::num::NonZeroU32;
use std::time::Duration;

use readmit_core::{Clock, SystemClock};
use readmit_limit::{Config, Denied, Feedback, Quota, Shared};

fn main() -> Result<(), Denied> {
    let (four, hundred) = (NonZeroU32::MIN.saturating_add(3), NonZeroU32::MIN.saturating_add(99));
    let limiter = Shared::new(Config::quota(Quota::per_second(hundred).burst(four)));
    let begun_at = SystemClock.now();

    for call in 1..=10 {
        while let Err(denied) = limiter.try_acquire() {
            std::thread::park_timeout(denied.wait().unwrap_or_default());
        }
        let after = SystemClock.now().saturating_duration_since(begun_at);
        println!("call {call:2} after {:3} ms", after.as_millis());
    }

    limiter.feed(&Feedback::throttled().retry_after(Duration::from_secs(30)));
    if let Err(denied) = limiter.try_acquire() {
        println!("then: {denied}");
    }
    Ok(())
}
