use readmit_core::Now;

use crate::generation::Generation;

/// A generation that may be used without asking, and for how long.
///
/// A driver publishes it where callers read it without a lock, and publishes anew (or takes back)
/// after everything it asks or tells the [`Lifecycle`](crate::Lifecycle).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_core::{Draw, SystemClock};
/// use readmit_recovery::{Config, Lifecycle, Lifetime, Now};
///
/// let now = Now::read(&SystemClock);
/// let mut lifecycle = Lifecycle::new(Config::DEFAULT);
/// let hour = Lifetime::For(Duration::from_secs(3600));
/// let generation = lifecycle.adopt(now, hour, Draw::MAX).decision?;
///
/// let usable = lifecycle.usable(now);
///
/// assert!(usable.is_some_and(|usable| usable.generation() == generation && usable.covers(now)));
/// # Ok::<_, readmit_recovery::NotKept>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Usable {
    pub(crate) generation: Generation,
    pub(crate) since: Now,
    pub(crate) until: Option<Now>,
}

impl Usable {
    /// Returns the generation.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Returns what the clocks show when somebody has to ask: the first of the two that is reached
    /// counts, and that reading is not covered. `None` where no lifetime is known.
    #[must_use]
    pub fn until(&self) -> Option<Now> {
        self.until
    }

    /// Returns whether `now` is before the end by both clocks, and the wall clock not visibly set
    /// back.
    #[must_use]
    pub fn covers(&self, now: Now) -> bool {
        let Some(until) = self.until else {
            return true;
        };
        now.mono < until.mono && self.since.wall <= now.wall && now.wall < until.wall
    }
}
