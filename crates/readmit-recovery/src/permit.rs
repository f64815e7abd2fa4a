use std::time::Instant;

use readmit_core::{Epoch, Now};

/// The right, and the duty, to make one refresh.
///
/// It is spent by value: tell [`refreshed`](crate::Lifecycle::refreshed),
/// [`refresh_failed`](crate::Lifecycle::refresh_failed) or
/// [`abandoned`](crate::Lifecycle::abandoned). A driver keeps it in a guard that tells the last of
/// them when dropped. Where nobody tells, others may lead from the deadline on (rule 5), and what
/// this permit brings afterwards is ignored.
#[derive(Debug)]
#[must_use = "somebody waits for the outcome of this refresh"]
pub struct RefreshPermit {
    pub(crate) epoch: Epoch,
    pub(crate) started: Now,
    pub(crate) deadline: Instant,
}

impl RefreshPermit {
    /// Returns the epoch that names this refresh to those who wait for it.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Returns when this refresh must have ended: the driver gives up then (rule 6).
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }
}
