use crate::{ConfigError, Fault, Percent};

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
    capacity: u32,
    /// As many as fit, unless it is told.
    initial: Option<u32>,
    costs: Costs,
    refunds: bool,
}

/// Collects the settings of an [`Allowance`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct AllowanceBuilder {
    allowance: Allowance,
}

/// What a retry costs after each kind of failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Costs {
    throttled: u32,
    timed_out: u32,
    transient: u32,
}

impl Allowance {
    /// The allowance with every default: retries for 10 % of the calls that succeed and 1 each
    /// second, 100 of them saved up at most.
    pub const DEFAULT: Allowance = Allowance {
        percent: Percent::TEN,
        per_second: 1,
        capacity: 100,
        initial: None,
        costs: Costs { throttled: 1, timed_out: 1, transient: 1 },
        refunds: false,
    };

    /// The budget of the AWS SDKs in their standard mode, version 2.0: 500 credits, a retry for 5
    /// and after a timeout for 10, no floor.
    ///
    /// A success on the first attempt brings 1, and one after a retry what that retry took.
    /// Its policy is [`Policy::aws_standard`](crate::Policy::aws_standard).
    pub const AWS_STANDARD: Allowance = Allowance {
        percent: Percent::HUNDRED,
        per_second: 0,
        capacity: 500,
        initial: None,
        costs: Costs { throttled: 5, timed_out: 10, transient: 5 },
        refunds: true,
    };

    /// As [`AWS_STANDARD`](Allowance::AWS_STANDARD) in its version 2.1, where a retry costs 14, and
    /// after a [`Fault::Throttled`] 5.
    ///
    /// Its policy is [`Policy::aws_standard_2_1`](crate::Policy::aws_standard_2_1).
    pub const AWS_STANDARD_2_1: Allowance = Allowance {
        costs: Costs { throttled: 5, timed_out: 14, transient: 14 },
        ..Allowance::AWS_STANDARD
    };

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
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Returns how many credits a budget starts with.
    #[must_use]
    pub fn initial(&self) -> u32 {
        self.initial.unwrap_or(self.capacity)
    }

    /// Returns how many credits a retry after such a failure costs.
    #[must_use]
    pub fn cost(&self, fault: Fault) -> u32 {
        match fault {
            Fault::Throttled => self.costs.throttled,
            Fault::TimedOut => self.costs.timed_out,
            Fault::Transient => self.costs.transient,
        }
    }

    /// Whether a success after a retry brings back what the retry took.
    pub(crate) fn refunds(&self) -> bool {
        self.refunds
    }
}

impl Default for Allowance {
    fn default() -> Allowance {
        Allowance::DEFAULT
    }
}

impl From<Allowance> for AllowanceBuilder {
    /// Starts from an allowance that there is, such as a preset.
    fn from(allowance: Allowance) -> AllowanceBuilder {
        AllowanceBuilder { allowance }
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

    /// Sets how many credits can be saved up: so many retries of cost 1 can be made in a burst.
    ///
    /// Default: 100.
    pub fn capacity(mut self, capacity: u32) -> AllowanceBuilder {
        self.allowance.capacity = capacity;
        self
    }

    /// Sets how many credits a budget starts with.
    ///
    /// Where that is less than the capacity, only successes add to it before the first retry is
    /// asked for, since a budget hears of the time then.
    ///
    /// Default: the capacity, so that a program that has just started can retry.
    pub fn initial(mut self, initial: u32) -> AllowanceBuilder {
        self.allowance.initial = Some(initial);
        self
    }

    /// Sets how many credits a retry after such a failure costs; 0 makes it free.
    ///
    /// Default: 1 for each kind.
    pub fn cost(mut self, fault: Fault, cost: u32) -> AllowanceBuilder {
        let costs = &mut self.allowance.costs;
        match fault {
            Fault::Throttled => costs.throttled = cost,
            Fault::TimedOut => costs.timed_out = cost,
            Fault::Transient => costs.transient = cost,
        }
        self
    }

    /// Has a call that succeeds after a retry bring back what its last retry took, in place of the
    /// share of a credit.
    ///
    /// Retries that help are then free, and what is limited are those that do not.
    ///
    /// Default: it brings the share of a credit, as every success does.
    pub fn refund(mut self) -> AllowanceBuilder {
        self.allowance.refunds = true;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// - [`ConfigError::FloorAboveCapacity`] where a second brings back more than can be saved up.
    /// - [`ConfigError::CostAboveCapacity`] where a retry costs more than can be saved up.
    /// - [`ConfigError::InitialAboveCapacity`] where a budget starts with more than that.
    pub fn build(self) -> Result<Allowance, ConfigError> {
        let Allowance { per_second, capacity, costs, .. } = self.allowance;
        let Costs { throttled, timed_out, transient } = costs;
        let cost = throttled.max(timed_out).max(transient);
        let initial = self.allowance.initial();
        if capacity < cost {
            return Err(ConfigError::CostAboveCapacity { cost, capacity });
        }
        if capacity < per_second {
            return Err(ConfigError::FloorAboveCapacity { per_second, capacity });
        }
        if capacity < initial {
            return Err(ConfigError::InitialAboveCapacity { initial, capacity });
        }
        Ok(self.allowance)
    }
}

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
        assert_eq!(Allowance::DEFAULT.capacity(), 100);
        assert_eq!(Allowance::DEFAULT.initial(), 100);
    }

    #[test]
    fn every_preset_builds() {
        for preset in [Allowance::DEFAULT, Allowance::AWS_STANDARD, Allowance::AWS_STANDARD_2_1] {
            assert_eq!(AllowanceBuilder::from(preset.clone()).build(), Ok(preset));
        }
    }

    #[test]
    fn the_aws_presets_are_their_tables() {
        let faults = [Fault::Transient, Fault::Throttled, Fault::TimedOut];
        let [older, newer] = [Allowance::AWS_STANDARD, Allowance::AWS_STANDARD_2_1];

        assert_eq!(faults.map(|fault| older.cost(fault)), [5, 5, 10]);
        assert_eq!(faults.map(|fault| newer.cost(fault)), [14, 5, 14]);
        for preset in [older, newer] {
            assert_eq!((preset.capacity(), preset.initial()), (500, 500));
            assert_eq!((preset.percent().get(), preset.per_second()), (100, 0));
        }
    }

    #[test]
    fn what_exceeds_the_capacity_is_refused() {
        let builder = Allowance::percent_of_calls(Percent::TEN).capacity(5);

        for most in [
            builder.clone().per_second(5),
            builder.clone().cost(Fault::Throttled, 5),
            builder.clone().initial(5),
        ] {
            assert!(most.build().is_ok());
        }
        assert_eq!(
            builder.clone().per_second(6).build(),
            Err(ConfigError::FloorAboveCapacity { per_second: 6, capacity: 5 })
        );
        assert_eq!(
            builder.clone().cost(Fault::TimedOut, 6).build(),
            Err(ConfigError::CostAboveCapacity { cost: 6, capacity: 5 })
        );
        assert_eq!(
            builder.initial(6).build(),
            Err(ConfigError::InitialAboveCapacity { initial: 6, capacity: 5 })
        );
    }

    #[test]
    fn a_budget_without_room_is_refused_unless_retries_are_free() {
        let none = Allowance::percent_of_calls(Percent::TEN).capacity(0).per_second(0);
        let free = [Fault::Throttled, Fault::TimedOut, Fault::Transient];

        let refused = none.clone().build();
        let built = free.into_iter().fold(none, |builder, fault| builder.cost(fault, 0)).build();

        assert_eq!(refused, Err(ConfigError::CostAboveCapacity { cost: 1, capacity: 0 }));
        assert!(built.is_ok());
    }
}
