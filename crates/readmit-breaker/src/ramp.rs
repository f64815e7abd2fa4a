use std::time::Instant;

use readmit_core::Draw;

use crate::nanos;

/// Admits a growing share of calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ramp {
    from: Instant,
    /// In nanoseconds, and not zero.
    length: u64,
}

impl Ramp {
    pub(crate) fn new(from: Instant, length: u64) -> Ramp {
        Ramp { from, length }
    }

    /// Returns whether the call with this draw is among those that are admitted.
    pub(crate) fn admits(&self, now: Instant, draw: Draw) -> bool {
        let gone = nanos::since(self.from, now) as f64 / self.length as f64;
        draw.get() <= FIRST_SHARE + (1.0 - FIRST_SHARE) * gone
    }

    pub(crate) fn is_over(&self, now: Instant) -> bool {
        self.length <= nanos::since(self.from, now)
    }

    /// Returns from when on everyone is admitted.
    pub(crate) fn ends_at(&self) -> Option<Instant> {
        self.from.checked_add(std::time::Duration::from_nanos(self.length))
    }
}

const FIRST_SHARE: f64 = 0.1;
