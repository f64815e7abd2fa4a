//! A limiter for each tenant, and no more of them than a bound.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use readmit_limit::{Config, ConfigError, Feedback, Full, Limiters, Quota};

fn main() -> Result<(), ConfigError> {
    let two = NonZeroU32::MIN.saturating_add(1);
    let quota = Quota::per_window(two, Duration::from_secs(60))?.burst(two);
    let per_tenant = Limiters::<String>::new(Config::quota(quota), two_keys());

    if let Err(full) = serve(&per_tenant) {
        println!("{full}");
    }
    Ok(())
}

fn serve(per_tenant: &Limiters<String>) -> Result<(), Full> {
    // Whoever keeps the handle looks up once, and meets no other tenant after that.
    let acme = per_tenant.get("acme")?;
    for call in 1..=3 {
        println!("acme, call {call}: {:?}", acme.try_acquire().map_err(|denied| denied.why()));
    }

    // What the server says to one is no other's business.
    let globex = per_tenant.get("globex")?;
    globex.feed(&Feedback::throttled().retry_after(Duration::from_secs(30)));
    if let Err(denied) = globex.try_acquire() {
        println!("globex: {denied}");
    }

    // Both are in use, so neither makes way.
    let initech = per_tenant.get("initech")?;
    println!("initech: {:?}", initech.try_acquire());
    Ok(())
}

/// So few that the third finds no room.
fn two_keys() -> NonZeroUsize {
    NonZeroUsize::MIN.saturating_add(1)
}
