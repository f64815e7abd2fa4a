use std::fmt;
use std::time::Instant;

use readmit_core::Epoch;

use crate::{Evidence, State, Tally};

/// What a breaker knows at an instant, for show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Snapshot {
    pub(crate) state: State,
    pub(crate) epoch: Epoch,
    pub(crate) tally: Tally,
    pub(crate) failure_min: u32,
    pub(crate) slow_min: u32,
    pub(crate) rejections: u64,
    pub(crate) openings: u32,
    pub(crate) retry_at: Option<Instant>,
    pub(crate) evidence: Option<Evidence>,
}

impl Snapshot {
    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns the epoch, which another one follows with each change of state.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Returns what is counted: in the window, of the probes while half-open, and while open what
    /// was counted when the circuit opened.
    ///
    /// Slow calls that are under way are part of it.
    /// For the rule of failures in a row it covers the time since the circuit closed, and a
    /// [`Shared`](crate::Shared) breaker leaves out the successes that changed nothing.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Returns the share of calls that failed, 0 to 1; `None` below the minimum of calls.
    #[must_use]
    pub fn failure_rate(&self) -> Option<f64> {
        self.share(self.tally.failures(), self.failure_min)
    }

    /// Returns the share of calls that were slow, 0 to 1; `None` below the minimum of calls.
    #[must_use]
    pub fn slow_rate(&self) -> Option<f64> {
        self.share(self.tally.slow(), self.slow_min)
    }

    /// Returns how many calls were rejected since the last change of state.
    #[must_use]
    pub fn rejections(&self) -> u64 {
        self.rejections
    }

    /// Returns how many openings there were without a stable close in between.
    #[must_use]
    pub fn openings(&self) -> u32 {
        self.openings
    }

    /// Returns when a call that is rejected is worth making again, where that is known.
    #[must_use]
    pub fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Returns why the circuit is open, or was before it became half-open.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    fn share(&self, part: u32, min_calls: u32) -> Option<f64> {
        let calls = self.tally.calls();
        (0 < calls && min_calls <= calls).then(|| f64::from(part) / f64::from(calls))
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = self.tally;
        write!(f, "{}: {} calls, {} failed", self.state, tally.calls(), tally.failures())?;
        if 0 < tally.slow() {
            write!(f, ", {} slow", tally.slow())?;
        }
        if 0 < self.rejections {
            write!(f, ", {} rejected", self.rejections)?;
        }
        match self.evidence {
            Some(evidence) => write!(f, "; why: {evidence}"),
            None => Ok(()),
        }
    }
}
