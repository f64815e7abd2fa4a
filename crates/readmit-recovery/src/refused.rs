use std::error::Error;
use std::fmt;
use std::time::Instant;

/// No credential at this time: why, and from when on it is worth asking again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refused {
    pub(crate) cause: Cause,
    pub(crate) retry_at: Option<Instant>,
}

impl Refused {
    /// Returns why.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// Returns from when on another attempt is made; `None` where it takes a person.
    #[must_use]
    pub fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.cause {
            Cause::FreshRejected => "a credential was rejected as soon as it was issued",
            Cause::LockedOut => "too many credentials were rejected in a row",
            Cause::RefreshFailed => "the last refresh failed a moment ago",
            Cause::RefreshRefused => "the last refresh was refused a moment ago",
        })
    }
}

impl Error for Refused {}

/// Why there is no credential.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "what a life cycle waits for is matched on")]
pub enum Cause {
    /// A server rejected a credential that is fresh and that no server accepted: another one would
    /// fare no better (rule 28). It says nothing to other callers, who go on using it.
    FreshRejected,
    /// The lock-out guard is closed, until a person says so (rule 66).
    LockedOut,
    /// A refresh failed for a reason that time may cure, and is rested after (rule 10).
    RefreshFailed,
    /// A refresh failed for a reason that takes a person; that is remembered briefly (rules 10 and
    /// 11).
    RefreshRefused,
}
