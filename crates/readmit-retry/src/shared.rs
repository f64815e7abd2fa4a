use std::sync::PoisonError;
use std::time::Instant;

use crate::budget::Credits;
use crate::sync::{Arc, AtomicBool, Mutex, Ordering};
use crate::{Allowance, Empty};

/// The allowance for retries that many calls share, so that retries do not bury a server which is
/// down already (rule 46).
///
/// A success deposits a share of a credit, time brings a few back, and a retry costs one; a first
/// attempt costs nothing.
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

/// One credit, for a retry that is yet to be sent.
///
/// It goes back to the budget when it is dropped, as happens where a call is cancelled while it
/// waits; [`spend`](Credit::spend) keeps it.
#[derive(Debug)]
#[must_use = "a credit goes back to the budget when it is dropped"]
pub struct Credit<'b> {
    /// None once it is spent.
    budget: Option<&'b Budget>,
}

#[derive(Debug)]
struct Shared {
    credits: Mutex<Credits>,
    /// Whether a deposit would change nothing: written under the lock, read without it.
    full: AtomicBool,
}

impl Budget {
    /// Returns a budget of its own that allows this much, with all credits there.
    #[must_use]
    pub fn new(allowance: Allowance) -> Budget {
        let credits = Mutex::new(Credits::new(&allowance));
        Budget { shared: Arc::new(Shared { credits, full: AtomicBool::new(true) }) }
    }

    /// Takes note of a call that succeeded.
    pub fn deposit(&self) {
        // Relaxed: whoever learned of a withdrawal from the thread that made it sees its store, and
        // for anyone else this deposit came before the withdrawal, when the budget was full.
        if self.shared.full.load(Ordering::Relaxed) {
            return;
        }
        self.change(Credits::deposit);
    }

    /// Takes a credit for a retry.
    ///
    /// # Errors
    ///
    /// [`Empty`] where there is none; it says when time brings one.
    pub fn withdraw(&self, now: Instant) -> Result<Credit<'_>, Empty> {
        self.change(|credits| credits.withdraw(now))?;
        Ok(Credit { budget: Some(self) })
    }

    /// Returns how many retries could be paid for at `now`, and takes nothing.
    #[must_use]
    pub fn credits(&self, now: Instant) -> u32 {
        self.look(|credits| credits.whole(now))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Credits) -> T) -> T {
        self.look(|credits| {
            let result = change(credits);
            // Relaxed: the lock orders the stores, and `deposit` says why its load needs no more.
            self.shared.full.store(credits.is_full(), Ordering::Relaxed);
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
    /// Keeps the credit, because the retry is being sent.
    pub fn spend(mut self) {
        self.budget = None;
    }
}

impl Drop for Credit<'_> {
    fn drop(&mut self) {
        if let Some(budget) = self.budget {
            budget.change(Credits::give_back);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use readmit_core::{Clock, SystemClock};

    use super::*;

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
    use std::num::NonZeroU32;

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

    /// No floor, and one credit, which is there.
    fn one_credit(percent: Percent) -> Budget {
        let allowance =
            Allowance::percent_of_calls(percent).capacity(NonZeroU32::MIN).per_second(0).build();
        Budget::new(allowance.unwrap())
    }
}
