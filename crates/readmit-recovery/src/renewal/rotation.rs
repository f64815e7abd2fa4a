use std::time::Duration;

use crate::record::Unreplaced;

/// How a provider treats refresh tokens, and who shares their store.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_recovery::Rotation;
///
/// // The provider takes the token before the last one for 30 seconds more.
/// let rotation = Rotation::DEFAULT.grace(Duration::from_secs(30));
/// assert_ne!(rotation, Rotation::DEFAULT);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub struct Rotation {
    pub(super) grace: Duration,
    pub(super) last_resort: bool,
    pub(super) unreplaced: Unreplaced,
    pub(super) alone: bool,
    pub(super) is_rejected: bool,
}

impl Rotation {
    /// No grace, no last resort, a store that other processes share.
    pub const DEFAULT: Rotation = Rotation {
        grace: Duration::ZERO,
        last_resort: false,
        unreplaced: Unreplaced::Keep,
        alone: false,
        is_rejected: false,
    };

    /// Sets how long after a token was presented the server takes it again (rule 23).
    ///
    /// Zero by default: who presents a spent token again looks like a thief, and the server ends the
    /// whole session (RFC 9700 section 4.14.2). Set it to less than the server's own window: the
    /// rotation overlap of Auth0, `rotation_grace_period` of Hydra, `grace-period` of Curity.
    pub fn grace(mut self, grace: Duration) -> Rotation {
        self.grace = grace;
        self
    }

    /// Makes a token that may be spent be tried once more where no usable access token is left.
    ///
    /// Off by default. If it is spent, the session ends, on every device that shares it; if it is
    /// not, nobody has to sign in.
    pub fn last_resort(mut self) -> Rotation {
        self.last_resort = true;
        self
    }

    /// Says what becomes of a refresh token for which none comes back (rule 19): it is kept by
    /// default.
    pub fn unreplaced(mut self, unreplaced: Unreplaced) -> Rotation {
        self.unreplaced = unreplaced;
        self
    }

    /// Says that no other process uses the store: then a lock that is not had, or a store that cannot
    /// be read, is no reason to wait.
    pub fn alone(mut self) -> Rotation {
        self.alone = true;
        self
    }

    /// Says that a server rejected the access token that is to be replaced, so that it is of no use
    /// though it has not expired.
    pub fn rejected(mut self) -> Rotation {
        self.is_rejected = true;
        self
    }
}

impl Default for Rotation {
    fn default() -> Rotation {
        Rotation::DEFAULT
    }
}
