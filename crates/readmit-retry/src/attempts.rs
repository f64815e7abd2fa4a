use std::time::{Duration, Instant};

use readmit_core::Draw;

use crate::curve::Course;
use crate::deadline::earlier;
use crate::mutants::mutate;
use crate::server_delay::Asked;
use crate::{GiveUp, Policy, Ruling, Verdict};

/// The attempts of one call: told of each failure, it says whether and when to try again.
///
/// ```text
///            ┌───── RetryIn(delay): wait, then try again ─────┐
///            ▼                                                │
///   new ─► attempt under way ─── failed(now, ruling, draw) ───┤
///            │                                                │
///            └─► succeeded: nothing to tell                   └─► GiveUp(why)
/// ```
///
/// It counts what it is told and nothing else: an attempt that is sent again after something other
/// than a retry, such as a credential that had to be renewed, is not told and does not count
/// (rule 42).
/// An attempt authenticates, signs and dates itself when it starts, that is, after the wait
/// (rule 47).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_core::{Clock, Draw, SystemClock};
/// use readmit_retry::{Attempts, GiveUp, Next, Policy, Verdict};
///
/// let t0 = SystemClock.now();
/// let policy = Policy::exponential(Duration::from_secs(1)).build()?;
/// let mut attempts = Attempts::new(&policy, || t0);
///
/// let second = Duration::from_secs(1);
/// assert_eq!(attempts.failed(t0, Verdict::Retry, Draw::MAX), Next::RetryIn(second));
/// assert_eq!(attempts.failed(t0, Verdict::Stop, Draw::MAX), Next::GiveUp(GiveUp::Stopped));
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Attempts<'p> {
    policy: &'p Policy,
    failed: u32,
    course: Course,
    deadline_at: Option<Instant>,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "again or not again")]
pub enum Next {
    /// Give up, and report the failure that was told last.
    GiveUp(GiveUp),
    /// Wait this long, then try again.
    RetryIn(Duration),
}

impl<'p> Attempts<'p> {
    /// Returns the attempts of a call that starts at `start`.
    ///
    /// The instant is only asked for where the policy has a deadline, so that a call without one
    /// reads no clock until it fails.
    #[must_use]
    pub fn new(policy: &'p Policy, start: impl FnOnce() -> Instant) -> Attempts<'p> {
        Attempts::bound(policy, policy.deadline_from(start))
    }

    pub(crate) fn bound(policy: &'p Policy, deadline_at: Option<Instant>) -> Attempts<'p> {
        Attempts { policy, failed: 0, course: Course::START, deadline_at }
    }

    /// Sets the instant by which the caller wants the call to be over.
    ///
    /// Where the policy has a deadline of its own, the earlier one holds.
    #[must_use]
    pub fn until(mut self, deadline_at: Instant) -> Attempts<'p> {
        self.deadline_at = earlier(self.deadline_at, Some(deadline_at));
        self
    }

    /// Tells of an attempt that failed at `now`.
    ///
    /// What is said of it is a [`Verdict`], or a [`Ruling`] where the kind of failure matters.
    ///
    /// The reasons to give up are looked at in this order: the verdict, the count, the server's
    /// delay, the deadline.
    /// A [`Budget`](crate::Budget) comes last, and is asked by the caller once the answer is
    /// [`Next::RetryIn`].
    ///
    /// A delay of the policy's own is at most its cap.
    /// A delay of the server's is waited for in full (rule 43); jitter comes on top of it, and is
    /// left out where it would not fit before the deadline.
    /// A delay that ends exactly at the deadline is in time.
    pub fn failed(&mut self, now: Instant, ruling: impl Into<Ruling>, draw: Draw) -> Next {
        let ruling = ruling.into();
        self.failed = self.failed.saturating_add(1);
        // Whatever comes of it, a failure is a step on the curve.
        let nominal = self.policy.nominal(&mut self.course, ruling.fault());

        let asked = match ruling.verdict() {
            Verdict::Retry => None,
            Verdict::RetryAfter(delay) => Some(delay),
            Verdict::Stop => return Next::GiveUp(GiveUp::Stopped),
        };
        let most = self.policy.max_attempts();
        if mutate!(6, most <= self.failed, most < self.failed) {
            return Next::GiveUp(GiveUp::Exhausted { attempts: self.failed });
        }
        let drawn = self.policy.draw(&mut self.course, nominal, draw);
        let own = Duration::from_nanos(drawn.delay);
        let Some(asked) = asked else {
            return self.retry_in(now, own, Duration::ZERO);
        };
        match self.policy.server_delay.weigh(asked, own) {
            Asked::InFull(needed) => self.retry_in(now, needed, Duration::from_nanos(drawn.chance)),
            Asked::Moved(delay) => self.retry_in(now, delay, Duration::ZERO),
            Asked::TooLong { cap } => {
                let retry_at = now.checked_add(asked);
                Next::GiveUp(GiveUp::ServerDelayTooLong { needed: asked, cap, retry_at })
            }
        }
    }

    /// Returns how many attempts have failed.
    ///
    /// The one under way is not among them: a call that succeeds took one more.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.failed
    }

    /// Returns the instant after which no retry starts, if there is one.
    #[must_use]
    pub fn deadline_at(&self) -> Option<Instant> {
        self.deadline_at
    }

    /// Decides whether `needed` is in time, and whether what comes `on_top` is as well.
    fn retry_in(&self, now: Instant, needed: Duration, on_top: Duration) -> Next {
        let delay = needed.saturating_add(on_top);
        let Some(deadline_at) = self.deadline_at else {
            return Next::RetryIn(delay);
        };
        let in_time = |delay| {
            let at = now.checked_add(delay);
            at.is_some_and(|at| mutate!(7, at <= deadline_at, at < deadline_at))
        };
        if in_time(delay) {
            return Next::RetryIn(delay);
        }
        if mutate!(8, in_time(needed), false) {
            return Next::RetryIn(needed);
        }
        Next::GiveUp(GiveUp::DeadlineTooNear {
            needed,
            left: deadline_at.saturating_duration_since(now),
            retry_at: now.checked_add(needed),
        })
    }
}

#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};

    use super::*;
    use crate::{Fault, Jitter};

    #[test]
    fn a_stop_is_never_retried_whatever_the_error() {
        // The documented fault: "its retry list retries every error unchanged".
        let policy = attempts_of(u32::MAX).build().unwrap();
        let t0 = SystemClock.now();
        let mut attempts = Attempts::new(&policy, || t0);

        for _ in 0..100 {
            let next = attempts.failed(t0, Verdict::Stop, Draw::MIN);
            assert_eq!(next, Next::GiveUp(GiveUp::Stopped));
        }
    }

    #[test]
    fn the_first_attempt_counts_as_one() {
        let policy = attempts_of(3).build().unwrap();
        let t0 = SystemClock.now();
        let mut attempts = Attempts::new(&policy, || t0);

        let next: Vec<Next> =
            (0..3).map(|_| attempts.failed(t0, Verdict::Retry, Draw::MAX)).collect();

        let exhausted = Next::GiveUp(GiveUp::Exhausted { attempts: 3 });
        assert_eq!(next, [Next::RetryIn(secs(1)), Next::RetryIn(secs(2)), exhausted]);
        assert_eq!(attempts.attempts(), 3);
    }

    #[test]
    fn a_policy_of_one_attempt_never_retries() {
        let policy = Policy::never();
        let t0 = SystemClock.now();
        let mut attempts = Attempts::new(&policy, || t0);

        let next = attempts.failed(t0, Verdict::Retry, Draw::MIN);

        assert_eq!(next, Next::GiveUp(GiveUp::Exhausted { attempts: 1 }));
    }

    #[test]
    fn a_stop_on_the_last_attempt_is_reported_as_a_stop() {
        let policy = Policy::never();
        let t0 = SystemClock.now();
        let mut attempts = Attempts::new(&policy, || t0);

        let next = attempts.failed(t0, Verdict::Stop, Draw::MIN);

        assert_eq!(next, Next::GiveUp(GiveUp::Stopped));
    }

    #[test]
    fn r43_a_server_delay_is_not_lowered_by_the_curve_or_by_jitter() {
        let policy = attempts_of(3).build().unwrap();
        let t0 = SystemClock.now();

        let [least, most] = [Draw::MIN, Draw::MAX].map(|draw| {
            Attempts::new(&policy, || t0).failed(t0, Verdict::RetryAfter(secs(300)), draw)
        });

        assert_eq!(least, Next::RetryIn(secs(300)));
        assert_eq!(most, Next::RetryIn(secs(301)));
    }

    #[test]
    fn r43_without_jitter_a_server_delay_is_exact() {
        let policy = attempts_of(3).jitter(Jitter::None).build().unwrap();
        let t0 = SystemClock.now();
        let server = Duration::from_millis(300);
        let mut attempts = Attempts::new(&policy, || t0);

        let next = attempts.failed(t0, Verdict::RetryAfter(server), Draw::MAX);

        assert_eq!(next, Next::RetryIn(server));
    }

    #[test]
    fn r43_a_server_delay_over_its_cap_gives_up_at_once_with_the_instant() {
        let policy = attempts_of(3).jitter(Jitter::None).server_cap(secs(60)).build().unwrap();
        let t0 = SystemClock.now();
        let over = secs(60) + NANO;
        let mut attempts = Attempts::new(&policy, || t0);

        let at_cap = attempts.failed(t0, Verdict::RetryAfter(secs(60)), Draw::MAX);
        let over_cap = attempts.failed(t0, Verdict::RetryAfter(over), Draw::MAX);

        let retry_at = Some(t0 + over);
        let too_long = GiveUp::ServerDelayTooLong { needed: over, cap: secs(60), retry_at };
        assert_eq!(at_cap, Next::RetryIn(secs(60)));
        assert_eq!(over_cap, Next::GiveUp(too_long));
        assert_eq!(too_long.retry_at(), retry_at);
    }

    #[test]
    fn r44_a_server_delay_beyond_the_deadline_gives_up_at_once() {
        let policy = attempts_of(3).deadline(secs(10)).build().unwrap();
        let t0 = SystemClock.now();
        let mut attempts = Attempts::new(&policy, || t0);

        let next = attempts.failed(t0 + secs(4), Verdict::RetryAfter(secs(7)), Draw::MIN);

        let retry_at = Some(t0 + secs(11));
        let too_near = GiveUp::DeadlineTooNear { needed: secs(7), left: secs(6), retry_at };
        assert_eq!(next, Next::GiveUp(too_near));
    }

    #[test]
    fn r43_jitter_that_does_not_fit_before_the_deadline_is_left_out() {
        let policy = attempts_of(3).deadline(secs(10)).build().unwrap();
        let t0 = SystemClock.now();
        let server = Verdict::RetryAfter(secs(9));

        let fits = Attempts::new(&policy, || t0).failed(t0, server, Draw::MAX);
        let does_not = Attempts::new(&policy, || t0).failed(t0 + NANO, server, Draw::MAX);

        assert_eq!(fits, Next::RetryIn(secs(10)));
        assert_eq!(does_not, Next::RetryIn(secs(9)));
    }

    #[test]
    fn r44_a_delay_that_saturates_does_not_overflow() {
        let policy = attempts_of(9).server_cap(Duration::MAX).build().unwrap();
        let timed = attempts_of(9).server_cap(Duration::MAX).deadline(secs(1)).build().unwrap();
        let t0 = SystemClock.now();
        let verdict = Verdict::RetryAfter(Duration::MAX);

        let free = Attempts::new(&policy, || t0).failed(t0, verdict, Draw::MAX);
        let bound = Attempts::new(&timed, || t0).failed(t0, verdict, Draw::MAX);

        let (needed, left) = (Duration::MAX, secs(1));
        let too_near = GiveUp::DeadlineTooNear { needed, left, retry_at: None };
        assert_eq!(free, Next::RetryIn(Duration::MAX));
        assert_eq!(bound, Next::GiveUp(too_near));
    }

    #[test]
    fn r48_a_delay_may_end_at_the_deadline_and_not_after_it() {
        let policy = attempts_of(3).jitter(Jitter::None).deadline(secs(10)).build().unwrap();
        let t0 = SystemClock.now();

        let at = Attempts::new(&policy, || t0).failed(t0 + secs(9), Verdict::Retry, Draw::MAX);
        let after =
            Attempts::new(&policy, || t0).failed(t0 + secs(9) + NANO, Verdict::Retry, Draw::MAX);

        let (left, retry_at) = (secs(1) - NANO, Some(t0 + secs(10) + NANO));
        let too_near = GiveUp::DeadlineTooNear { needed: secs(1), left, retry_at };
        assert_eq!(at, Next::RetryIn(secs(1)));
        assert_eq!(after, Next::GiveUp(too_near));
    }

    #[test]
    fn r48_past_the_deadline_not_even_a_retry_at_once_is_in_time() {
        let policy = Policy::constant(Duration::ZERO).deadline(secs(10)).build().unwrap();
        let t0 = SystemClock.now();

        let at = Attempts::new(&policy, || t0).failed(t0 + secs(10), Verdict::Retry, Draw::MAX);
        let past =
            Attempts::new(&policy, || t0).failed(t0 + secs(10) + NANO, Verdict::Retry, Draw::MAX);

        assert_eq!(at, Next::RetryIn(Duration::ZERO));
        assert!(matches!(past, Next::GiveUp(GiveUp::DeadlineTooNear { .. })), "{past:?}");
    }

    #[test]
    fn of_two_deadlines_the_earlier_one_holds() {
        let policy = attempts_of(3).deadline(secs(10)).build().unwrap();
        let t0 = SystemClock.now();

        let [sooner, later] = [5, 15].map(|n| Attempts::new(&policy, || t0).until(t0 + secs(n)));
        let caller_only = Attempts::new(&Policy::DEFAULT, || t0).until(t0 + secs(5));

        assert_eq!(sooner.deadline_at(), Some(t0 + secs(5)));
        assert_eq!(later.deadline_at(), Some(t0 + secs(10)));
        assert_eq!(caller_only.deadline_at(), Some(t0 + secs(5)));
    }

    #[test]
    fn without_a_deadline_the_start_is_not_asked_for() {
        let attempts = Attempts::new(&Policy::DEFAULT, || panic!("the clock was read"));

        assert_eq!(attempts.deadline_at(), None);
    }

    #[test]
    fn r43_a_server_delay_widens_no_decorrelated_delay_after_it() {
        let policy = Policy::decorrelated(secs(1)).max_attempts(9).build().unwrap();
        let t0 = SystemClock.now();
        let mut attempts = Attempts::new(&policy, || t0);

        let asked = attempts.failed(t0, Verdict::RetryAfter(secs(100)), Draw::MAX);
        let own = attempts.failed(t0, Verdict::Retry, Draw::MAX);

        // The first would have been 3 s, of which 2 s are chance.
        assert_eq!([asked, own], [102, 9].map(|delay| Next::RetryIn(secs(delay))));
    }

    #[test]
    fn r43_the_aws_presets_move_a_server_delay_and_never_give_up_for_it() {
        let t0 = SystemClock.now();
        let day = Verdict::RetryAfter(secs(86_400));
        let [older, newer] = [Policy::aws_standard(), Policy::aws_standard_2_1()].map(|builder| {
            let policy = builder.build().unwrap();
            Attempts::new(&policy, || t0).failed(t0, day.because(Fault::Throttled), Draw::MAX)
        });

        assert_eq!([older, newer], [20, 6].map(|delay| Next::RetryIn(secs(delay))));
    }

    #[test]
    fn more_failures_than_can_be_counted_are_exhausted_and_do_not_overflow() {
        let policy = attempts_of(u32::MAX).build().unwrap();
        let t0 = SystemClock.now();
        let mut attempts = Attempts { failed: u32::MAX - 2, ..Attempts::new(&policy, || t0) };

        let next = [(); 3].map(|()| attempts.failed(t0, Verdict::Retry, Draw::MIN));

        let exhausted = Next::GiveUp(GiveUp::Exhausted { attempts: u32::MAX });
        assert_eq!(next, [Next::RetryIn(Duration::ZERO), exhausted, exhausted]);
    }

    #[test]
    fn time_that_goes_backwards_is_not_an_error() {
        let policy = attempts_of(3).deadline(secs(10)).build().unwrap();
        let t0 = SystemClock.now() + secs(100);
        let mut attempts = Attempts::new(&policy, || t0);

        let next = attempts.failed(t0 - secs(50), Verdict::Retry, Draw::MAX);

        assert_eq!(next, Next::RetryIn(secs(1)));
    }

    /// One second doubling, with full jitter.
    fn attempts_of(max_attempts: u32) -> crate::PolicyBuilder {
        Policy::exponential(secs(1)).max_attempts(max_attempts)
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    const NANO: Duration = Duration::from_nanos(1);
}
