use std::time::Duration;

use crate::curve::{Curve, Factor};
use crate::policy::{DEFAULT_ATTEMPTS, DEFAULT_CAP, DEFAULT_SERVER_CAP};
use crate::server_delay::ServerDelay;
use crate::{ConfigError, Jitter, Policy};

/// Collects the settings of a [`Policy`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct PolicyBuilder {
    shape: Shape,
    max_attempts: Option<u32>,
    cap: Option<Duration>,
    jitter: Option<Jitter>,
    server_delay: ServerDelay,
    deadline: Option<Duration>,
}

/// A curve that is yet to be checked.
#[derive(Clone, Debug)]
enum Shape {
    Constant(Duration),
    Decorrelated(Duration),
    Doubling { base: Duration, throttled: Duration },
    Growing { base: Duration, factor: f64 },
    Sequence(Vec<Duration>),
}

impl PolicyBuilder {
    pub(crate) fn constant(delay: Duration) -> PolicyBuilder {
        PolicyBuilder::new(Shape::Constant(delay))
    }

    pub(crate) fn decorrelated(base: Duration) -> PolicyBuilder {
        PolicyBuilder::new(Shape::Decorrelated(base))
    }

    pub(crate) fn exponential(base: Duration) -> PolicyBuilder {
        PolicyBuilder::new(Shape::Doubling { base, throttled: base })
    }

    pub(crate) fn growing(base: Duration, factor: f64) -> PolicyBuilder {
        PolicyBuilder::new(Shape::Growing { base, factor })
    }

    pub(crate) fn sequence(delays: Vec<Duration>) -> PolicyBuilder {
        PolicyBuilder::new(Shape::Sequence(delays))
    }

    pub(crate) fn aws_standard() -> PolicyBuilder {
        let mut builder = PolicyBuilder::exponential(AWS_BASE).cap(AWS_CAP);
        builder.server_delay = ServerDelay::CutTo(AWS_CAP);
        builder
    }

    /// The standard mode in version 2.1, which has another base for some services.
    pub(crate) fn aws_standard_2_1(base: Duration) -> PolicyBuilder {
        let shape = Shape::Doubling { base, throttled: AWS_BASE };
        let mut builder = PolicyBuilder::new(shape).cap(AWS_CAP);
        builder.server_delay = ServerDelay::Near { above: AWS_ABOVE };
        builder
    }

    /// Sets how many times a call is tried at most, the first time included; at least 1.
    ///
    /// Default: 3, or for a sequence one more than it has delays.
    pub fn max_attempts(mut self, max_attempts: u32) -> PolicyBuilder {
        self.max_attempts = Some(max_attempts);
        self
    }

    /// Sets the longest delay of the policy's own; what lies beyond 584 years is taken as that.
    ///
    /// A server's delay is bounded by [`server_cap`](PolicyBuilder::server_cap).
    ///
    /// Default: 10 s, or the first delay where that is longer; for a sequence the longest of its
    /// delays.
    pub fn cap(mut self, cap: Duration) -> PolicyBuilder {
        self.cap = Some(cap);
        self
    }

    /// Sets how far chance moves a delay.
    ///
    /// Default: [`Jitter::Full`].
    pub fn jitter(mut self, jitter: Jitter) -> PolicyBuilder {
        self.jitter = Some(jitter);
        self
    }

    /// Sets the longest delay that a server may ask for: a call that is told to wait longer gives
    /// up at once, because a delay is never cut short (rule 43).
    ///
    /// Default: 1 hour; the AWS presets cut a longer one, until this is set.
    pub fn server_cap(mut self, server_cap: Duration) -> PolicyBuilder {
        self.server_delay = ServerDelay::InFull { cap: server_cap };
        self
    }

    /// Sets how long a call may take in all, its waits included.
    ///
    /// No retry starts after the deadline: a call gives up as soon as the next delay would reach
    /// beyond it (rule 48).
    /// An attempt under way is not cut off, unless it has a timeout of its own
    /// ([`Retry::attempt_timeout`](crate::Retry::attempt_timeout)), which ends at the deadline too.
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
    /// - [`ConfigError::ZeroAttempts`] for a call that may not even be tried once.
    /// - [`ConfigError::ZeroBase`] for a delay that is to grow from zero.
    /// - [`ConfigError::FactorOutOfRange`] for one that is to grow by less than 1, by infinity, or
    ///   by what is no number.
    /// - [`ConfigError::EmptySequence`] for a sequence without a delay.
    /// - [`ConfigError::CapBelowDelay`] for a cap below the first delay, or below one of a sequence.
    /// - [`ConfigError::JitterOnDecorrelated`] for jitter on delays that chance makes already.
    /// - [`ConfigError::ZeroDeadline`] for a deadline of zero.
    pub fn build(self) -> Result<Policy, ConfigError> {
        let max_attempts = self.max_attempts.unwrap_or_else(|| self.shape.attempts());
        let longest = self.shape.longest()?;
        let cap = self.cap.unwrap_or_else(|| self.shape.cap(longest));
        if max_attempts == 0 {
            return Err(ConfigError::ZeroAttempts);
        }
        if cap < longest {
            return Err(ConfigError::CapBelowDelay { delay: longest, cap });
        }
        if self.deadline.is_some_and(|deadline| deadline.is_zero()) {
            return Err(ConfigError::ZeroDeadline);
        }
        let jitter = match (self.jitter, &self.shape) {
            (Some(_), Shape::Decorrelated(_)) => return Err(ConfigError::JitterOnDecorrelated),
            (jitter, _) => jitter.unwrap_or(Jitter::Full),
        };
        Ok(Policy {
            max_attempts,
            curve: self.shape.curve()?,
            cap: nanos(cap),
            jitter,
            server_delay: self.server_delay,
            deadline: self.deadline,
        })
    }

    fn new(shape: Shape) -> PolicyBuilder {
        PolicyBuilder {
            shape,
            max_attempts: None,
            cap: None,
            jitter: None,
            server_delay: ServerDelay::InFull { cap: DEFAULT_SERVER_CAP },
            deadline: None,
        }
    }
}

impl Shape {
    /// Returns the longest delay that was given; the cap has a say in that of a throttle.
    fn longest(&self) -> Result<Duration, ConfigError> {
        match *self {
            Shape::Constant(delay) => Ok(delay),
            Shape::Decorrelated(base)
            | Shape::Doubling { base, .. }
            | Shape::Growing { base, .. } => match base {
                Duration::ZERO => Err(ConfigError::ZeroBase),
                _ => Ok(base),
            },
            Shape::Sequence(ref delays) => {
                delays.iter().copied().max().ok_or(ConfigError::EmptySequence)
            }
        }
    }

    fn attempts(&self) -> u32 {
        match self {
            Shape::Constant(_)
            | Shape::Decorrelated(_)
            | Shape::Doubling { .. }
            | Shape::Growing { .. } => DEFAULT_ATTEMPTS,
            Shape::Sequence(delays) => {
                u32::try_from(delays.len()).unwrap_or(u32::MAX).saturating_add(1)
            }
        }
    }

    fn cap(&self, longest: Duration) -> Duration {
        match self {
            Shape::Constant(_)
            | Shape::Decorrelated(_)
            | Shape::Doubling { .. }
            | Shape::Growing { .. } => longest.max(DEFAULT_CAP),
            Shape::Sequence(_) => longest,
        }
    }

    fn curve(&self) -> Result<Curve, ConfigError> {
        Ok(match *self {
            Shape::Constant(delay) => Curve::Constant { delay: nanos(delay) },
            Shape::Decorrelated(base) => Curve::Decorrelated { base: nanos(base) },
            Shape::Doubling { base, throttled } => {
                Curve::Doubling { base: nanos(base), throttled: nanos(throttled) }
            }
            Shape::Growing { base, factor } => {
                Curve::Growing { base: nanos(base), factor: Factor::new(factor)? }
            }
            Shape::Sequence(ref delays) => {
                Curve::Sequence { delays: delays.iter().copied().map(nanos).collect() }
            }
        })
    }
}

/// Returns the nanoseconds of a duration, or the most that fit.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

const AWS_BASE: Duration = Duration::from_secs(1);
const AWS_CAP: Duration = Duration::from_secs(20);
const AWS_ABOVE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_attempt_at_all_is_refused_with_the_cure() {
        let refused = Policy::exponential(secs(1)).max_attempts(0).build().unwrap_err();

        assert_eq!(refused, ConfigError::ZeroAttempts);
        assert!(refused.to_string().ends_with("1 makes it without a retry"), "{refused}");
        assert!(Policy::exponential(secs(1)).max_attempts(1).build().is_ok());
        assert!(Policy::exponential(secs(1)).max_attempts(u32::MAX).build().is_ok());
    }

    #[test]
    fn a_cap_below_a_delay_is_refused() {
        let (delay, cap) = (secs(5), secs(5) - Duration::from_nanos(1));
        let low = [
            Policy::constant(delay),
            Policy::decorrelated(delay),
            Policy::exponential(delay),
            Policy::growing(delay, 1.1),
            Policy::sequence([secs(1), delay]),
        ];

        for builder in low {
            let refused = builder.clone().cap(cap).build();
            assert_eq!(refused, Err(ConfigError::CapBelowDelay { delay, cap }));
            assert!(builder.clone().cap(delay).build().is_ok());
            assert!(builder.build().is_ok());
        }
        assert!(Policy::exponential(secs(60)).build().is_ok());
    }

    #[test]
    fn what_is_to_grow_from_nothing_is_refused() {
        let [zero, second] = [0, 1].map(secs);
        let grows = [Policy::exponential, Policy::decorrelated, |base| Policy::growing(base, 2.0)];

        for policy in grows {
            assert_eq!(policy(zero).build(), Err(ConfigError::ZeroBase));
            assert!(policy(second).build().is_ok());
        }
        assert!(Policy::constant(zero).build().is_ok());
        assert!(Policy::sequence([zero]).build().is_ok());
    }

    #[test]
    fn a_factor_that_is_no_number_is_refused() {
        // Elsewhere it is accepted, and the second attempt panics.
        for factor in [f64::NAN, f64::INFINITY, 0.0, 0.9, -1.0] {
            let refused = Policy::growing(secs(1), factor).build();

            assert!(matches!(refused, Err(ConfigError::FactorOutOfRange { .. })), "{factor}");
        }
    }

    #[test]
    fn an_empty_sequence_and_a_deadline_of_nothing_are_refused() {
        let deadline = Policy::exponential(secs(1)).deadline(Duration::ZERO);

        assert_eq!(Policy::sequence([]).build(), Err(ConfigError::EmptySequence));
        assert_eq!(deadline.build(), Err(ConfigError::ZeroDeadline));
    }

    #[test]
    fn jitter_on_a_decorrelated_delay_is_refused() {
        let builder = Policy::decorrelated(secs(1)).jitter(Jitter::Full);

        assert_eq!(builder.build(), Err(ConfigError::JitterOnDecorrelated));
    }

    #[test]
    fn the_extremes_build_and_draw() {
        let huge = [
            Policy::constant(Duration::MAX),
            Policy::decorrelated(Duration::MAX),
            Policy::exponential(Duration::MAX),
            Policy::growing(Duration::MAX, f64::MAX),
            Policy::sequence([Duration::MAX; 3]),
        ];

        for builder in huge {
            let policy = builder.max_attempts(u32::MAX).deadline(Duration::MAX).build().unwrap();
            let mut delays = policy.delays();

            for _ in 0..100 {
                assert_eq!(
                    delays.next(readmit_core::Draw::MAX),
                    Duration::from_nanos(u64::MAX),
                    "{policy:?}"
                );
            }
        }
    }

    #[test]
    fn a_cap_for_servers_takes_the_place_of_cutting() {
        let aws = Policy::aws_standard();

        assert_eq!(aws.clone().build().unwrap().server_cap(), None);
        assert_eq!(aws.server_cap(secs(9)).build().unwrap().server_cap(), Some(secs(9)));
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }
}
