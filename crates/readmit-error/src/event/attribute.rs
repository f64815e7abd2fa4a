use serde::{Deserialize, Serialize};

/// What a circuit breaker does with calls.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the states of a circuit breaker")]
pub enum CircuitState {
    /// It lets them through.
    Closed,
    /// It refuses them.
    Open,
    /// It lets a few through, to see.
    HalfOpen,
}

/// Who set the wait before a retry.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the policy, or the server")]
pub enum DelaySource {
    /// The policy.
    Backoff,
    /// The server.
    Server,
}

/// What set a refresh off.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "before or after a rejection")]
pub enum RefreshTrigger {
    /// There was no credential yet, or its end was near.
    Proactive,
    /// A server had refused it.
    Reactive,
}

/// How far above its threshold an alert is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the severities of rule 89")]
pub enum AlertSeverity {
    /// Above it.
    Medium,
    /// Above twice of it.
    High,
}
