use readmit_error::{Failure, Kind, Origin, RetryAfter};
use readmit_recovery::{Cause, Now, Refused};

use crate::SourceError;

/// Why there is no credential to send a request with.
#[derive(Clone, Debug)]
pub(crate) enum NoCredential {
    /// The machine refuses: it says why, and when to come back.
    Refused(Refused),
    /// A source failed, now or a moment ago.
    Source(SourceError),
}

impl NoCredential {
    /// Whether a server rejected what had only just been issued (rule 28).
    pub(crate) fn is_fresh_rejection(&self) -> bool {
        match self {
            NoCredential::Refused(refused) => refused.cause() == Cause::FreshRejected,
            NoCredential::Source(_) => false,
        }
    }

    /// Returns the refusal as a failure of the call that wanted a credential.
    pub(crate) fn failure(&self, now: Now) -> Failure {
        let refused = match self {
            NoCredential::Refused(refused) => refused,
            NoCredential::Source(error) => return error.failure().clone(),
        };
        let kind = match refused.cause() {
            Cause::LockedOut => Kind::LockedOut,
            Cause::FreshRejected | Cause::RefreshRefused => Kind::InvalidCredentials,
            Cause::RefreshFailed => Kind::Unavailable,
        };
        let failure = Failure::builder(kind, Origin::Local).because(refused).timestamp(now.wall);
        match refused.retry_at() {
            Some(at) => {
                let wait = at.saturating_duration_since(now.mono);
                failure.retry_after(RetryAfter::new(wait, now.wall)).build()
            }
            None => failure.build(),
        }
    }
}
