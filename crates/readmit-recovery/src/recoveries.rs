use crate::mutants::mutate;
use crate::strategy::Strategy;

/// The recoveries that one call has spent: one of each kind, three in all (rule 27).
///
/// They are counted apart from the attempts of a retry. [`plan`](Recoveries::plan) says what a
/// failure calls for, and spends it. To get another credential for the same access is one kind,
/// whether it is fetched, refreshed or obtained from scratch.
///
/// # Example
///
/// ```
/// use readmit_recovery::{Recoveries, Spent, Strategy};
///
/// let mut recoveries = Recoveries::default();
/// recoveries.try_spend(Strategy::Refresh)?;
///
/// let again = recoveries.try_spend(Strategy::Refresh);
///
/// assert_eq!(again, Err(Spent::Kind(Strategy::Refresh)));
/// assert_eq!(recoveries.count(), 1);
/// # Ok::<_, Spent>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Recoveries {
    spent: u8,
}

impl Recoveries {
    /// The most recoveries that one call may have.
    pub const MAX: u32 = 3;

    /// Spends a recovery of this kind; nothing is spent where that is refused.
    ///
    /// # Errors
    ///
    /// Returns [`Spent`] where this call had one of the kind, or three in all: then its failure is
    /// what the caller gets.
    pub fn try_spend(&mut self, strategy: Strategy) -> Result<(), Spent> {
        if self.spent & mutate!(24, strategy.kind(), strategy.bit()) != 0 {
            return Err(Spent::Kind(strategy));
        }
        if Recoveries::MAX <= self.count() {
            return Err(Spent::All);
        }
        self.spent |= strategy.bit();
        Ok(())
    }

    /// Returns how many were spent.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.spent.count_ones()
    }

    /// Returns which were spent, in the order of their names.
    pub fn strategies(&self) -> impl Iterator<Item = Strategy> + use<> {
        let spent = self.spent;
        Strategy::ALL.into_iter().filter(move |strategy| spent & strategy.bit() != 0)
    }
}

/// A recovery that a call may not have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "one of each kind, and so many in all")]
pub enum Spent {
    /// The call had all that it may have.
    #[error("this call was recovered {} times", Recoveries::MAX)]
    All,
    /// The call had one of this kind.
    #[error("recovering this call by {0} was tried")]
    Kind(Strategy),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r27_one_of_each_kind() {
        for strategy in Strategy::ALL {
            let mut recoveries = Recoveries::default();

            assert_eq!(recoveries.try_spend(strategy), Ok(()));
            assert_eq!(recoveries.try_spend(strategy), Err(Spent::Kind(strategy)));
            assert_eq!(recoveries.strategies().collect::<Vec<_>>(), [strategy]);
        }
    }

    #[test]
    fn r27_another_credential_is_one_kind_however_it_is_had() {
        let mut recoveries = Recoveries::default();
        recoveries.try_spend(Strategy::Refresh).unwrap();

        for strategy in [Strategy::Fetch, Strategy::ReAuthenticate, Strategy::Refresh] {
            assert_eq!(recoveries.try_spend(strategy), Err(Spent::Kind(strategy)));
        }
        assert_eq!(recoveries.strategies().collect::<Vec<_>>(), [Strategy::Refresh]);
    }

    #[test]
    fn r27_three_in_all() {
        let mut recoveries = Recoveries::default();
        for strategy in [Strategy::StepUp, Strategy::Refresh, Strategy::ResendWithNonce] {
            recoveries.try_spend(strategy).unwrap();
        }

        let fourth = recoveries.try_spend(Strategy::LearnClock);

        assert_eq!(fourth, Err(Spent::All));
        assert_eq!(recoveries.count(), 3);
        assert_eq!(recoveries.try_spend(Strategy::Refresh), Err(Spent::Kind(Strategy::Refresh)));
    }
}
