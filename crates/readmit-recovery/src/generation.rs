use std::fmt;

/// Names one of the credentials that a [`Lifecycle`](crate::Lifecycle) has held, by counting them.
///
/// A call remembers the generation it was signed with; a rejection names it, so that fifty 401s of
/// one credential cost one refresh (rule 2).
///
/// # Example
///
/// ```
/// use readmit_core::{Draw, SystemClock};
/// use readmit_recovery::{Config, Lifecycle, Lifetime, Now};
///
/// let now = Now::read(&SystemClock);
/// let mut lifecycle = Lifecycle::new(Config::DEFAULT);
///
/// let first = lifecycle.adopt(now, Lifetime::Unknown, Draw::MAX).decision?;
/// let second = lifecycle.adopt(now, Lifetime::Unknown, Draw::MAX).decision?;
///
/// assert!(first < second);
/// assert_eq!(first.to_string(), "1");
/// # Ok::<_, readmit_recovery::NotKept>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Generation(u64);

impl Generation {
    /// Precedes the first generation; nothing is ever held under it.
    pub(crate) const NONE: Generation = Generation(0);

    /// Returns the generation after this one.
    pub(crate) fn next(self) -> Generation {
        Generation(self.0.saturating_add(1))
    }

    /// Returns the generation as a number, for a log line or a packed word.
    ///
    /// The first one is 1, so 0 is free to mean none.
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
