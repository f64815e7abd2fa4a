use readmit_error::{Denied, Failure, Kind, Origin, RetryAfter};
use readmit_recovery::{Cause, Now, Refused};

use crate::account::Scopes;
use crate::{BoxError, Error, SourceError};

/// Why there is no credential to send a request with.
#[derive(Clone, Debug)]
pub(crate) enum NoCredential {
    /// The one that there is has not these scopes, which the request requires.
    Lacking(Scopes),
    /// The machine refuses: it says why, and when to come back.
    Refused(Refused),
    /// A person signed out.
    SignedOut,
    /// A source failed, now or a moment ago.
    Source(SourceError),
}

impl NoCredential {
    /// Whether a server rejected what had only just been issued (rule 28).
    pub(crate) fn is_fresh_rejection(&self) -> bool {
        match self {
            NoCredential::Refused(refused) => refused.cause() == Cause::FreshRejected,
            NoCredential::Lacking(_) | NoCredential::SignedOut | NoCredential::Source(_) => false,
        }
    }

    /// Returns it as the error of a call, with what is behind it as the cause.
    pub(crate) fn cause_of(&self, error: Error) -> Error {
        match self {
            NoCredential::Lacking(_) | NoCredential::SignedOut => error,
            NoCredential::Refused(refused) => error.cause(*refused),
            NoCredential::Source(source) => error.cause(source.clone()),
        }
    }

    /// Returns the refusal as a failure of the call that wanted a credential.
    pub(crate) fn failure(&self, now: Now) -> Failure {
        let refused = match self {
            NoCredential::Lacking(scopes) => {
                let scopes = scopes.as_slice().to_vec();
                return Failure::builder(Kind::InsufficientPermissions, Origin::Local)
                    .denied(Denied { scopes, ..Denied::default() })
                    .because(LACKING)
                    .timestamp(now.wall)
                    .build();
            }
            NoCredential::SignedOut => {
                return Failure::builder(Kind::MissingCredentials, Origin::Local)
                    .because(SIGNED_OUT)
                    .timestamp(now.wall)
                    .build();
            }
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

/// The reason, as the cause of a failure.
impl From<NoCredential> for BoxError {
    fn from(none: NoCredential) -> BoxError {
        match none {
            NoCredential::Lacking(_) => LACKING.into(),
            NoCredential::SignedOut => SIGNED_OUT.into(),
            NoCredential::Refused(refused) => refused.into(),
            NoCredential::Source(error) => error.into(),
        }
    }
}

const LACKING: &str = "the token is known not to have what the request requires";

const SIGNED_OUT: &str = "the client is signed out";
