use std::num::NonZeroU32;

use crate::{ConfigError, Percent};

/// What a [`Budget`](crate::Budget) allows: so many retries for each hundred calls, a few each
/// second even so, and so many saved up.
///
/// # Example
///
/// ```
/// use readmit_retry::{Allowance, Budget, Percent};
///
/// let allowance = Allowance::percent_of_calls(Percent::new(20)?).per_second(2).build()?;
/// let budget = Budget::new(allowance);
/// # let _ = budget;
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Allowance {
    percent: Percent,
    per_second: u32,
    capacity: NonZeroU32,
}

/// Collects the settings of an [`Allowance`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct AllowanceBuilder {
    allowance: Allowance,
}

impl Allowance {
    /// The allowance with every default: retries for 10 % of the calls that succeed and 1 each
    /// second, 100 of them saved up at most.
    pub const DEFAULT: Allowance =
        Allowance { percent: Percent::TEN, per_second: 1, capacity: HUNDRED };

    /// Starts an allowance by which each success deposits this share of a credit; a retry costs a
    /// whole one.
    pub fn percent_of_calls(percent: Percent) -> AllowanceBuilder {
        AllowanceBuilder { allowance: Allowance { percent, ..Allowance::DEFAULT } }
    }

    /// Returns the share of a credit that a success deposits.
    #[must_use]
    pub fn percent(&self) -> Percent {
        self.percent
    }

    /// Returns how many credits come back each second.
    #[must_use]
    pub fn per_second(&self) -> u32 {
        self.per_second
    }

    /// Returns how many credits can be saved up.
    #[must_use]
    pub fn capacity(&self) -> NonZeroU32 {
        self.capacity
    }
}

impl Default for Allowance {
    fn default() -> Allowance {
        Allowance::DEFAULT
    }
}

impl AllowanceBuilder {
    /// Sets how many credits come back each second, so that a client with few calls can retry; 0
    /// brings none back.
    ///
    /// Default: 1.
    pub fn per_second(mut self, per_second: u32) -> AllowanceBuilder {
        self.allowance.per_second = per_second;
        self
    }

    /// Sets how many credits can be saved up, which is also what a budget starts with: so many
    /// retries can be made in a burst.
    ///
    /// Default: 100.
    pub fn capacity(mut self, capacity: NonZeroU32) -> AllowanceBuilder {
        self.allowance.capacity = capacity;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError::FloorAboveCapacity`] where a second brings back more than can be saved up.
    pub fn build(self) -> Result<Allowance, ConfigError> {
        let Allowance { per_second, capacity, .. } = self.allowance;
        if capacity.get() < per_second {
            return Err(ConfigError::FloorAboveCapacity { per_second, capacity });
        }
        Ok(self.allowance)
    }
}

const HUNDRED: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_the_builder_makes_without_settings() {
        let built = Allowance::percent_of_calls(Percent::TEN).build();

        assert_eq!(built, Ok(Allowance::DEFAULT));
        assert_eq!(Allowance::default(), Allowance::DEFAULT);
        assert_eq!(Allowance::DEFAULT.percent().get(), 10);
        assert_eq!(Allowance::DEFAULT.per_second(), 1);
        assert_eq!(Allowance::DEFAULT.capacity().get(), 100);
    }

    #[test]
    fn a_floor_above_the_capacity_is_refused() {
        let capacity = NonZeroU32::MIN.saturating_add(4);
        let builder = Allowance::percent_of_calls(Percent::TEN).capacity(capacity);

        assert!(builder.clone().per_second(5).build().is_ok());
        assert_eq!(
            builder.per_second(6).build(),
            Err(ConfigError::FloorAboveCapacity { per_second: 6, capacity })
        );
    }
}
