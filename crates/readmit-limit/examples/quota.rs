//! A quota is looked at, used, and changed while the program runs; what was used stays used.

use std::num::NonZeroU32;
use std::time::Duration;

use readmit_limit::{Config, ConfigError, Quota, Shared};

fn main() -> Result<(), ConfigError> {
    let (two, ten) = (NonZeroU32::MIN.saturating_add(1), NonZeroU32::MIN.saturating_add(9));
    let limiter = Shared::new(Config::quota(Quota::per_window(ten, HOUR)?.burst(ten)));
    show("ten an hour, all at once", &limiter);

    let _taken = (0..7).filter(|_| limiter.try_acquire().is_ok()).count();
    show("after seven calls", &limiter);

    // An operator, or a new contract, allows twice as many.
    let changed = limiter.set_quota(Some(Quota::per_window(ten, HOUR / 2)?.burst(ten)));
    show("twice as fast", &limiter);
    println!("  {changed:?}");

    limiter.set_quota(Some(Quota::per_window(two, HOUR)?.burst(two)));
    show("two an hour", &limiter);

    limiter.set_quota(None);
    show("without a quota", &limiter);
    Ok(())
}

/// Looking takes nothing.
fn show(what: &str, limiter: &Shared) {
    let seen = limiter.peek();
    println!("{what}: {} are there, wait {:?}", seen.available(), seen.wait());
}

const HOUR: Duration = Duration::from_secs(3_600);
