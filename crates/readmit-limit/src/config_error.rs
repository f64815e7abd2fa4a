use std::error::Error;
use std::fmt;

/// A setting that makes no sense.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use readmit_limit::{ConfigError, Quota};
///
/// let quota = Quota::per_window(NonZeroU32::MIN, Duration::ZERO);
/// assert_eq!(quota, Err(ConfigError::ZeroWindow));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A quota is to be renewed each 0 s, which would be no quota.
    ZeroWindow,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::ZeroWindow => f.write_str("a window of 0s has no rate"),
        }
    }
}

impl Error for ConfigError {}
