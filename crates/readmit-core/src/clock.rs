use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// Tells the time, twice over.
///
/// The monotonic reading measures how long something took and stops while a machine is suspended;
/// the wall reading says what day it is and may jump.
/// Which one a question needs is rule 16: expiry looks at both, everything else at the monotonic one.
///
/// Drivers read a clock; machines are given what it said.
///
/// # Example
///
/// ```
/// use readmit_core::{Clock, SystemClock};
///
/// let earlier = SystemClock.now();
/// assert!(earlier <= SystemClock.now());
/// ```
pub trait Clock: fmt::Debug + Send + Sync {
    /// Reads the monotonic clock.
    fn now(&self) -> Instant;

    /// Reads the wall clock.
    fn wall(&self) -> SystemTime;
}

/// The system's clocks.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a unit struct: there is nothing to add")]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock read of layers 0 to 2")]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[expect(clippy::disallowed_methods, reason = "the one clock read of layers 0 to 2")]
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn wall(&self) -> SystemTime {
        (**self).wall()
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn wall(&self) -> SystemTime {
        (**self).wall()
    }
}
