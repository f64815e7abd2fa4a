use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use readmit_core::Clock;
use readmit_recovery::{Now, Usable};

use super::Held;

/// A credential, and how long it may be used without asking.
pub(crate) struct Published {
    pub(super) held: Arc<Held>,
    usable: Usable,
    /// When both clocks were read for `usable`.
    since: Instant,
    /// When it ends, in nanoseconds of the monotonic clock after `since`; `None` where it does not.
    until: Option<u64>,
    /// When the wall clock was last looked at, likewise.
    looked: AtomicU64,
}

impl Published {
    pub(super) fn new(held: Arc<Held>, usable: Usable, now: Now) -> Published {
        let since = now.mono;
        let until = usable.until().map(|until| nanos(until.mono.saturating_duration_since(since)));
        Published { held, usable, since, until, looked: AtomicU64::new(0) }
    }

    /// Returns whether the credential may be used without asking.
    ///
    /// It costs one look at a clock, as a rule, and none where the credential does not expire: the
    /// wall clock is looked at once in a [`GLANCE`] of the other one. It says more than the other
    /// where the machine slept or the clock was set (rule 16), and a machine takes longer than that
    /// to fall asleep and wake up.
    #[inline]
    pub(super) fn covers(&self, clock: &dyn Clock) -> bool {
        let Some(until) = self.until else {
            return true;
        };
        let mono = clock.now();
        let at = nanos(mono.saturating_duration_since(self.since));
        // Relaxed: it guards nothing; whoever reads it late looks once more.
        let looked = self.looked.load(Ordering::Relaxed);
        // A clock that stands still is a test's, and says nothing of how long ago that was.
        let looked_just_now = looked < at && at - looked < GLANCE;
        (looked_just_now && at < until) || self.covers_by_both(clock, mono, at)
    }

    #[cold]
    fn covers_by_both(&self, clock: &dyn Clock, mono: Instant, at: u64) -> bool {
        let covers = self.usable.covers(Now { mono, wall: clock.wall() });
        // Relaxed: as above. Not written for nothing: other threads read it.
        if covers && self.looked.load(Ordering::Relaxed) != at {
            self.looked.store(at, Ordering::Relaxed);
        }
        covers
    }
}

#[inline]
fn nanos(duration: Duration) -> u64 {
    let nanos = u64::from(duration.subsec_nanos());
    duration.as_secs().saturating_mul(1_000_000_000).saturating_add(nanos)
}

/// A millisecond, in nanoseconds.
const GLANCE: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::SystemTime;

    use readmit_core::{Draw, SystemClock};
    use readmit_log::redact::Redactor;
    use readmit_recovery::{Config, Lifecycle, Lifetime};

    use super::*;
    use crate::Token;
    use crate::secrets::Secrets;

    #[test]
    fn r16_the_wall_clock_is_looked_at_once_in_a_millisecond() {
        let clock = Counted::default();
        let published = published(&clock, Lifetime::For(HOUR));

        for _ in 0..100 {
            clock.pass(Duration::from_micros(99));
            assert!(published.covers(&clock));
        }

        assert_eq!(clock.0.lock().unwrap().looks_at_the_wall, 9);
    }

    #[test]
    fn r16_a_machine_that_slept_past_the_end_asks() {
        let clock = Counted::default();
        let published = published(&clock, Lifetime::For(HOUR));
        clock.sleep(HOUR);

        assert!(!published.covers(&clock), "the other clock stands where it stood");

        clock.pass(Duration::from_millis(1));
        assert!(!published.covers(&clock));
    }

    #[test]
    fn r16_each_clock_alone_ends_it() {
        let (elapsed, set) = (Counted::default(), Counted::default());
        let (one, other) =
            (published(&elapsed, Lifetime::For(HOUR)), published(&set, Lifetime::For(HOUR)));

        elapsed.0.lock().unwrap().mono += HOUR;
        set.0.lock().unwrap().wall -= HOUR;

        assert!(!one.covers(&elapsed));
        assert!(!other.covers(&set), "set back");
    }

    #[test]
    fn r15_a_credential_of_unknown_lifetime_costs_no_look_at_a_clock() {
        let clock = Counted::default();
        let published = published(&clock, Lifetime::Unknown);
        clock.sleep(HOUR);

        assert!(published.covers(&clock));
        assert_eq!(clock.0.lock().unwrap().looks_at_the_wall, 0);
    }

    fn published(clock: &Counted, lifetime: Lifetime) -> Published {
        let Times { mono, wall, .. } = *clock.0.lock().unwrap();
        let now = Now { mono, wall };
        let mut life = Lifecycle::new(Config::DEFAULT);
        let generation = life.adopt(now, lifetime, Draw::MAX).decision.unwrap();
        let secrets = Secrets::new(Redactor::new());
        let held =
            Held::new(Token::bearer("s3cret").unwrap(), generation, mono, None, None, &secrets);
        Published::new(Arc::new(held), life.usable(now).unwrap(), now)
    }

    #[derive(Debug)]
    struct Counted(Mutex<Times>);

    #[derive(Clone, Copy, Debug)]
    struct Times {
        mono: Instant,
        wall: SystemTime,
        looks_at_the_wall: u32,
    }

    impl Counted {
        fn pass(&self, time: Duration) {
            self.0.lock().unwrap().mono += time;
            self.sleep(time);
        }

        /// The other clock stands meanwhile.
        fn sleep(&self, time: Duration) {
            self.0.lock().unwrap().wall += time;
        }
    }

    impl Default for Counted {
        fn default() -> Counted {
            let (mono, wall) = (SystemClock.now(), SystemClock.wall());
            Counted(Mutex::new(Times { mono, wall, looks_at_the_wall: 0 }))
        }
    }

    impl Clock for Counted {
        fn now(&self) -> Instant {
            self.0.lock().unwrap().mono
        }

        fn wall(&self) -> SystemTime {
            let mut times = self.0.lock().unwrap();
            times.looks_at_the_wall += 1;
            times.wall
        }
    }

    const HOUR: Duration = Duration::from_secs(3_600);
}
