use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A setting that makes no sense, with the values that do not fit.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_retry::Policy;
///
/// let error = Policy::exponential(Duration::from_secs(5))
///     .cap(Duration::from_secs(1))
///     .build()
///     .unwrap_err();
/// assert_eq!(error.to_string(), "a cap of 1s is below the delay of 5s");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The longest delay is to be shorter than one that was given.
    CapBelowDelay {
        /// The delay that was given.
        delay: Duration,
        /// The longest delay.
        cap: Duration,
    },
    /// A retry is to cost more credits than its budget can hold, so that none could be paid.
    CostAboveCapacity {
        /// The credits that a retry is to cost.
        cost: u32,
        /// The most credits that the budget holds.
        capacity: u32,
    },
    /// A sequence has no delay.
    EmptySequence,
    /// A delay is to grow by less than 1, by infinity, or by what is no number.
    FactorOutOfRange {
        /// The factor that was given.
        factor: f64,
    },
    /// A budget is to yield more credits each second than it can hold, so that whoever asks once a
    /// second never gets them all.
    FloorAboveCapacity {
        /// The credits that come back each second.
        per_second: u32,
        /// The most credits that the budget holds.
        capacity: u32,
    },
    /// A budget is to start with more credits than it can hold.
    InitialAboveCapacity {
        /// The credits that it is to start with.
        initial: u32,
        /// The most credits that the budget holds.
        capacity: u32,
    },
    /// A decorrelated delay, which is drawn as a whole, is to be moved by jitter as well.
    JitterOnDecorrelated,
    /// A percentage is not one of 1 to 100.
    PercentOutOfRange {
        /// The number that was given.
        percent: u8,
    },
    /// A call is not to be tried even once.
    ZeroAttempts,
    /// A delay is to grow from zero, and stays zero.
    ZeroBase,
    /// A call is to end the instant it starts, so that no retry could ever be in time.
    ZeroDeadline,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::CapBelowDelay { delay, cap } => {
                write!(f, "a cap of {cap:?} is below the delay of {delay:?}")
            }
            ConfigError::CostAboveCapacity { cost, capacity } => {
                write!(f, "a cost of {cost} for a retry exceeds the capacity of {capacity}")
            }
            ConfigError::EmptySequence => f.write_str("a sequence needs at least one delay"),
            ConfigError::FactorOutOfRange { factor } => {
                write!(f, "{factor} is not a finite factor of at least 1")
            }
            ConfigError::FloorAboveCapacity { per_second, capacity } => {
                write!(f, "a floor of {per_second} per second exceeds the capacity of {capacity}")
            }
            ConfigError::InitialAboveCapacity { initial, capacity } => {
                write!(f, "{initial} credits to start with exceed the capacity of {capacity}")
            }
            ConfigError::JitterOnDecorrelated => {
                f.write_str("a decorrelated delay is drawn as a whole: leave the jitter out")
            }
            ConfigError::PercentOutOfRange { percent } => {
                write!(f, "{percent} is not a percentage from 1 to 100")
            }
            ConfigError::ZeroAttempts => {
                f.write_str("0 attempts would never make the call: 1 makes it without a retry")
            }
            ConfigError::ZeroBase => f.write_str("a delay of 0s does not grow"),
            ConfigError::ZeroDeadline => f.write_str("a deadline of 0s leaves no time to retry"),
        }
    }
}

impl Error for ConfigError {}
