use std::time::Duration;

use readmit_core::Draws;

use crate::call::Bounds;
use crate::mutants::mutate;
use crate::{Attempts, Call, Credit, GiveUp, Next, Ruling, Spent};

/// A call whose first attempt has failed: what every driver asks and tells from there on.
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
    pub(crate) fn new(call: Call<'a>) -> UnderWay<'a> {
        let attempts = Attempts::bound(call.policy, call.bounds().deadline_at);
        UnderWay { call, attempts, own_draws: None, spent: None }
    }

    pub(crate) fn failed(&mut self, ruling: Ruling) -> Result<Backoff<'a>, GiveUp> {
        let Bounds { budget, clock, draws, .. } = self.call.bounds();
        let now = clock.now();
        let draw = match draws {
            Some(draws) => draws.draw(),
            None => self.own_draws.get_or_insert_with(Draws::from_process).draw_mut(),
        };
        let delay = match self.attempts.failed(now, ruling, draw) {
            Next::RetryIn(delay) => delay,
            Next::GiveUp(why) => return Err(why),
        };
        let Some(budget) = budget else { return Ok(Backoff { delay, credit: None }) };
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

    pub(crate) fn succeeded(&self) {
        match (self.call.bounds().budget, self.spent) {
            (Some(budget), Some(spent)) => {
                mutate!(16, budget.refund(spent), budget.deposit());
            }
            (Some(_), None) | (None, _) => self.call.succeeded(),
        }
    }

    /// Returns how long an attempt that starts at once may take: to the deadline at most.
    pub(crate) fn time_for(&self, timeout: Duration) -> Duration {
        self.call.time_for(timeout)
    }

    /// Returns how many attempts have failed.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.attempts()
    }
}
