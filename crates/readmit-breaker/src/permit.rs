use std::num::NonZeroU32;
use std::time::Instant;

use readmit_core::Epoch;

/// The right to make one call.
///
/// It is spent by value when the call is [settled](crate::Breaker::settle).
/// It carries the epoch of the state that admitted it, so that a late report cannot vote on a
/// newer state (rule 63).
#[derive(Debug, Eq, PartialEq)]
#[must_use = "a permit that is not settled keeps its slot until the lease of the probe ends"]
pub struct Permit {
    epoch: Epoch,
    /// None where nobody looked at the clock.
    acquired_at: Option<Instant>,
    /// Which of the probes of this epoch it is, if it is one.
    probe: Option<NonZeroU32>,
}

impl Permit {
    #[inline]
    pub(crate) fn new(epoch: Epoch, acquired_at: Option<Instant>) -> Permit {
        Permit { epoch, acquired_at, probe: None }
    }

    pub(crate) fn of_probe(epoch: Epoch, acquired_at: Instant, probe: NonZeroU32) -> Permit {
        Permit { epoch, acquired_at: Some(acquired_at), probe: Some(probe) }
    }

    pub(crate) fn from_parts(
        epoch: Epoch,
        acquired_at: Option<Instant>,
        probe: Option<NonZeroU32>,
    ) -> Permit {
        Permit { epoch, acquired_at, probe }
    }

    /// Returns the epoch of the state that admitted the call.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Returns whether the call decides, with others perhaps, if the circuit closes again.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.probe.is_some()
    }

    /// Returns the same permit, for a guard that gives up its own.
    #[inline]
    pub(crate) fn copy(&self) -> Permit {
        Permit { epoch: self.epoch, acquired_at: self.acquired_at, probe: self.probe }
    }

    /// Returns what it is made of: its epoch, when it was acquired, and which probe it is.
    #[inline]
    pub(crate) fn into_parts(self) -> (Epoch, Option<Instant>, Option<NonZeroU32>) {
        (self.epoch, self.acquired_at, self.probe)
    }

    #[inline]
    pub(crate) fn acquired_at(&self) -> Option<Instant> {
        self.acquired_at
    }

    pub(crate) fn probe(&self) -> Option<NonZeroU32> {
        self.probe
    }
}
