use std::time::{Duration, Instant};

use readmit_core::{Clock, Draws, SystemClock};

use crate::mutants::mutate;
use crate::{Attempts, Budget, Credit, GiveUp, Next, Policy, Ruling, Spent};

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
    /// It is read at each failure, and where there is a deadline at the start and before each
    /// attempt that has a timeout.
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
        UnderWay { call: self, attempts, own_draws: None, spent: None }
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
    /// What the last retry took from the budget.
    spent: Option<Spent>,
}

/// A wait, and the credit for the retry that follows it.
#[derive(Debug)]
pub(crate) struct Backoff<'a> {
    pub(crate) delay: Duration,
    credit: Option<Credit<'a>>,
}

impl<'a> UnderWay<'a> {
    pub(crate) fn succeeded(&self) {
        let Some(budget) = self.call.budget else { return };
        match self.spent {
            None => budget.deposit(),
            Some(spent) => mutate!(16, budget.refund(spent), budget.deposit()),
        }
    }

    pub(crate) fn failed(&mut self, ruling: Ruling) -> Result<Backoff<'a>, GiveUp> {
        let now = self.call.clock.now();
        let draw = match self.call.draws {
            Some(draws) => draws.draw(),
            None => self.own_draws.get_or_insert_with(Draws::from_process).draw(),
        };
        let delay = match self.attempts.failed(now, ruling, draw) {
            Next::RetryIn(delay) => delay,
            Next::GiveUp(why) => return Err(why),
        };
        let Some(budget) = self.call.budget else { return Ok(Backoff { delay, credit: None }) };
        match budget.withdraw_for(now, ruling.fault()) {
            Ok(credit) => Ok(Backoff { delay, credit: Some(credit) }),
            Err(empty) => Err(GiveUp::BudgetEmpty { delay, retry_at: empty.retry_at() }),
        }
    }

    /// Takes note that the wait is over and the retry is being sent.
    pub(crate) fn retrying(&mut self, backoff: Backoff<'a>) {
        if let Some(credit) = backoff.credit {
            self.spent = Some(credit.spend());
        }
    }

    /// Returns how long an attempt that starts at once may take: to the deadline at most.
    pub(crate) fn time_for(&self, timeout: Duration) -> Duration {
        match self.attempts.deadline_at() {
            None => timeout,
            Some(at) => {
                let left = at.saturating_duration_since(self.call.clock.now());
                mutate!(17, timeout.min(left), timeout)
            }
        }
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.attempts()
    }
}
