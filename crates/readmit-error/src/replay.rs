use serde::{Deserialize, Serialize};

/// Whether the server may have acted on a request that failed.
///
/// It decides whether a request that is not idempotent may be sent again (rule 40).
///
/// # Example
///
/// ```
/// use readmit_error::Replay;
///
/// assert!(Replay::NotProcessed.is_safe());
/// assert!(!Replay::PossiblyProcessed.is_safe());
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "no, perhaps, yes")]
pub enum Replay {
    /// Certainly not: any request may be sent again.
    NotProcessed,
    /// Nobody knows: only a request that may be repeated can be sent again.
    PossiblyProcessed,
    /// Certainly: sending it again would do it twice.
    Processed,
}

impl Replay {
    /// Returns whether a resend is safe for any method.
    #[must_use]
    pub fn is_safe(self) -> bool {
        matches!(self, Replay::NotProcessed)
    }
}
