use std::time::{Duration, Instant};

use readmit_core::Draw;

use crate::curve::{Course, Curve};
use crate::jitter::Drawn;
use crate::mutants::mutate;
use crate::server_delay::ServerDelay;
use crate::{Delays, Fault, Jitter, PolicyBuilder};

/// How often a call is tried, how long it waits in between, and when it must be over.
///
/// A policy is plain data, checked once by [`build`](PolicyBuilder::build) and shared by all the
/// calls that follow it.
///
/// | made by | the delays, before jitter |
/// |---|---|
/// | [`exponential`](Policy::exponential) | 1 s, 2 s, 4 s, 8 s, up to the cap |
/// | [`growing`](Policy::growing) by 1.5 | 1 s, 1.5 s, 2.25 s, up to the cap |
/// | [`constant`](Policy::constant) | 1 s, 1 s, 1 s |
/// | [`sequence`](Policy::sequence) | those that are given, the last one again and again |
/// | [`decorrelated`](Policy::decorrelated) | from 1 s to three times the delay before, up to the cap |
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_core::Draw;
/// use readmit_retry::Policy;
///
/// let policy = Policy::exponential(Duration::from_secs(1)).build()?;
/// let mut delays = policy.delays();
/// assert_eq!([(); 3].map(|()| delays.next(Draw::MAX).as_secs()), [1, 2, 4]);
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    pub(crate) max_attempts: u32,
    pub(crate) curve: Curve,
    /// In nanoseconds, as the curve is.
    pub(crate) cap: u64,
    pub(crate) jitter: Jitter,
    pub(crate) server_delay: ServerDelay,
    pub(crate) deadline: Option<Duration>,
}

impl Policy {
    /// The policy with every default: 3 attempts, 100 ms doubling up to 10 s, full jitter, no
    /// deadline.
    pub const DEFAULT: Policy = Policy {
        max_attempts: DEFAULT_ATTEMPTS,
        curve: Curve::Doubling { base: 100_000_000, throttled: 100_000_000 },
        cap: 10_000_000_000,
        jitter: Jitter::Full,
        server_delay: ServerDelay::InFull { cap: DEFAULT_SERVER_CAP },
        deadline: None,
    };

    /// Starts a policy whose delay is `base` before the first retry and doubles with each further
    /// one, up to the [`cap`](PolicyBuilder::cap).
    pub fn exponential(base: Duration) -> PolicyBuilder {
        PolicyBuilder::exponential(base)
    }

    /// Starts a policy whose delay is `base` before the first retry and grows by `factor` with each
    /// further one, up to the [`cap`](PolicyBuilder::cap).
    ///
    /// The factor is a finite number of at least 1.
    pub fn growing(base: Duration, factor: f64) -> PolicyBuilder {
        PolicyBuilder::growing(base, factor)
    }

    /// Starts a policy whose delay is the same before each retry.
    ///
    /// [`Duration::ZERO`] retries at once, which spares nobody: it suits a conflict between writers,
    /// not a server in trouble.
    pub fn constant(delay: Duration) -> PolicyBuilder {
        PolicyBuilder::constant(delay)
    }

    /// Starts a policy that has these delays one after the other, then the last one again and
    /// again.
    ///
    /// It makes one attempt more than there are delays, unless
    /// [`max_attempts`](PolicyBuilder::max_attempts) says otherwise, and its cap is the longest of
    /// them.
    pub fn sequence(delays: impl IntoIterator<Item = Duration>) -> PolicyBuilder {
        PolicyBuilder::sequence(delays.into_iter().collect())
    }

    /// Starts a policy whose delay is drawn anew each time, from `base` to three times the delay
    /// before it, up to the [`cap`](PolicyBuilder::cap).
    ///
    /// It is the "decorrelated jitter" of the article that made it known, but for one thing: the
    /// article cuts what was drawn, so that most delays at the cap are alike; here the range is cut
    /// and the delays stay spread.
    /// Chance is a part of it, so it takes no [`Jitter`].
    pub fn decorrelated(base: Duration) -> PolicyBuilder {
        PolicyBuilder::decorrelated(base)
    }

    /// Starts the standard mode of the AWS SDKs, version 2.0: 3 attempts, 1 s doubling up to 20 s,
    /// full jitter, and a server's delay cut to 20 s.
    ///
    /// Its budget is [`Allowance::AWS_STANDARD`](crate::Allowance::AWS_STANDARD).
    pub fn aws_standard() -> PolicyBuilder {
        PolicyBuilder::aws_standard()
    }

    /// Starts the standard mode of the AWS SDKs, version 2.1: as version 2.0, but from 50 ms, or
    /// from 1 s after a [`Fault::Throttled`], and a server's delay is moved to at least the policy's
    /// own and at most 5 s above it.
    ///
    /// Its budget is [`Allowance::AWS_STANDARD_2_1`](crate::Allowance::AWS_STANDARD_2_1).
    pub fn aws_standard_2_1() -> PolicyBuilder {
        PolicyBuilder::aws_standard_2_1(AWS_BASE)
    }

    /// Starts what the AWS SDKs do for DynamoDB in version 2.1 of their standard mode: 4 attempts,
    /// from 25 ms, and else as [`aws_standard_2_1`](Policy::aws_standard_2_1).
    pub fn aws_dynamodb_2_1() -> PolicyBuilder {
        PolicyBuilder::aws_standard_2_1(AWS_DYNAMODB_BASE).max_attempts(4)
    }

    /// Returns the policy of a single attempt.
    #[must_use]
    pub fn never() -> Policy {
        Policy { max_attempts: 1, ..Policy::DEFAULT }
    }

    /// Returns the delays of one call, in order.
    #[must_use]
    pub fn delays(&self) -> Delays<'_> {
        Delays::new(self)
    }

    /// Returns how many times a call is tried at most, the first time included; at least 1.
    #[must_use]
    pub fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Returns the longest delay that a server may ask for, or `None` where a longer one is cut
    /// instead of refused, as the AWS presets do.
    #[must_use]
    pub fn server_cap(&self) -> Option<Duration> {
        match self.server_delay {
            ServerDelay::InFull { cap } => Some(cap),
            ServerDelay::CutTo(_) | ServerDelay::Near { .. } => None,
        }
    }

    /// Returns how long a call may take in all, if there is a limit.
    #[must_use]
    #[inline]
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Returns when a call that starts at `start` must be over, if it must.
    pub(crate) fn deadline_from(&self, start: impl FnOnce() -> Instant) -> Option<Instant> {
        // A deadline beyond what the clock can say is none.
        self.deadline.and_then(|deadline| start().checked_add(deadline))
    }

    /// Returns the delay of the next retry before chance has a say, and goes on to the one after.
    #[inline]
    pub(crate) fn nominal(&self, course: &mut Course, fault: Fault) -> u64 {
        let nominal = self.curve.next(course, fault);
        mutate!(1, nominal.min(self.cap), nominal)
    }

    /// Lets chance have its say on a delay, and keeps what came of it.
    #[inline]
    pub(crate) fn draw(&self, course: &mut Course, nominal: u64, draw: Draw) -> Drawn {
        let drawn = match self.curve {
            Curve::Decorrelated { base } => {
                let chance = draw.share(nominal.saturating_sub(base));
                Drawn { delay: base.saturating_add(chance), chance }
            }
            Curve::Constant { .. }
            | Curve::Doubling { .. }
            | Curve::Growing { .. }
            | Curve::Sequence { .. } => self.jitter.draw(nominal, self.cap, draw),
        };
        course.previous = drawn.delay;
        drawn
    }
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::DEFAULT
    }
}

pub(crate) const DEFAULT_ATTEMPTS: u32 = 3;
pub(crate) const DEFAULT_CAP: Duration = Duration::from_secs(10);
const AWS_BASE: Duration = Duration::from_millis(50);
const AWS_DYNAMODB_BASE: Duration = Duration::from_millis(25);
/// The longest window of a rate limit in common use.
pub(crate) const DEFAULT_SERVER_CAP: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Percent;

    #[test]
    fn the_default_is_what_the_builder_makes_without_settings() {
        let built = Policy::exponential(Duration::from_millis(100)).build();

        assert_eq!(built, Ok(Policy::DEFAULT));
        assert_eq!(Policy::default(), Policy::DEFAULT);
        assert_eq!(Policy::DEFAULT.max_attempts(), 3);
        assert_eq!(Policy::DEFAULT.server_cap(), Some(Duration::from_secs(3600)));
        assert_eq!(Policy::DEFAULT.deadline(), None);
    }

    #[test]
    fn r43_the_delay_doubles_up_to_the_cap() {
        let policy = Policy::exponential(secs(1)).cap(secs(20)).build().unwrap();

        assert_eq!(at_most::<9>(&policy), [1, 2, 4, 8, 16, 20, 20, 20, 20].map(secs));
    }

    #[test]
    fn the_delay_grows_by_the_factor_up_to_the_cap() {
        let policy = Policy::growing(secs(2), 1.5).cap(secs(6)).build().unwrap();

        let millis = [2_000, 3_000, 4_500, 6_000, 6_000].map(Duration::from_millis);
        assert_eq!(at_most::<5>(&policy), millis);
    }

    #[test]
    fn a_sequence_is_followed_and_its_end_repeats() {
        let policy = Policy::sequence([5, 1, 7].map(secs)).build().unwrap();

        assert_eq!(at_most::<5>(&policy), [5, 1, 7, 7, 7].map(secs));
        assert_eq!(policy.max_attempts(), 4);
    }

    #[test]
    fn a_decorrelated_delay_is_drawn_between_the_base_and_three_times_the_one_before() {
        let policy = Policy::decorrelated(secs(1)).cap(secs(20)).build().unwrap();
        let half = Draw::new(0.5).unwrap();
        let mut delays = policy.delays();

        // 1 to 3, 1 to 6, 1 to 3, 1 to 9, then 1 to 20 for the cap.
        let drawn = [half, Draw::MIN, Draw::MAX, half, half, half].map(|draw| delays.next(draw));

        let millis = [2_000, 1_000, 3_000, 5_000, 8_000, 10_500].map(Duration::from_millis);
        assert_eq!(drawn, millis);
        assert_eq!(at_most::<4>(&policy), [3, 9, 20, 20].map(secs));
    }

    #[test]
    fn r43_the_exponent_saturates() {
        let tiny = Policy::exponential(Duration::from_nanos(1)).cap(Duration::MAX).build().unwrap();
        let huge = Policy::exponential(Duration::MAX).build().unwrap();

        assert_eq!(at_most::<64>(&tiny)[63], Duration::from_nanos(1 << 63));
        assert_eq!(at_most::<65>(&tiny)[64], Duration::from_nanos(u64::MAX));
        assert_eq!(at_most::<1>(&huge), [Duration::from_nanos(u64::MAX)]);
        for policy in [tiny, huge] {
            assert_eq!(at_most::<200>(&policy)[199], Duration::from_nanos(u64::MAX));
        }
    }

    #[test]
    fn r43_full_jitter_reaches_from_nothing_to_the_curve() {
        let policy = Policy::constant(secs(4)).build().unwrap();
        let half = Draw::new(0.5).unwrap();

        let delays = [Draw::MIN, half, Draw::MAX].map(|draw| policy.delays().next(draw));

        assert_eq!(delays, [0, 2, 4].map(secs));
    }

    #[test]
    fn proportional_jitter_stays_below_the_cap() {
        let half = Jitter::Proportional(Percent::new(50).unwrap());
        let policy = Policy::constant(secs(8)).jitter(half).cap(secs(10)).build().unwrap();

        let delays = [Draw::MIN, Draw::MAX].map(|draw| policy.delays().next(draw));

        assert_eq!(delays, [4, 10].map(secs));
    }

    #[test]
    fn a_throttled_retry_of_the_newer_aws_mode_starts_from_a_second() {
        let policy = Policy::aws_standard_2_1().build().unwrap();
        let delay = |retry, fault| millis(&policy, retry, fault);

        assert_eq!([1, 2, 3].map(|n| delay(n, Fault::Transient)), [50, 100, 200]);
        assert_eq!([1, 2, 3].map(|n| delay(n, Fault::TimedOut)), [50, 100, 200]);
        assert_eq!([1, 2, 6].map(|n| delay(n, Fault::Throttled)), [1_000, 2_000, 20_000]);
    }

    #[test]
    fn the_cap_of_a_preset_may_be_below_the_base_of_a_throttle() {
        let policy = Policy::aws_dynamodb_2_1().cap(Duration::from_millis(60)).build().unwrap();
        let delay = |retry, fault| millis(&policy, retry, fault);

        assert_eq!([1, 2, 3].map(|n| delay(n, Fault::Transient)), [25, 50, 60]);
        assert_eq!(delay(1, Fault::Throttled), 60);
        assert_eq!(policy.max_attempts(), 4);
    }

    #[test]
    fn the_policy_of_one_attempt_is_the_default_but_for_that() {
        assert_eq!(Policy::never().max_attempts(), 1);
        assert_eq!(Policy { max_attempts: 3, ..Policy::never() }, Policy::DEFAULT);
    }

    /// The longest delays of the first retries.
    fn at_most<const N: usize>(policy: &Policy) -> [Duration; N] {
        let mut delays = policy.delays();
        [(); N].map(|()| delays.next(Draw::MAX))
    }

    /// The longest delay of a retry, all failures before which were of one kind.
    fn millis(policy: &Policy, retry: usize, fault: Fault) -> u64 {
        let mut course = Course::START;
        let nominal = (0..retry).map(|_| policy.nominal(&mut course, fault)).last().unwrap();
        policy.draw(&mut course, nominal, Draw::MAX).delay / 1_000_000
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }
}
