//! Where a session is kept, for the next start and for other processes.
//!
//! A store has the credential of one session: one [`Record`].
//! [`Credentials::stored_in`](crate::Credentials::stored_in) is given one.
//!
//! | | kept | shared by |
//! |---|---|---|
//! | [`memory`] | as long as the program runs | the clients that are given a clone |
//! | [`file`](file()) | in a file that only its owner can read | all processes of a machine |
//! | `keyring`, with the feature of that name | in the keyring of the operating system | all processes of a user |
//!
//! Anything else is a [`Store`] of your own: a row of a database, a vault, a keychain.

mod blocking;
mod error;
mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;

use std::any::Any;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use readmit_recovery::Record;
use secrecy::SecretString;

pub use self::error::StoreError;
pub use self::file::File;
#[cfg(feature = "keyring")]
pub use self::keyring::Keyring;
pub use self::memory::Memory;

/// Returns a store that lasts as long as the program.
///
/// Its clones are the same store: clients that share a refresh token each get one.
#[must_use]
pub fn memory() -> Memory {
    Memory::default()
}

/// Returns a store in this file, shared by all processes that name it.
///
/// The file need not exist, its folder must. See [`File`] for what else there will be beside it.
#[must_use]
pub fn file(path: impl Into<PathBuf>) -> File {
    File::new(path.into())
}

/// Returns a store in the keyring of the operating system; `lock` names the file beside which its
/// processes take turns.
#[cfg(feature = "keyring")]
#[must_use]
pub fn keyring(entry: keyring_core::Entry, lock: impl Into<PathBuf>) -> Keyring {
    Keyring::new(entry, lock.into())
}

/// Begins another session in a store, with the refresh token that a person brought by signing in.
///
/// It takes the place of what is there, and every process that shares the store takes it up with its
/// next refresh. Call it after the calls failed with
/// [`Kind::OutcomeUnknown`](crate::error::Kind::OutcomeUnknown): a refresh token that is only given to
/// [`credentials::refresh_token`](crate::credentials::refresh_token) stands back behind the one in
/// the store.
///
/// # Errors
///
/// [`StoreError`] where the store fails, is locked by another process for longer than 10 s, or has a
/// record that cannot be read.
///
/// # Example
///
/// ```
/// use readmit::store::{self, Store};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), store::StoreError> {
/// let store = store::memory();
/// store::sign_in(&store, "r1").await?;
/// assert!(store.load().await?.is_some_and(|record| record.holds(&"r1".into())));
/// # Ok(())
/// # }
/// ```
pub async fn sign_in(
    store: &impl Store,
    refresh_token: impl Into<SecretString>,
) -> Result<(), StoreError> {
    let lock = store.lock(LOCK_TIMEOUT).await?;
    let lock = lock.ok_or_else(|| StoreError::new("another process has the store locked"))?;
    let found = store.load().await?;
    let record = found.clone().unwrap_or_default().signed_in(refresh_token);
    match store.write(&lock, &record, found.map(|found| found.epoch())).await? {
        Swap::Conflicted => Err(StoreError::new("another process wrote to the store meanwhile")),
        Swap::Done => Ok(()),
    }
}

/// Keeps one session for whoever shares it (rules 18 to 24).
///
/// The client takes the lock, reads, and writes or deletes while it holds the lock. A refresh whose
/// result cannot be written still lets its caller in (rule 18); one that cannot read does not
/// begin, because the refresh token in the store may be newer than its own.
///
/// No operation may wait for long: what has not ended after 5 s counts as failed, and goes on by
/// itself where it can. The trait wants the crate `async-trait`, as the example has it.
///
/// # Example
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
///
/// use readmit::recovery::Record;
/// use readmit::store::{Store, StoreError, StoreLock, Swap};
/// use secrecy::{ExposeSecret, SecretString};
///
/// /// A row of a database that compares as it writes, so it needs no lock of its own.
/// #[derive(Debug, Default)]
/// struct Row(Mutex<Option<Vec<u8>>>);
///
/// #[async_trait::async_trait]
/// impl Store for Row {
///     async fn load(&self) -> Result<Option<Record>, StoreError> {
///         let row = self.0.lock().map_err(|_| StoreError::new("the database is gone"))?;
///         Ok(row.as_deref().map(Record::read).transpose()?)
///     }
///
///     async fn lock(&self, _: Duration) -> Result<Option<StoreLock>, StoreError> {
///         Ok(Some(StoreLock::new(())))
///     }
///
///     async fn write(
///         &self,
///         _: &StoreLock,
///         record: &Record,
///         expected: Option<u64>,
///     ) -> Result<Swap, StoreError> {
///         let mut row = self.0.lock().map_err(|_| StoreError::new("the database is gone"))?;
///         let found = row.as_deref().map(Record::read).transpose()?;
///         if found.map(|found| found.epoch()) != expected {
///             return Ok(Swap::Conflicted);
///         }
///         *row = Some(record.to_bytes().expose_secret().to_vec());
///         Ok(Swap::Done)
///     }
///
///     async fn delete(&self, _: &StoreLock, held: &SecretString) -> Result<Swap, StoreError> {
///         let mut row = self.0.lock().map_err(|_| StoreError::new("the database is gone"))?;
///         let found = row.as_deref().map(Record::read).transpose()?;
///         if !found.is_some_and(|found| found.holds(held)) {
///             return Ok(Swap::Conflicted);
///         }
///         *row = None;
///         Ok(Swap::Done)
///     }
/// }
/// # let _ = Row::default();
/// ```
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// Returns the record, or `None` where there is none.
    ///
    /// It is called with and without the lock, and never sees half a record.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be read; a [`RecordError`](crate::recovery::RecordError)
    /// becomes one.
    async fn load(&self) -> Result<Option<Record>, StoreError>;

    /// Takes the lock, which keeps out every other task and process that shares the store; `None`
    /// where it is not to be had in this time.
    ///
    /// It lasts until the last clone of it is dropped, and no longer than its process. A store whose
    /// writes compare and swap by themselves may do without, and return `StoreLock::new(())`: then
    /// two processes may present the same refresh token, which a server without a grace window takes
    /// for theft.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where there is no locking.
    async fn lock(&self, timeout: Duration) -> Result<Option<StoreLock>, StoreError>;

    /// Writes the record in one piece, if the one that is there has the expected epoch; `None` is to
    /// find no record.
    ///
    /// It returns once the record is safe: the access token is handed out after that (rule 20).
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be written, or where what is there cannot be read: that is
    /// never written over.
    async fn write(
        &self,
        lock: &StoreLock,
        record: &Record,
        expected: Option<u64>,
    ) -> Result<Swap, StoreError>;

    /// Deletes the record, if it still [holds](Record::holds) this refresh token (rule 22).
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be deleted, or cannot be read.
    async fn delete(&self, lock: &StoreLock, held: &SecretString) -> Result<Swap, StoreError>;
}

/// Whether a store changed its record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "it did, or found another")]
pub enum Swap {
    /// What was there is not what was expected, and stays.
    Conflicted,
    /// It is done.
    Done,
}

/// The lock of a [`Store`], held until the last clone of it is dropped.
#[derive(Clone)]
pub struct StoreLock {
    _guard: Arc<dyn Any + Send + Sync>,
}

impl StoreLock {
    /// Returns a lock that lasts as long as the guard.
    #[must_use]
    pub fn new(guard: impl Send + Sync + 'static) -> StoreLock {
        StoreLock { _guard: Arc::new(guard) }
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreLock")
    }
}

#[async_trait]
impl<S: Store + ?Sized> Store for Arc<S> {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        (**self).load().await
    }

    async fn lock(&self, timeout: Duration) -> Result<Option<StoreLock>, StoreError> {
        (**self).lock(timeout).await
    }

    async fn write(
        &self,
        lock: &StoreLock,
        record: &Record,
        expected: Option<u64>,
    ) -> Result<Swap, StoreError> {
        (**self).write(lock, record, expected).await
    }

    async fn delete(&self, lock: &StoreLock, held: &SecretString) -> Result<Swap, StoreError> {
        (**self).delete(lock, held).await
    }
}

/// How long a refresh waits for another process that is at it (rule 21).
pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
