use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::Evidence;

/// A call that is not admitted: when to come back, and why not.
///
/// It is an answer and not a fault: nothing was called, and nothing is owed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejected {
    refusal: Refusal,
    retry_at: Option<Instant>,
    /// Shared by all calls that the same opening rejects, so that each moves few words.
    evidence: Option<Arc<Evidence>>,
}

/// What stood in the way of a call.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "drivers match on it, and each is their business")]
#[repr(u64)] // A whole word: a byte beside padding makes each move of a rejection wait for it.
pub enum Refusal {
    /// An operator isolated the circuit.
    Isolated,
    /// The circuit is open.
    Open,
    /// The circuit is half-open, and as many probes as it may have are under way.
    Probing,
    /// The circuit has closed a moment ago and does not yet admit everyone.
    Ramping,
}

impl Rejected {
    #[inline]
    pub(crate) fn new(
        refusal: Refusal,
        retry_at: Option<Instant>,
        evidence: Option<Arc<Evidence>>,
    ) -> Rejected {
        Rejected { refusal, retry_at, evidence }
    }

    /// Returns what stood in the way.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        self.refusal
    }

    /// Returns when it is worth coming back; `None` where that is for an operator to say.
    ///
    /// For an open circuit it is the end of the open time: then a probe is admitted.
    /// While probes are under way it is the end of the first lease, and an answer may well come
    /// before it; after closing it is the instant from which everyone is admitted.
    #[must_use]
    pub fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Returns why the circuit opened, where that is what this goes back to.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_deref()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.refusal {
            Refusal::Isolated => "the circuit is isolated by an operator",
            Refusal::Open => "the circuit is open",
            Refusal::Probing => "the circuit is half-open and its probes are under way",
            Refusal::Ramping => "the circuit has just closed and admits few calls",
        })?;
        match &self.evidence {
            Some(evidence) => write!(f, ": {evidence}"),
            None => Ok(()),
        }
    }
}

impl Error for Rejected {}
