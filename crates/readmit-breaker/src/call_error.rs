use std::error::Error;
use std::fmt;

use crate::Rejected;

/// Why a call through a breaker has no answer.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a call was made and failed, or it was not made")]
pub enum CallError<E> {
    /// It was made, and this is its error.
    Failed(E),
    /// It was not made.
    Rejected(Rejected),
}

impl<E> CallError<E> {
    /// Returns the error of the call, if it was made.
    pub fn into_failed(self) -> Option<E> {
        match self {
            CallError::Failed(error) => Some(error),
            CallError::Rejected(_) => None,
        }
    }

    /// Returns why the call was not made, unless it was.
    #[must_use]
    pub fn rejected(&self) -> Option<&Rejected> {
        match self {
            CallError::Failed(_) => None,
            CallError::Rejected(rejected) => Some(rejected),
        }
    }
}

impl<E> From<Rejected> for CallError<E> {
    fn from(rejected: Rejected) -> CallError<E> {
        CallError::Rejected(rejected)
    }
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Failed(error) => error.fmt(f),
            CallError::Rejected(rejected) => rejected.fmt(f),
        }
    }
}

impl<E: Error> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // Either is shown in its own words already, so what lies below it comes next.
        match self {
            CallError::Failed(error) => error.source(),
            CallError::Rejected(rejected) => rejected.source(),
        }
    }
}
