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

impl Severity {
    /// Returns the name in lower case, as it stands under `readmit.severity`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Critical => "critical",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_is_its_name_in_json() {
        for severity in [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical] {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        }
    }
}
