use std::time::{Duration, Instant};

use readmit_core::{Clock, Draws, SystemClock};

use crate::{Attempts, Budget, Credit, GiveUp, Next, Policy, Verdict};

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
    policy: &'a Policy,
    budget: Option<&'a Budget>,
    clock: &'a dyn Clock,
    draws: Option<&'a Draws>,
    deadline_at: Option<Instant>,
}

impl<'a> Call<'a> {
    /// Returns a call that follows this policy.
    pub fn new(policy: &'a Policy) -> Call<'a> {
        Call { policy, budget: None, clock: &SystemClock, draws: None, deadline_at: None }
    }

    /// Sets the budget that retries are paid from, and that a success pays into.
    ///
    /// Default: none, so that retries are free: a budget is shared between calls, and only who
    /// makes them can share it. The client `readmit` has one for each origin.
    pub fn budget(mut self, budget: &'a Budget) -> Call<'a> {
        self.budget = Some(budget);
        self
    }

    /// Sets the clock.
    ///
    /// It is read at each failure, and at the start where the policy has a deadline.
    /// A test that waits in virtual time passes one that follows it.
    ///
    /// Default: [`SystemClock`].
    pub fn clock(mut self, clock: &'a dyn Clock) -> Call<'a> {
        self.clock = clock;
        self
    }

    /// Sets the source of the random numbers that jitter takes.
    ///
    /// Default: one for this call, seeded at its first failure from the operating system.
    pub fn draws(mut self, draws: &'a Draws) -> Call<'a> {
        self.draws = Some(draws);
        self
    }

    /// Sets the instant after which no attempt starts.
    ///
    /// Where the policy has a deadline of its own, the earlier one holds.
    ///
    /// Default: none.
    pub fn until(mut self, deadline_at: Instant) -> Call<'a> {
        self.deadline_at = Some(deadline_at);
        self
    }

    pub(crate) fn start(self) -> UnderWay<'a> {
        let attempts = Attempts::new(self.policy, || self.clock.now());
        let attempts = match self.deadline_at {
            Some(deadline_at) => attempts.until(deadline_at),
            None => attempts,
        };
        UnderWay { call: self, attempts, own_draws: None }
    }
}

impl<'a> From<&'a Policy> for Call<'a> {
    fn from(policy: &'a Policy) -> Call<'a> {
        Call::new(policy)
    }
}

/// A call that has started: what every driver asks and tells.
#[derive(Debug)]
pub(crate) struct UnderWay<'a> {
    call: Call<'a>,
    attempts: Attempts<'a>,
    own_draws: Option<Draws>,
}

/// A wait, and the credit for the retry that follows it.
#[derive(Debug)]
pub(crate) struct Backoff<'a> {
    pub(crate) delay: Duration,
    credit: Option<Credit<'a>>,
}

impl<'a> UnderWay<'a> {
    pub(crate) fn succeeded(&self) {
        if let Some(budget) = self.call.budget {
            budget.deposit();
        }
    }

    pub(crate) fn failed(&mut self, verdict: Verdict) -> Result<Backoff<'a>, GiveUp> {
        let now = self.call.clock.now();
        let draw = match self.call.draws {
            Some(draws) => draws.draw(),
            None => self.own_draws.get_or_insert_with(Draws::from_process).draw(),
        };
        let delay = match self.attempts.failed(now, verdict, draw) {
            Next::RetryIn(delay) => delay,
            Next::GiveUp(why) => return Err(why),
        };
        let credit = self.call.budget.map(|budget| budget.withdraw(now)).transpose()?;
        Ok(Backoff { delay, credit })
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.attempts()
    }
}

impl Backoff<'_> {
    /// Takes note that the wait is over and the retry is being sent.
    pub(crate) fn over(self) {
        if let Some(credit) = self.credit {
            credit.spend();
        }
    }
}
