use std::fmt;
use std::mem;
use std::sync::Arc;
use std::time::Instant;

use readmit_core::{Clock, SystemClock};

use crate::{Outcome, Permit, Report, Shared};

/// A call that a breaker admitted and that is yet to be settled.
///
/// Dropping it abandons the call: that gives its slot back, and counts as nothing, or as a failure
/// where the permit was held longer than
/// [`abandon_counts_after`](crate::Builder::abandon_counts_after) (rule 61).
/// How long it was held is known where it was acquired [with a time](Shared::try_acquire_at), and
/// wherever the breaker had to look at the clock by itself.
#[must_use = "a call in flight is abandoned when it is dropped"]
pub struct InFlight<'b, C: Clock = SystemClock> {
    breaker: &'b Shared<C>,
    permit: Permit,
}

/// The same, for a call that outlives the borrow of its breaker, such as one in a task of its own.
#[must_use = "a call in flight is abandoned when it is dropped"]
pub struct OwnedInFlight<C: Clock = SystemClock> {
    breaker: Arc<Shared<C>>,
    /// None once it is settled.
    permit: Option<Permit>,
}

impl<'b, C: Clock> InFlight<'b, C> {
    #[inline]
    pub(crate) fn new(breaker: &'b Shared<C>, permit: Permit) -> InFlight<'b, C> {
        InFlight { breaker, permit }
    }

    /// Tells the breaker what became of the call.
    #[inline]
    pub fn settle(self, report: impl Copy + Into<Report>) {
        let breaker = self.breaker;
        breaker.settle(self.into_permit(), report);
    }

    /// Tells the breaker what became of the call, for a caller who knows the time.
    #[inline]
    pub fn settle_at(self, now: Instant, report: impl Copy + Into<Report>) {
        let breaker = self.breaker;
        breaker.settle_at(now, self.into_permit(), report);
    }

    /// Returns whether the call decides if the circuit closes again.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.permit.is_probe()
    }

    /// Takes the permit out, so that dropping the guard does nothing.
    #[inline]
    pub(crate) fn into_permit(self) -> Permit {
        let permit = self.permit.copy();
        // There is nothing to free but what `drop` would do, which is now the caller's business.
        mem::forget(self);
        permit
    }
}

impl<C: Clock> Drop for InFlight<'_, C> {
    #[inline]
    fn drop(&mut self) {
        self.breaker.settle(self.permit.copy(), Outcome::Abandon);
    }
}

impl<C: Clock> OwnedInFlight<C> {
    pub(crate) fn new(breaker: Arc<Shared<C>>, permit: Permit) -> OwnedInFlight<C> {
        OwnedInFlight { breaker, permit: Some(permit) }
    }

    /// Tells the breaker what became of the call.
    pub fn settle(mut self, report: impl Copy + Into<Report>) {
        if let Some(permit) = self.permit.take() {
            self.breaker.settle(permit, report);
        }
    }

    /// Tells the breaker what became of the call, for a caller who knows the time.
    pub fn settle_at(mut self, now: Instant, report: impl Copy + Into<Report>) {
        if let Some(permit) = self.permit.take() {
            self.breaker.settle_at(now, permit, report);
        }
    }

    /// Returns whether the call decides if the circuit closes again.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.permit.as_ref().is_some_and(Permit::is_probe)
    }
}

impl<C: Clock> Drop for OwnedInFlight<C> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.breaker.settle(permit, Outcome::Abandon);
        }
    }
}

impl<C: Clock> fmt::Debug for InFlight<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight").field("permit", &self.permit).finish_non_exhaustive()
    }
}

impl<C: Clock> fmt::Debug for OwnedInFlight<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedInFlight").field("permit", &self.permit).finish_non_exhaustive()
    }
}
