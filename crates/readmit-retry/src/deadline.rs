use std::time::Instant;

use readmit_core::Clock;

use crate::Policy;
use crate::mutants::mutate;

/// Returns the earlier deadline of a call that starts now: its policy's, or `other`.
///
/// Out of line, for the sake of the calls that have none; and of parts, because handing over the
/// call would take its address, and then it must stay in memory for all of them.
#[inline(never)]
pub(crate) fn earliest(
    policy: &Policy,
    clock: &dyn Clock,
    other: Option<Instant>,
) -> Option<Instant> {
    earlier(policy.deadline_from(|| clock.now()), other)
}

/// Returns the earlier one of two deadlines, or the one that there is.
pub(crate) fn earlier(own: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (own, other) {
        (Some(own), Some(other)) => Some(mutate!(5, own.min(other), other)),
        (one, none) => one.or(none),
    }
}
