use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use readmit_recovery::{Demand, Generation};

use crate::Token;
use crate::secrets::{InUse, Secrets};

/// A credential that may go onto a request.
pub(crate) struct Held {
    pub(crate) token: Token,
    pub(crate) generation: Generation,
    /// When the client got it.
    pub(crate) since: Instant,
    /// By the clock of this machine, where its lifetime is known.
    pub(crate) expires_at: Option<SystemTime>,
    /// What it was asked for, where a server had demanded something.
    pub(crate) met: Option<Arc<Demand>>,
    /// Whether a server has accepted it, and the machine was told.
    ///
    /// It is written under the machine's lock, so that it never says more than the machine knows.
    proven: AtomicBool,
    /// No log shows it as long as there is somebody who may send it.
    _in_use: InUse,
}

impl Held {
    pub(super) fn new(
        token: Token,
        generation: Generation,
        since: Instant,
        expires_at: Option<SystemTime>,
        met: Option<Arc<Demand>>,
        secrets: &Secrets,
    ) -> Held {
        let in_use = secrets.hold(token.secrets());
        let proven = AtomicBool::new(false);
        Held { token, generation, since, expires_at, met, proven, _in_use: in_use }
    }

    pub(super) fn is_proven(&self) -> bool {
        // Relaxed: it guards nothing; whoever reads it late tells the machine once more.
        self.proven.load(Ordering::Relaxed)
    }

    pub(super) fn set_proven(&self, proven: bool) {
        // Relaxed: as above.
        self.proven.store(proven, Ordering::Relaxed);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("generation", &self.generation).finish_non_exhaustive()
    }
}
