use std::num::NonZeroU32;
use std::time::Duration;

use readmit_core::Draw;

use crate::jitter::share;
use crate::{ConfigError, Jitter};

/// How often a call is tried, how long it waits in between, and when it must be over.
///
/// A policy is plain data, checked once by [`build`](PolicyBuilder::build) and shared by all the
/// calls that follow it.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use readmit_core::Draw;
/// use readmit_retry::Policy;
///
/// let policy = Policy::exponential(Duration::from_secs(1)).build()?;
/// let third = NonZeroU32::new(3).unwrap();
/// assert_eq!(policy.delay(third, Draw::MAX), Duration::from_secs(4));
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    max_attempts: NonZeroU32,
    /// In nanoseconds, as are the next two: every delay is then one word, and 584 years will do.
    base: u64,
    /// Where the doubling ends: at the cap, or at once where the delay is constant.
    flat: u64,
    cap: u64,
    jitter: Jitter,
    server_cap: Duration,
    deadline: Option<Duration>,
}

/// Collects the settings of a [`Policy`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct PolicyBuilder {
    max_attempts: NonZeroU32,
    curve: Curve,
    base: Duration,
    cap: Option<Duration>,
    jitter: Jitter,
    server_cap: Duration,
    deadline: Option<Duration>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Curve {
    Constant,
    Exponential,
}

impl Policy {
    /// The policy with every default: 3 attempts, 100 ms doubling up to 10 s, full jitter, no
    /// deadline.
    pub const DEFAULT: Policy = Policy {
        max_attempts: THREE,
        base: 100_000_000,
        flat: 10_000_000_000,
        cap: 10_000_000_000,
        jitter: Jitter::Full,
        server_cap: DEFAULT_SERVER_CAP,
        deadline: None,
    };

    /// Starts a policy whose delay is `base` before the first retry and doubles with each further
    /// one, up to the [`cap`](PolicyBuilder::cap).
    pub fn exponential(base: Duration) -> PolicyBuilder {
        PolicyBuilder::new(Curve::Exponential, base)
    }

    /// Starts a policy whose delay is the same before each retry.
    ///
    /// [`Duration::ZERO`] retries at once, which spares nobody: it suits a conflict between writers,
    /// not a server in trouble.
    pub fn constant(delay: Duration) -> PolicyBuilder {
        PolicyBuilder::new(Curve::Constant, delay)
    }

    /// Returns the policy of a single attempt.
    #[must_use]
    pub const fn never() -> Policy {
        Policy { max_attempts: NonZeroU32::MIN, ..Policy::DEFAULT }
    }

    /// Returns how long to wait before a retry; 1 is the first retry, that is, the second attempt.
    ///
    /// It is never longer than the cap.
    /// The longest delay of a jitter belongs to [`Draw::MAX`], the shortest to [`Draw::MIN`].
    #[must_use]
    pub fn delay(&self, retry: NonZeroU32, draw: Draw) -> Duration {
        let (certain, chance) = self.jitter.split(self.nominal(retry));
        let delay = certain.saturating_add(share(chance, draw));
        Duration::from_nanos(delay.min(self.cap))
    }

    /// Returns how many times a call is tried at most, the first time included.
    #[must_use]
    pub fn max_attempts(&self) -> NonZeroU32 {
        self.max_attempts
    }

    /// Returns the longest delay that a server may ask for.
    #[must_use]
    pub fn server_cap(&self) -> Duration {
        self.server_cap
    }

    /// Returns how long a call may take in all, if there is a limit.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Returns what jitter adds to a delay that the server asked for.
    pub(crate) fn on_top(&self, retry: NonZeroU32, draw: Draw) -> Duration {
        let (_certain, chance) = self.jitter.split(self.nominal(retry));
        Duration::from_nanos(share(chance, draw))
    }

    /// Returns the delay before jitter, in nanoseconds.
    fn nominal(&self, retry: NonZeroU32) -> u64 {
        let factor = 1_u64.checked_shl(retry.get() - 1).unwrap_or(u64::MAX);
        self.base.saturating_mul(factor).min(self.flat)
    }
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::DEFAULT
    }
}

impl PolicyBuilder {
    /// Sets how many times a call is tried at most, the first time included.
    ///
    /// Default: 3.
    pub fn max_attempts(mut self, max_attempts: NonZeroU32) -> PolicyBuilder {
        self.max_attempts = max_attempts;
        self
    }

    /// Sets the longest delay of the policy's own; what lies beyond 584 years is taken as that.
    ///
    /// A server's delay is bounded by [`server_cap`](PolicyBuilder::server_cap).
    ///
    /// Default: 10 s, or the first delay where that is longer.
    pub fn cap(mut self, cap: Duration) -> PolicyBuilder {
        self.cap = Some(cap);
        self
    }

    /// Sets how far chance moves a delay.
    ///
    /// Default: [`Jitter::Full`].
    pub fn jitter(mut self, jitter: Jitter) -> PolicyBuilder {
        self.jitter = jitter;
        self
    }

    /// Sets the longest delay that a server may ask for: a call that is told to wait longer gives
    /// up at once, because a delay is never cut short (rule 43).
    ///
    /// Default: 1 hour.
    pub fn server_cap(mut self, server_cap: Duration) -> PolicyBuilder {
        self.server_cap = server_cap;
        self
    }

    /// Sets how long a call may take in all, its waits included.
    ///
    /// No retry starts after the deadline: a call gives up as soon as the next delay would reach
    /// beyond it (rule 48).
    /// An attempt under way is not cut off; that takes a timeout of its own around the attempt,
    /// which then has no share of the wait before it (rule 49).
    ///
    /// Default: none.
    pub fn deadline(mut self, deadline: Duration) -> PolicyBuilder {
        self.deadline = Some(deadline);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// - [`ConfigError::ZeroBase`] for an exponential delay that starts from zero.
    /// - [`ConfigError::CapBelowBase`] for a cap below the first delay.
    /// - [`ConfigError::ZeroDeadline`] for a deadline of zero.
    pub fn build(self) -> Result<Policy, ConfigError> {
        let base = self.base;
        let cap = self.cap.unwrap_or(base.max(DEFAULT_CAP));
        if self.curve == Curve::Exponential && base.is_zero() {
            return Err(ConfigError::ZeroBase);
        }
        if cap < base {
            return Err(ConfigError::CapBelowBase { base, cap });
        }
        if self.deadline.is_some_and(|deadline| deadline.is_zero()) {
            return Err(ConfigError::ZeroDeadline);
        }
        let flat = match self.curve {
            Curve::Constant => base,
            Curve::Exponential => cap,
        };
        Ok(Policy {
            max_attempts: self.max_attempts,
            base: nanos(base),
            flat: nanos(flat),
            cap: nanos(cap),
            jitter: self.jitter,
            server_cap: self.server_cap,
            deadline: self.deadline,
        })
    }

    fn new(curve: Curve, base: Duration) -> PolicyBuilder {
        PolicyBuilder {
            max_attempts: THREE,
            curve,
            base,
            cap: None,
            jitter: Jitter::Full,
            server_cap: DEFAULT_SERVER_CAP,
            deadline: None,
        }
    }
}

/// Returns the nanoseconds of a duration, or the most that fit.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

const THREE: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);
const DEFAULT_CAP: Duration = Duration::from_secs(10);
/// The longest window of a rate limit in common use.
const DEFAULT_SERVER_CAP: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Percent;

    #[test]
    fn the_default_is_what_the_builder_makes_without_settings() {
        let built = Policy::exponential(Duration::from_millis(100)).build();

        assert_eq!(built, Ok(Policy::DEFAULT));
        assert_eq!(Policy::default(), Policy::DEFAULT);
        assert_eq!(Policy::DEFAULT.max_attempts().get(), 3);
        assert_eq!(Policy::DEFAULT.deadline(), None);
    }

    #[test]
    fn r43_the_delay_doubles_up_to_the_cap() {
        let policy = Policy::exponential(secs(1)).cap(secs(20)).build().unwrap();

        let delays: Vec<u64> =
            (1..=9).map(|n| policy.delay(retry(n), Draw::MAX).as_secs()).collect();

        assert_eq!(delays, [1, 2, 4, 8, 16, 20, 20, 20, 20]);
    }

    #[test]
    fn r43_the_exponent_saturates() {
        let tiny = Policy::exponential(Duration::from_nanos(1)).cap(Duration::MAX).build().unwrap();
        let huge = Policy::exponential(Duration::MAX).build().unwrap();

        assert_eq!(tiny.delay(retry(64), Draw::MAX), Duration::from_nanos(1 << 63));
        for n in [65, 66, u32::MAX] {
            assert_eq!(tiny.delay(retry(n), Draw::MAX), Duration::from_nanos(u64::MAX));
            assert_eq!(huge.delay(retry(n), Draw::MAX), Duration::from_nanos(u64::MAX));
        }
    }

    #[test]
    fn r43_full_jitter_reaches_from_nothing_to_the_curve() {
        let policy = Policy::exponential(secs(1)).build().unwrap();
        let half = Draw::new(0.5).unwrap();

        assert_eq!(policy.delay(retry(3), Draw::MIN), Duration::ZERO);
        assert_eq!(policy.delay(retry(3), half), secs(2));
        assert_eq!(policy.delay(retry(3), Draw::MAX), secs(4));
    }

    #[test]
    fn proportional_jitter_stays_below_the_cap() {
        let half = Jitter::Proportional(Percent::new(50).unwrap());
        let policy = Policy::constant(secs(8)).jitter(half).cap(secs(10)).build().unwrap();

        assert_eq!(policy.delay(retry(1), Draw::MIN), secs(4));
        assert_eq!(policy.delay(retry(1), Draw::MAX), secs(10));
    }

    #[test]
    fn a_constant_delay_does_not_grow() {
        let policy = Policy::constant(secs(30)).jitter(Jitter::None).build().unwrap();

        assert_eq!(policy.delay(retry(1), Draw::MIN), secs(30));
        assert_eq!(policy.delay(retry(u32::MAX), Draw::MIN), secs(30));
        assert!(Policy::constant(Duration::ZERO).build().is_ok());
    }

    #[test]
    fn a_cap_below_the_first_delay_is_refused() {
        let (base, cap) = (secs(5), secs(5) - Duration::from_nanos(1));

        assert_eq!(
            Policy::exponential(base).cap(cap).build(),
            Err(ConfigError::CapBelowBase { base, cap })
        );
        assert!(Policy::exponential(base).cap(base).build().is_ok());
        assert!(Policy::exponential(secs(60)).build().is_ok());
    }

    #[test]
    fn a_base_or_a_deadline_of_zero_is_refused() {
        let base = Policy::exponential(Duration::ZERO);
        let deadline = Policy::exponential(secs(1)).deadline(Duration::ZERO);

        assert_eq!(base.build(), Err(ConfigError::ZeroBase));
        assert_eq!(deadline.build(), Err(ConfigError::ZeroDeadline));
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn retry(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }
}
