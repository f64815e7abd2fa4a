use serde::{Deserialize, Serialize};

/// How a call ended, as far as recovery is concerned (rule 90).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the outcomes of rule 90, and the fallback")]
pub enum RecoveryOutcome {
    /// It succeeded at the first attempt.
    NotNeeded,
    /// It succeeded after at least one failure.
    Recovered,
    /// It failed, and the caller's fallback answered in its place.
    FellBack,
    /// It failed, and nothing could be done about it.
    NotAttempted,
    /// It failed, and what could be done did not help.
    Exhausted,
    /// It was refused locally, without being sent.
    Rejected,
}

impl RecoveryOutcome {
    /// Returns the name in snake case, as it stands on metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RecoveryOutcome::NotNeeded => "not_needed",
            RecoveryOutcome::Recovered => "recovered",
            RecoveryOutcome::FellBack => "fell_back",
            RecoveryOutcome::NotAttempted => "not_attempted",
            RecoveryOutcome::Exhausted => "exhausted",
            RecoveryOutcome::Rejected => "rejected",
        }
    }
}
