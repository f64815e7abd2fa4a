use std::time::{Duration, SystemTime};

use crate::offset::Offset;

/// How long a new credential lives, as far as its issuer told.
///
/// Prefer [`For`](Lifetime::For) where both are told: it needs no clock to be right.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_core::{Draw, SystemClock};
/// use readmit_recovery::{Config, Lifecycle, Lifetime, NotKept, Now};
///
/// let now = Now::read(&SystemClock);
/// let mut lifecycle = Lifecycle::new(Config::DEFAULT);
///
/// // A lifetime of zero is a credential that is of no use (rule 13).
/// let zero = lifecycle.adopt(now, Lifetime::For(Duration::ZERO), Draw::MAX);
/// assert_eq!(zero.decision, Err(NotKept::ArrivedExpired));
///
/// // None told is neither expired nor infinite: it is used until a server rejects it (rule 15).
/// let untold = lifecycle.adopt(now, Lifetime::Unknown, Draw::MAX);
/// assert!(untold.decision.is_ok());
/// assert_eq!(lifecycle.expires_in(now), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "untold, relative, absolute")]
pub enum Lifetime {
    /// Nobody told (rule 15).
    Unknown,
    /// It lives this long from its issue, as `expires_in` has it.
    ///
    /// It is counted from the start of the refresh that brought it, the earliest moment at which it
    /// can have been issued.
    For(Duration),
    /// It lives until the wall clock shows this, as `expires_at` or a JWT's `exp` has it.
    ///
    /// It is compared with the wall clock once, when it arrives.
    Until(SystemTime),
}

impl Lifetime {
    /// Returns the lifetime by the local clock, where an absolute end was told by a server whose
    /// clock is this far off (rule 51).
    #[must_use]
    pub fn told_by(self, server: Offset) -> Lifetime {
        match self {
            Lifetime::Until(end) => Lifetime::Until(server.at_home(end)),
            Lifetime::Unknown | Lifetime::For(_) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r51_an_absolute_end_is_read_by_the_clock_of_who_told_it() {
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let ahead = Offset::between(end, end + Duration::from_secs(300));

        let at_home = Lifetime::Until(end).told_by(ahead);

        assert_eq!(at_home, Lifetime::Until(end - Duration::from_secs(300)));
        for relative in [Lifetime::Unknown, Lifetime::For(Duration::from_secs(5))] {
            assert_eq!(relative.told_by(ahead), relative);
        }
    }
}
