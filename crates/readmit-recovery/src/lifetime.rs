use std::time::{Duration, SystemTime};

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
