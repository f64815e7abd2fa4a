use std::time::Instant;

use crate::Evidence;

/// What a step changed, for whoever logs and counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Calls are admitted again.
    Closed,
    /// Calls are admitted and not counted, because an operator said so.
    Disabled,
    /// A threshold is reached in a circuit that only measures; each is told once, until it is not
    /// reached any more.
    Exceeded {
        /// Whether it is that of failures.
        failures: bool,
        /// Whether it is that of slow calls.
        slow: bool,
    },
    /// The open time is over, and probes are admitted.
    HalfOpened,
    /// Calls are rejected until an operator releases the circuit.
    Isolated,
    /// Calls are admitted and counted and never rejected, because an operator said so.
    MetricsOnly,
    /// Calls are rejected.
    Opened {
        /// When a probe is admitted, unless that is beyond what the clock can say.
        until: Option<Instant>,
        /// Why.
        evidence: Evidence,
    },
}
