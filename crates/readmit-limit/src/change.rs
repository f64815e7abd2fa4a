use std::time::{Duration, Instant};

/// What changed in a limiter when it was told something.
///
/// Where several things changed at once, it is the first of these.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// The server said to wait, and every call is held back.
    Held {
        /// How long, jitter included.
        wait: Duration,
        /// Until then, unless that is beyond what the clock can say.
        until_at: Option<Instant>,
    },
    /// The rate is another one.
    Paced {
        /// How long it takes for one cell to come back; none where there is no limit.
        interval: Option<Duration>,
    },
    /// The operator lifted what the server had said.
    Released,
}
