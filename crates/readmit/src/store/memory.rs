use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use readmit_recovery::Record;
use secrecy::SecretString;

use super::{Store, StoreError, StoreLock, Swap};

/// A store that lasts as long as the program; its clones are the same store.
///
/// # Example
///
/// ```
/// use readmit::{credentials, store};
///
/// let store = store::memory();
/// let url = "https://auth.example.com/token";
/// let one = credentials::refresh_token(url, "r1", None).stored_in(store.clone());
/// let other = credentials::stored_session(url, None, store);
/// # let _ = (one, other);
/// ```
#[derive(Clone, Default)]
pub struct Memory {
    record: Arc<Mutex<Option<Record>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Memory {
    fn record(&self) -> MutexGuard<'_, Option<Record>> {
        // Sound: a record is put there whole or not at all.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for Memory {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        Ok(self.record().clone())
    }

    async fn lock(&self, timeout: Duration) -> Result<Option<StoreLock>, StoreError> {
        let turn = Arc::clone(&self.turn).lock_owned();
        Ok(tokio::time::timeout(timeout, turn).await.ok().map(StoreLock::new))
    }

    async fn write(
        &self,
        _: &StoreLock,
        record: &Record,
        expected: Option<u64>,
    ) -> Result<Swap, StoreError> {
        let mut there = self.record();
        if there.as_ref().map(Record::epoch) != expected {
            return Ok(Swap::Conflicted);
        }
        *there = Some(record.clone());
        Ok(Swap::Done)
    }

    async fn delete(&self, _: &StoreLock, held: &SecretString) -> Result<Swap, StoreError> {
        let mut there = self.record();
        if !there.as_ref().is_some_and(|record| record.holds(held)) {
            return Ok(Swap::Conflicted);
        }
        *there = None;
        Ok(Swap::Done)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}
