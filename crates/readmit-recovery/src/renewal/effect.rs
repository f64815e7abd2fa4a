use secrecy::SecretString;

use crate::failure::RefreshFailure;
use crate::record::Record;
use crate::token::{TokenAnswer, TokenError};

/// What the driver of a [`Renewal`](crate::Renewal) is to do next.
#[derive(Clone, Debug)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a driver must think of every effect")]
pub enum Effect {
    /// Take the store's lock, and keep it until the end: tell [`Locked`](Told::Locked), or
    /// [`NotLocked`](Told::NotLocked) where that took too long.
    Lock,
    /// Read the entry: tell [`Found`](Told::Found), or [`Failed`](Told::Failed).
    Read,
    /// Write the entry in one piece, if the one there is of this epoch: tell
    /// [`Written`](Told::Written), [`Conflicted`](Told::Conflicted) or [`Failed`](Told::Failed).
    Write {
        /// What to write.
        record: Record,
        /// The epoch that must be there; `None` where there must be no entry.
        expected: Option<u64>,
    },
    /// Send this refresh token: tell [`Answered`](Told::Answered).
    Present {
        /// The token.
        refresh_token: SecretString,
    },
    /// Delete the entry, if it still holds this refresh token (rule 22): tell
    /// [`Written`](Told::Written), [`Conflicted`](Told::Conflicted) where it does not, or
    /// [`Failed`](Told::Failed).
    Delete {
        /// The token.
        refresh_token: SecretString,
    },
    /// Let go of the lock: this is the outcome.
    Done(Result<Renewed, NotRenewed>),
}

/// How an effect went.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "the answers to the effects")]
pub enum Told {
    /// The token endpoint answered, or did not.
    Answered(Result<TokenAnswer, TokenError>),
    /// The entry was not the one that was expected, and nothing was changed.
    Conflicted,
    /// The store failed.
    Failed,
    /// The store was read, and has this entry or none.
    Found(Option<Record>),
    /// The lock is held.
    Locked,
    /// The lock was not to be had in time.
    NotLocked,
    /// It is written, or deleted.
    Written,
}

/// A refresh that brought a credential: [`Renewal::record`](crate::Renewal::record) has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "by whom, and whether it is safe")]
pub enum Renewed {
    /// Another process was faster, and its credential is good (rule 21).
    Elsewhere,
    /// It is in the store (rule 20).
    Saved,
    /// It is in memory alone: there is no store, it failed, or it has another process's (rule 18).
    Unsaved,
}

/// Why a refresh brought no credential.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotRenewed {
    /// Another process is at it, and had nothing to show for it yet (rule 21).
    #[error("another process is refreshing")]
    Busy,
    /// There is no refresh token: a person has to sign in.
    #[error("there is no refresh token")]
    NoRefreshToken,
    /// The refresh token was presented, and what became of it is not known (rule 23): presenting it
    /// again could end the session.
    #[error("the refresh token may be spent: the answer to a refresh was lost")]
    OutcomeUnknown {
        /// How the answer was lost, where that was in this refresh.
        #[source]
        error: Option<TokenError>,
    },
    /// The token endpoint said no.
    #[error(transparent)]
    Refused(TokenError),
    /// The store could not be read, and the token in it may be newer than the one in memory.
    #[error("the store could not be read")]
    Unread,
}

impl NotRenewed {
    /// Returns what to tell the [`Lifecycle`](crate::Lifecycle) of it.
    ///
    /// An outcome that is unknown is terminal once it cannot be tried again.
    pub fn failure(&self) -> RefreshFailure {
        match self {
            NotRenewed::Busy | NotRenewed::Unread => RefreshFailure::transient(),
            NotRenewed::NoRefreshToken | NotRenewed::OutcomeUnknown { error: None } => {
                RefreshFailure::terminal()
            }
            NotRenewed::OutcomeUnknown { error: Some(_) } => RefreshFailure::transient(),
            NotRenewed::Refused(error) => error.failure(),
        }
    }
}
