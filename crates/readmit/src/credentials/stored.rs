//! What all sources that have a store do with it.

use std::sync::Arc;
use std::time::Duration;

use http::header::AUTHORIZATION;
use readmit_error::{Failure, Kind, Origin};
use readmit_recovery::{Lifetime, Now, Record};
use secrecy::SecretString;

use crate::store::{LOCK_TIMEOUT, Store, StoreError, StoreLock, Swap};
use crate::{SourceError, Token, UnfitToken};

/// Waits for a store no longer than a store may take.
pub(super) async fn bounded<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    bounded_by(Duration::ZERO, work).await
}

/// The same for work that may wait besides.
pub(super) async fn bounded_by<T>(
    wait: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let ended = tokio::time::timeout(wait + STORE_TIMEOUT, work).await;
    ended.unwrap_or_else(|_| Err(StoreError::new("the store did not answer in time")))
}

/// Returns the access token of a record, as long as it is good.
pub(super) fn good_token(record: &Record, now: Now) -> Option<Token> {
    let is_over = match record.lifetime() {
        Lifetime::Unknown => false,
        Lifetime::Until(end) => end <= now.wall,
        Lifetime::For(left) => left.is_zero(),
    };
    if is_over {
        return None;
    }
    let token = token(record.token_type(), record.access_token()?).ok()?;
    Some(token.lifetime(record.lifetime()).out_of_a_store())
}

/// Returns a token as its type is presented.
pub(super) fn token(token_type: &str, secret: &SecretString) -> Result<Token, UnfitToken> {
    Token::prefixed(AUTHORIZATION, &format!("{token_type} "), secret.clone())
}

/// Leaves no token in a store, and returns what was there, which may be had although it stays.
pub(super) async fn emptied(store: &Arc<dyn Store>) -> (Option<Record>, Result<(), StoreError>) {
    let locked = locked(store).await;
    let found = match bounded(store.load()).await {
        Ok(Some(found)) => found,
        Ok(None) => return (None, locked.map(drop)),
        Err(error) => return (None, Err(error)),
    };
    let emptied = match locked {
        Ok(lock) => empty(store, &lock, &found).await,
        Err(error) => Err(error),
    };
    (Some(found), emptied)
}

/// Takes the lock of a store.
pub(super) async fn locked(store: &Arc<dyn Store>) -> Result<StoreLock, StoreError> {
    let lock = bounded_by(LOCK_TIMEOUT, store.lock(LOCK_TIMEOUT)).await?;
    lock.ok_or_else(|| StoreError::new("the store is locked"))
}

async fn empty(store: &Arc<dyn Store>, lock: &StoreLock, found: &Record) -> Result<(), StoreError> {
    match bounded(store.write(lock, &found.signed_out(), Some(found.epoch()))).await? {
        Swap::Done => Ok(()),
        Swap::Conflicted => Err(unlocked()),
    }
}

/// The error for a record that changed under the lock.
pub(super) fn unlocked() -> StoreError {
    StoreError::new("somebody writes to the store without its lock")
}

/// The failure of a refresh that did not begin because of its store.
pub(super) fn failed(error: &StoreError) -> SourceError {
    let kind = if error.is_unreadable() { Kind::InvalidCredentials } else { Kind::Unavailable };
    let failure = Failure::builder(kind, Origin::Local).because(error).build();
    SourceError::new(error.to_string(), failure, error.is_unreadable())
}

/// How long a store may take for one operation.
const STORE_TIMEOUT: Duration = Duration::from_secs(5);
