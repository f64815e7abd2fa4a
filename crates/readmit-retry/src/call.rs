use std::time::{Duration, Instant};

use readmit_core::{Clock, Draws, SystemClock};

use crate::deadline::earliest;
use crate::mutants::mutate;
use crate::{Budget, Policy};

/// What a call is made with: its policy, and whatever else it is bound by.
///
/// The drivers take a `&Policy` where there is nothing else to say.
///
/// # Example
///
/// ```
/// use readmit_core::Draws;
/// use readmit_retry::{Budget, Call, Policy, Verdict, retry_blocking};
///
/// let budget = Budget::default();
/// let draws = Draws::seeded(7);
///
/// let call = Call::new(&Policy::DEFAULT).budget(&budget).draws(&draws);
/// let answer = retry_blocking(call, |_delay| {}, || Ok::<_, ()>(42)).verdict(|()| Verdict::Stop);
/// assert_eq!(answer, Ok(42));
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a call is made by `retry` or one of its siblings"]
pub struct Call<'a> {
    pub(crate) policy: &'a Policy,
    /// None where there is but a policy: such a call is little more than a reference to it, and as
    /// cheap to move.
    bounds: Option<Bounds<'a>>,
}

/// What a call is bound by beside its policy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds<'a> {
    pub(crate) budget: Option<&'a Budget>,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) draws: Option<&'a Draws>,
    pub(crate) deadline_at: Option<Instant>,
}

impl<'a> Call<'a> {
    /// Returns a call that follows this policy.
    #[inline]
    pub fn new(policy: &'a Policy) -> Call<'a> {
        Call { policy, bounds: None }
    }

    /// Sets the budget that retries are paid from, and that a success pays into.
    ///
    /// Default: none, so that retries are free: a budget is shared between calls, and only who
    /// makes them can share it. The client `readmit` has one for each origin.
    #[inline]
    pub fn budget(self, budget: &'a Budget) -> Call<'a> {
        self.bound(Bounds { budget: Some(budget), ..self.bounds() })
    }

    /// Sets the clock.
    ///
    /// It is read at each failure, and where there is a deadline at the start and before each
    /// attempt that has a timeout.
    /// A test that waits in virtual time passes one that follows it.
    ///
    /// Default: [`SystemClock`].
    #[inline]
    pub fn clock(self, clock: &'a dyn Clock) -> Call<'a> {
        self.bound(Bounds { clock, ..self.bounds() })
    }

    /// Sets the source of the random numbers that jitter takes.
    ///
    /// Default: one for this call, seeded at its first failure from the operating system.
    #[inline]
    pub fn draws(self, draws: &'a Draws) -> Call<'a> {
        self.bound(Bounds { draws: Some(draws), ..self.bounds() })
    }

    /// Sets the instant after which no retry starts.
    ///
    /// The first attempt is made even then, so that there is always an error of its own to return
    /// (rule 48).
    /// Where the policy has a deadline of its own, the earlier one holds.
    ///
    /// Default: none.
    #[inline]
    pub fn until(self, deadline_at: Instant) -> Call<'a> {
        self.bound(Bounds { deadline_at: Some(deadline_at), ..self.bounds() })
    }

    /// Takes note that the first attempt is being sent.
    #[inline]
    pub(crate) fn start(&mut self) {
        if self.policy.deadline().is_some() {
            let bounds = self.bounds();
            let deadline_at = earliest(self.policy, bounds.clock, bounds.deadline_at);
            *self = self.bound(Bounds { deadline_at, ..bounds });
        }
    }

    /// Takes note that the first attempt succeeded.
    #[inline]
    pub(crate) fn succeeded(&self) {
        if let Some(Bounds { budget: Some(budget), .. }) = self.bounds {
            budget.deposit();
        }
    }

    /// Returns how long an attempt that starts at once may take: to the deadline at most.
    #[inline]
    pub(crate) fn time_for(&self, timeout: Duration) -> Duration {
        let Some(Bounds { deadline_at: Some(at), clock, .. }) = self.bounds else {
            return timeout;
        };
        let left = at.saturating_duration_since(clock.now());
        mutate!(17, timeout.min(left), timeout)
    }

    #[inline]
    pub(crate) fn bounds(&self) -> Bounds<'a> {
        self.bounds.unwrap_or(Bounds::NONE)
    }

    #[inline]
    fn bound(self, bounds: Bounds<'a>) -> Call<'a> {
        Call { policy: self.policy, bounds: Some(bounds) }
    }
}

impl Bounds<'_> {
    /// What a call has that says nothing of it.
    const NONE: Bounds<'static> =
        Bounds { budget: None, clock: &SystemClock, draws: None, deadline_at: None };
}

impl<'a> From<&'a Policy> for Call<'a> {
    #[inline]
    fn from(policy: &'a Policy) -> Call<'a> {
        Call::new(policy)
    }
}
