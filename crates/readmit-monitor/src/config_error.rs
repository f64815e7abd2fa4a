use std::error::Error;
use std::fmt;

/// A setting that makes no sense, with the values that do not fit.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The share of operations that may fail is nothing, or everything.
    BudgetOutOfRange {
        /// The failures allowed in 10,000 operations.
        per_10_000: u32,
    },
    /// A code is longer than any that is counted.
    CodeTooLong {
        /// Its characters.
        characters: usize,
    },
    /// A threshold is 0, which every event passes, or more than is kept.
    ThresholdOutOfRange {
        /// The code.
        code: String,
        /// The events of an hour.
        threshold: u32,
    },
    /// More codes are to be watched than is sensible.
    TooManyCodes {
        /// How many.
        codes: usize,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::BudgetOutOfRange { per_10_000 } => {
                write!(f, "{per_10_000} failures in 10000 operations are not 1 to 9999")
            }
            ConfigError::CodeTooLong { characters } => {
                write!(f, "a code of {characters} characters is longer than 128")
            }
            ConfigError::ThresholdOutOfRange { code, threshold } => {
                write!(f, "a threshold of {threshold} per hour for {code} is not one of 1 to 10000")
            }
            ConfigError::TooManyCodes { codes } => write!(f, "{codes} codes are more than 1000"),
        }
    }
}

impl Error for ConfigError {}
