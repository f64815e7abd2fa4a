use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A setting that makes no sense, with the values that do not fit.
///
/// # Example
///
/// ```
/// use readmit_breaker::Config;
///
/// let error = Config::over_calls(4).failure_count(5).build().unwrap_err();
/// assert_eq!(error.to_string(), "a window of 4 calls cannot hold a threshold of 5 failures");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The longest open time is to be shorter than the first one.
    MaxOpenBelowFirst {
        /// The first open time.
        first: Duration,
        /// The longest one.
        max: Duration,
    },
    /// More calls are to be waited for than the window holds, so that it would never open.
    MinCallsAboveWindow {
        /// The calls to wait for.
        min_calls: u32,
        /// The calls of the window.
        window: u32,
    },
    /// Nothing is said that could open the circuit, or a count of zero.
    NoThreshold,
    /// An opening is to be shorter than the one before it.
    OpenTimeShrinks {
        /// The growth, in hundredths.
        percent: u32,
    },
    /// A percentage is not within its range.
    PercentOutOfRange {
        /// The number that was given.
        percent: u8,
    },
    /// More probes are needed than there are, or none, or more than 1,000 are permitted.
    ProbesOutOfRange {
        /// The successes needed.
        needed: u32,
        /// The probes permitted.
        of: u32,
    },
    /// The window is to hold no calls, or more than 1,000,000.
    WindowOutOfRange {
        /// The calls of the window.
        calls: u32,
    },
    /// The window can never hold enough failures to open the circuit, or none are enough.
    WindowTooSmall {
        /// The failures that open the circuit.
        failures: u32,
        /// The calls of the window.
        window: u32,
    },
    /// A probe is to be replaced the instant it starts.
    ZeroLease,
    /// Every call is to be slow.
    ZeroSlow,
    /// A window of time is to hold no time.
    ZeroWindow,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::MaxOpenBelowFirst { first, max } => {
                write!(f, "a longest open time of {max:?} is below the first one of {first:?}")
            }
            ConfigError::MinCallsAboveWindow { min_calls, window } => {
                write!(f, "a window of {window} calls cannot hold a minimum of {min_calls}")
            }
            ConfigError::NoThreshold => f.write_str("there is no threshold that could be reached"),
            ConfigError::OpenTimeShrinks { percent } => {
                write!(f, "an open time that grows to {percent} % of the last one shrinks")
            }
            ConfigError::PercentOutOfRange { percent } => {
                write!(f, "{percent} is not a percentage of this setting")
            }
            ConfigError::ProbesOutOfRange { needed, of } => {
                write!(f, "{needed} successes of {of} probes cannot be asked for")
            }
            ConfigError::WindowOutOfRange { calls } => {
                write!(f, "a window of {calls} calls is not one of 1 to 1000000")
            }
            ConfigError::WindowTooSmall { failures, window } => {
                write!(
                    f,
                    "a window of {window} calls cannot hold a threshold of {failures} failures"
                )
            }
            ConfigError::ZeroLease => f.write_str("a probe cannot have a lease of 0s"),
            ConfigError::ZeroSlow => f.write_str("every call takes longer than 0s"),
            ConfigError::ZeroWindow => f.write_str("a window of 0s holds no call"),
        }
    }
}

impl Error for ConfigError {}
