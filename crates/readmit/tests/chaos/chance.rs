use std::time::Duration;

use readmit_core::Draws;

/// All the chance that a world has.
#[derive(Debug)]
pub(crate) struct Chance(Draws);

impl Chance {
    pub(crate) fn seeded(seed: u64) -> Chance {
        Chance(Draws::seeded(seed))
    }

    /// A number below `end`.
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.0.draw().share(end).min(end - 1)
    }

    /// Whether one of so many times it is this one.
    pub(crate) fn one_in(&self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn millis(&self, end: u64) -> Duration {
        Duration::from_millis(self.below(end))
    }

    pub(crate) fn pick<T: Copy>(&self, from: &[T]) -> T {
        let index = usize::try_from(self.below(from.len() as u64)).unwrap();
        from[index]
    }
}
