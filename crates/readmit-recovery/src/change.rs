use std::time::Instant;

use readmit_core::Epoch;
use readmit_error::event::RefreshTrigger;

use crate::generation::Generation;

/// What became different in a [`Lifecycle`](crate::Lifecycle).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A credential was brought in from outside, and replaces what was held.
    Adopted {
        /// The credential's name from here on.
        generation: Generation,
    },
    /// What was held was dropped on request.
    Forgotten,
    /// Too many credentials were rejected in a row: no other is fetched until a person says so.
    LockedOut {
        /// How many.
        rejections: u32,
    },
    /// A refresh was given up without an outcome: somebody else may lead.
    RefreshAbandoned {
        /// The refresh.
        epoch: Epoch,
    },
    /// A refresh failed.
    RefreshFailed {
        /// The refresh.
        epoch: Epoch,
        /// How many failed in a row, this one included.
        failures: u32,
        /// When the next one may start while no usable credential is held; with one it may be
        /// later.
        retry_at: Instant,
        /// Whether only a person can help.
        terminal: bool,
    },
    /// A refresh was started.
    RefreshStarted {
        /// The refresh.
        epoch: Epoch,
        /// Why.
        trigger: RefreshTrigger,
    },
    /// A refresh brought a credential.
    Refreshed {
        /// The refresh.
        epoch: Epoch,
        /// The credential's name from here on.
        generation: Generation,
    },
    /// The lock-out guard was opened by a person.
    Unlocked,
}
