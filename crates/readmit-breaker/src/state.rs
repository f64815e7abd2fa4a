use std::fmt;

/// What a circuit does with calls.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "drivers match on it, and each state is their business"
)]
pub enum State {
    /// Calls are admitted, and counted.
    Closed,
    /// Calls are rejected until the open time ends.
    Open,
    /// A few calls are admitted as probes, and the others rejected.
    HalfOpen,
    /// Calls are rejected until an operator releases the circuit.
    Isolated,
    /// Calls are admitted, and not counted.
    Disabled,
    /// Calls are admitted and counted, and the circuit never opens by itself.
    MetricsOnly,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Closed => "closed",
            State::Open => "open",
            State::HalfOpen => "half-open",
            State::Isolated => "isolated",
            State::Disabled => "disabled",
            State::MetricsOnly => "metrics only",
        })
    }
}
