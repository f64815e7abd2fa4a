use std::error::Error;
use std::fmt;
use std::num::NonZeroU32;
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
/// assert_eq!(error.to_string(), "a cap of 1s is below the base delay of 5s");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The longest delay is to be shorter than the first one.
    CapBelowBase {
        /// The delay before the first retry.
        base: Duration,
        /// The longest delay.
        cap: Duration,
    },
    /// A budget is to yield more credits each second than it can hold, so that whoever asks once a
    /// second never gets them all.
    FloorAboveCapacity {
        /// The credits that come back each second.
        per_second: u32,
        /// The most credits that the budget holds.
        capacity: NonZeroU32,
    },
    /// A percentage is not one of 1 to 100.
    PercentOutOfRange {
        /// The number that was given.
        percent: u8,
    },
    /// An exponential delay is to start from zero, which doubles to zero.
    ZeroBase,
    /// A call is to end the instant it starts, so that no retry could ever be in time.
    ZeroDeadline,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::CapBelowBase { base, cap } => {
                write!(f, "a cap of {cap:?} is below the base delay of {base:?}")
            }
            ConfigError::FloorAboveCapacity { per_second, capacity } => {
                write!(f, "a floor of {per_second} per second exceeds the capacity of {capacity}")
            }
            ConfigError::PercentOutOfRange { percent } => {
                write!(f, "{percent} is not a percentage from 1 to 100")
            }
            ConfigError::ZeroBase => f.write_str("an exponential delay cannot start from 0s"),
            ConfigError::ZeroDeadline => f.write_str("a deadline of 0s leaves no time to retry"),
        }
    }
}

impl Error for ConfigError {}
