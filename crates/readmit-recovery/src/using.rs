use std::time::Instant;

use readmit_core::Epoch;

use crate::generation::Generation;
use crate::permit::RefreshPermit;
use crate::refused::Refused;

/// What a caller who needs the credential does.
#[derive(Debug)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a driver must think of every answer")]
pub enum Use {
    /// Use this generation.
    Held {
        /// Which credential.
        generation: Generation,
    },
    /// Use this generation, and refresh beside: nobody else was asked to, and nobody waits.
    HeldWhileRefreshing {
        /// Which credential.
        generation: Generation,
        /// The refresh.
        permit: RefreshPermit,
    },
    /// Refresh: there is nothing to use, and the others wait for you.
    Refresh {
        /// The refresh.
        permit: RefreshPermit,
    },
    /// Wait for the outcome of the refresh of this epoch, and share it (rule 4).
    Wait {
        /// Which refresh.
        epoch: Epoch,
        /// Its deadline: ask again then at the latest.
        until: Instant,
    },
    /// Give up: neither use nor refresh before the time it names.
    Refused(Refused),
}
