use std::time::Duration;

/// How a refresh failed, as far as the life of the credential is concerned.
///
/// [`TokenError::failure`](crate::TokenError::failure) makes one; a source of another kind says it
/// itself.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_recovery::RefreshFailure;
///
/// let busy = RefreshFailure::transient().retry_after(Duration::from_secs(15));
/// assert!(!busy.is_terminal());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub struct RefreshFailure {
    terminal: bool,
    retry_after: Option<Duration>,
}

impl RefreshFailure {
    /// Returns a failure that time may cure.
    pub fn transient() -> RefreshFailure {
        RefreshFailure { terminal: false, retry_after: None }
    }

    /// Returns a failure that only a person can cure.
    pub fn terminal() -> RefreshFailure {
        RefreshFailure { terminal: true, retry_after: None }
    }

    /// Adds the wait that the server asked for.
    ///
    /// It may lengthen the rest after the failure and never shortens it; an hour of it is honoured
    /// at most.
    pub fn retry_after(mut self, wait: Duration) -> RefreshFailure {
        self.retry_after = Some(wait.min(LONGEST_WAIT));
        self
    }

    /// Returns whether only a person can cure it.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Returns the wait that the server asked for, an hour at most, or zero.
    pub(crate) fn wait(&self) -> Duration {
        self.retry_after.unwrap_or_default()
    }
}

/// Why a credential that came was not kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "of no use, or not wanted")]
pub enum NotKept {
    /// Its lifetime was over when it came, which is a failed refresh (rule 13).
    #[error("the credential had expired when it arrived")]
    ArrivedExpired,
    /// Somebody else's refresh, or a person, was faster.
    #[error("the refresh was overtaken by another")]
    Overtaken,
}

/// A server that asks for more is asked again after an hour.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
