use std::collections::BTreeMap;

use readmit_error::event::{Event, RecoveryOutcome};
use readmit_error::neutralise;

use crate::codes::{NAME_LIMIT, OTHER};
use crate::outcomes::{Ended, place};

/// How often recovery was tried, by strategy, and how operations ended (rule 90).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recoveries {
    strategies: BTreeMap<String, Tries>,
    pub(crate) ended: Ended,
}

/// How often a strategy was tried, and what came of it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Tries {
    /// The calls that it was tried in and that are over.
    pub attempted: u64,
    /// Those that succeeded in the end.
    pub succeeded: u64,
    /// Those that failed.
    pub failed: u64,
}

impl Tries {
    /// Returns the share of the calls that succeeded, in `0.0..=1.0`; unknown where there was none.
    #[must_use]
    pub fn success_rate(self) -> Option<f64> {
        (0 < self.attempted).then(|| self.succeeded as f64 / self.attempted as f64)
    }

    fn add(&mut self, succeeded: bool) {
        self.attempted = self.attempted.saturating_add(1);
        let which = if succeeded { &mut self.succeeded } else { &mut self.failed };
        *which = which.saturating_add(1);
    }
}

impl Recoveries {
    /// Returns how often a strategy was tried: `refresh`, `retry`.
    #[must_use]
    pub fn strategy(&self, name: &str) -> Tries {
        self.strategies.get(name).copied().unwrap_or_default()
    }

    /// Returns the strategies that were tried, by name.
    pub fn strategies(&self) -> impl Iterator<Item = (&str, Tries)> {
        self.strategies.iter().map(|(name, tries)| (name.as_str(), *tries))
    }

    /// Returns how many operations ended in this way.
    #[must_use]
    pub fn outcome(&self, outcome: RecoveryOutcome) -> u64 {
        self.ended.counts.get(place(outcome)).copied().unwrap_or_default()
    }

    /// Returns the share of the operations in trouble that recovered, in `0.0..=1.0`; unknown where
    /// none was in trouble that something could be done about.
    #[must_use]
    pub fn success_rate(&self) -> Option<f64> {
        let recovered = self.outcome(RecoveryOutcome::Recovered);
        let tried = recovered.saturating_add(self.outcome(RecoveryOutcome::Exhausted));
        (0 < tried).then(|| recovered as f64 / tried as f64)
    }

    pub(crate) fn record(&mut self, event: &Event) {
        if let Event::RecoverySucceeded { strategy, .. } = event {
            // Of several that helped together, each did its part.
            for name in strategy.split('+').filter(|name| !name.is_empty()).take(AT_ONCE) {
                self.tries(name).add(true);
            }
        }
        if let Event::RecoveryExhausted { strategies, .. } = event {
            for name in strategies.iter().take(AT_ONCE) {
                self.tries(name).add(false);
            }
        }
    }

    pub(crate) fn ended(&mut self, ended: &Ended) {
        for (sum, count) in self.ended.counts.iter_mut().zip(ended.counts) {
            *sum = sum.saturating_add(count);
        }
        self.ended.blameless = self.ended.blameless.saturating_add(ended.blameless);
    }

    fn tries(&mut self, name: &str) -> &mut Tries {
        let is_known = self.strategies.contains_key(name);
        let has_room = self.strategies.len() < MAX_STRATEGIES;
        let name = if is_known || has_room { neutralise(name, NAME_LIMIT) } else { OTHER.into() };
        self.strategies.entry(name).or_default()
    }
}

/// There are nine; the rest are for those who add their own.
const MAX_STRATEGIES: usize = 32;

/// More strategies than this in one call are a hostile event.
const AT_ONCE: usize = 16;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn r90_recoveries_are_counted_by_strategy() {
        let mut recoveries = Recoveries::default();

        for strategy in ["refresh", "refresh+retry"] {
            recoveries.record(&succeeded(strategy));
        }
        recoveries.record(&exhausted(&["retry"]));

        let refresh = Tries { attempted: 2, succeeded: 2, failed: 0 };
        let retry = Tries { attempted: 2, succeeded: 1, failed: 1 };
        assert_eq!(
            recoveries.strategies().collect::<Vec<_>>(),
            [("refresh", refresh), ("retry", retry)]
        );
        assert_eq!(retry.success_rate(), Some(0.5));
        assert_eq!(recoveries.strategy("step_up").success_rate(), None);
    }

    #[test]
    fn r90_operations_are_counted_by_outcome() {
        let mut recoveries = Recoveries::default();

        recoveries.ended(&Ended { counts: [10, 3, 0, 2, 1, 4], blameless: 0 });

        assert_eq!(recoveries.outcome(RecoveryOutcome::NotNeeded), 10);
        assert_eq!(recoveries.outcome(RecoveryOutcome::Rejected), 4);
        assert_eq!(recoveries.success_rate(), Some(0.75));
    }

    #[test]
    fn r87_hostile_strategies_are_bounded() {
        let mut recoveries = Recoveries::default();

        for number in 0..10_000 {
            recoveries.record(&succeeded(&format!("s{number}")));
        }

        assert_eq!(recoveries.strategies().count(), MAX_STRATEGIES + 1);
        assert_eq!(recoveries.strategy(OTHER).attempted, 10_000 - MAX_STRATEGIES as u64);
    }

    fn succeeded(strategy: &str) -> Event {
        let strategy = strategy.to_owned();
        let elapsed = Duration::ZERO;
        Event::RecoverySucceeded { authentication: true, strategy, attempts: 2, elapsed }
    }

    fn exhausted(strategies: &[&str]) -> Event {
        let strategies = strategies.iter().map(|&name| name.to_owned()).collect();
        let elapsed = Duration::ZERO;
        Event::RecoveryExhausted { authentication: true, attempts: 2, strategies, elapsed }
    }
}
