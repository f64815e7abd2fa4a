use serde::{Deserialize, Serialize};

/// How loud an event is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the levels that readmit emits at")]
pub enum Level {
    /// For whoever looks for a fault.
    Debug,
    /// Worth knowing.
    Info,
    /// Something is not as it should be.
    Warn,
    /// Somebody should look.
    Error,
}

/// How grave an event is, in the words of a security log.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the severities of the documented log")]
pub enum Severity {
    /// Part of normal operation.
    Info,
    /// Something is not as it should be.
    Warning,
    /// A refused credential or permission: security.
    Error,
    /// Act at once.
    Critical,
}
