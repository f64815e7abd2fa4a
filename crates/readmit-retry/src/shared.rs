use std::sync::PoisonError;
use std::time::Instant;

use crate::budget::Credits;
use crate::mutants::mutate;
use crate::sync::{Arc, AtomicBool, Mutex, Ordering};
use crate::{Allowance, Empty, Fault};

/// The allowance for retries that many calls share, so that retries do not bury a server which is
/// down already (rule 46).
///
/// A success deposits a share of a credit, time brings a few back, and a retry costs one, or what
/// the [`Allowance`] says; a first attempt costs nothing.
/// Clones share the credits.
///
/// Deposits on a full budget, that is, as long as all goes well, are one atomic load.
///
/// # Example
///
/// ```
/// use readmit_core::{Clock, SystemClock};
/// use readmit_retry::Budget;
///
/// let budget = Budget::default();
/// let now = SystemClock.now();
///
/// let credit = budget.withdraw(now)?;
/// assert_eq!(budget.credits(now), 99);
///
/// drop(credit); // The retry was never sent.
/// assert_eq!(budget.credits(now), 100);
/// # Ok::<(), readmit_retry::Empty>(())
/// ```
#[derive(Clone, Debug)]
pub struct Budget {
    shared: Arc<Shared>,
}

/// The cost of a retry that is yet to be sent.
///
/// It goes back to the budget when it is dropped, as happens where a call is cancelled while it
/// waits; [`spend`](Credit::spend) keeps it.
#[derive(Debug)]
#[must_use = "a credit goes back to the budget when it is dropped"]
pub struct Credit<'b> {
    /// None once it is spent.
    budget: Option<&'b Budget>,
    cost: u32,
}

/// What a retry took from its budget when it was sent.
///
/// A driver keeps it until the call is over, for [`Budget::refund`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Spent {
    cost: u32,
}

#[derive(Debug)]
struct Shared {
    credits: Mutex<Credits>,
    /// Whether a deposit would change nothing: written under the lock, read without it.
    full: AtomicBool,
}

impl Budget {
    /// Returns a budget of its own that allows this much.
    #[must_use]
    pub fn new(allowance: Allowance) -> Budget {
        let credits = Credits::new(allowance);
        let full = AtomicBool::new(credits.is_full());
        Budget { shared: Arc::new(Shared { credits: Mutex::new(credits), full }) }
    }

    /// Takes note of a call that succeeded on its first attempt, or of which that is not known.
    ///
    /// The drivers of this crate tell of successes alone, because a [`Verdict`](crate::Verdict) does
    /// not say whether anybody answered.
    /// Who knows that a call failed with a proper answer, such as a 404, may tell of it here too:
    /// the server is alive (rule 52).
    #[inline]
    pub fn deposit(&self) {
        // Relaxed: whoever learned of a withdrawal from the thread that made it sees its store, and
        // for anyone else this deposit came before the withdrawal, when the budget was full.
        if self.shared.full.load(Ordering::Relaxed) {
            return;
        }
        self.change(Credits::deposit);
    }

    /// Takes note of a call that succeeded after retries, of which this was the last.
    ///
    /// It counts as a success like any other, unless the allowance
    /// [gives back](crate::AllowanceBuilder::refund) what the retry took (rule 46).
    pub fn refund(&self, spent: Spent) {
        self.change(|credits| credits.refund(spent.cost));
    }

    /// Takes the cost of a retry.
    ///
    /// # Errors
    ///
    /// [`Empty`] where there is less; it says when time brings enough.
    pub fn withdraw(&self, now: Instant) -> Result<Credit<'_>, Empty> {
        self.withdraw_for(now, Fault::default())
    }

    /// Takes the cost of a retry after this kind of failure.
    ///
    /// # Errors
    ///
    /// [`Empty`] where there is less; it says when time brings enough.
    pub fn withdraw_for(&self, now: Instant, fault: Fault) -> Result<Credit<'_>, Empty> {
        let cost = self.change(|credits| credits.withdraw(now, fault))?;
        Ok(Credit { budget: Some(self), cost })
    }

    /// Returns how many whole credits there are at `now`, and takes nothing.
    #[must_use]
    pub fn credits(&self, now: Instant) -> u32 {
        self.look(|credits| credits.whole(now))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Credits) -> T) -> T {
        self.look(|credits| {
            let result = change(credits);
            // Relaxed: the lock orders the stores, and `deposit` says why its load needs no more.
            let full = mutate!(15, credits.is_full(), true);
            self.shared.full.store(full, Ordering::Relaxed);
            result
        })
    }

    fn look<T>(&self, look: impl FnOnce(&mut Credits) -> T) -> T {
        // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
        let mut credits = self.shared.credits.lock().unwrap_or_else(PoisonError::into_inner);
        look(&mut credits)
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::new(Allowance::DEFAULT)
    }
}

impl Credit<'_> {
    /// Keeps the credit, because the retry is being sent; returns what it cost.
    #[expect(clippy::must_use_candidate, reason = "few budgets give back what a retry took")]
    pub fn spend(mut self) -> Spent {
        self.budget = mutate!(14, None, self.budget);
        Spent { cost: self.cost }
    }
}

impl Drop for Credit<'_> {
    fn drop(&mut self) {
        if let Some(budget) = self.budget {
            budget.change(|credits| credits.give_back(self.cost));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use readmit_core::{Clock, SystemClock};

    use super::*;
    use crate::Percent;

    #[test]
    fn clones_share_the_credits() {
        let t0 = SystemClock.now();
        let budget = Budget::default();
        let clone = budget.clone();

        clone.withdraw(t0).unwrap().spend();

        assert_eq!(budget.credits(t0), 99);
    }

    #[test]
    fn r46_a_credit_that_is_not_spent_goes_back() {
        let t0 = SystemClock.now();
        let budget = Budget::default();

        drop(budget.withdraw(t0).unwrap());
        budget.withdraw(t0).unwrap().spend();

        assert_eq!(budget.credits(t0), 99);
    }

    #[test]
    fn r46_a_credit_that_is_not_spent_goes_back_at_its_price() {
        let t0 = SystemClock.now();
        let budget = Budget::new(Allowance::AWS_STANDARD);

        let late = budget.withdraw_for(t0, Fault::TimedOut).unwrap();
        assert_eq!(budget.credits(t0), 490);
        drop(late);

        assert_eq!(budget.credits(t0), 500);
    }

    #[test]
    fn a_budget_that_starts_short_takes_its_first_deposit() {
        let t0 = SystemClock.now();
        let hundred = Percent::new(100).unwrap();
        let allowance = Allowance::percent_of_calls(hundred).initial(7).build().unwrap();
        let budget = Budget::new(allowance);

        budget.deposit();

        assert_eq!(budget.credits(t0), 8);
    }

    #[test]
    fn the_hint_follows_the_credits() {
        let t0 = SystemClock.now();
        let budget = Budget::default();
        assert!(budget.shared.full.load(Ordering::Relaxed));

        budget.withdraw(t0).unwrap().spend();
        assert!(!budget.shared.full.load(Ordering::Relaxed));
        for _ in 0..10 {
            budget.deposit();
        }

        assert!(budget.shared.full.load(Ordering::Relaxed));
    }

    #[test]
    fn looking_at_the_credits_counts_the_time_and_changes_nothing() {
        let t0 = SystemClock.now();
        let budget = Budget::default();
        for _ in 0..100 {
            budget.withdraw(t0).unwrap().spend();
        }

        assert_eq!(budget.credits(t0 + Duration::from_secs(5)), 5);
        assert_eq!(budget.credits(t0 + Duration::from_millis(999)), 0);
    }
}

#[cfg(loom)]
#[cfg(test)]
mod loom_tests {
    use loom::thread;
    use readmit_core::{Clock, SystemClock};

    use super::*;
    use crate::Percent;

    #[test]
    fn of_two_threads_one_gets_the_last_credit() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let budget = one_credit(Percent::TEN);
            let other = budget.clone();

            let theirs = thread::spawn(move || other.withdraw(t0).map(Credit::spend).is_ok());
            let ours = budget.withdraw(t0).map(Credit::spend).is_ok();

            assert!(ours != theirs.join().unwrap());
            assert_eq!(budget.credits(t0), 0);
        });
    }

    #[test]
    fn a_deposit_after_a_withdrawal_is_never_taken_for_one_on_a_full_budget() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let budget = one_credit(Percent::new(50).unwrap());
            let other = budget.clone();

            let theirs = thread::spawn(move || {
                other.withdraw(t0).unwrap().spend();
                other.deposit();
            });
            budget.deposit();
            theirs.join().unwrap();
            budget.deposit();

            // Two deposits came after the withdrawal, so it is made up for.
            assert_eq!(budget.credits(t0), 1);
            assert!(budget.shared.full.load(Ordering::Relaxed));
        });
    }

    #[test]
    fn the_hint_says_full_only_of_a_full_budget() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let budget = one_credit(Percent::new(100).unwrap());
            let other = budget.clone();

            let theirs = thread::spawn(move || drop(other.withdraw(t0)));
            let ours = budget.withdraw(t0).map(Credit::spend);
            budget.deposit();
            theirs.join().unwrap();

            let hint = budget.shared.full.load(Ordering::Relaxed);
            assert_eq!(hint, budget.look(|credits| credits.is_full()));
            // Whoever withdrew has made up for it.
            assert_eq!(budget.credits(t0), 1, "{ours:?}");
        });
    }

    #[test]
    fn a_refund_and_a_credit_that_goes_back_are_both_counted() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let allowance =
                crate::AllowanceBuilder::from(Allowance::AWS_STANDARD).capacity(10).build();
            let budget = Budget::new(allowance.unwrap());
            let other = budget.clone();

            let theirs = thread::spawn(move || drop(other.withdraw(t0)));
            let spent = budget.withdraw(t0).unwrap().spend();
            budget.refund(spent);
            theirs.join().unwrap();

            assert_eq!(budget.credits(t0), 10);
            assert!(budget.shared.full.load(Ordering::Relaxed));
        });
    }

    /// No floor, and one credit, which is there.
    fn one_credit(percent: Percent) -> Budget {
        let allowance = Allowance::percent_of_calls(percent).capacity(1).per_second(0).build();
        Budget::new(allowance.unwrap())
    }
}
