use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use keyring_core::{Entry, Error};
use readmit_recovery::Record;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::blocking::blocking;
use super::{File, Store, StoreError, StoreLock, Swap};

/// A store in the keyring of the operating system, which asks its user where it is locked.
///
/// Which keyring that is, the [`Entry`] says: `keyring-core` has a crate for each, among them
/// `apple-native-keyring-store`, `windows-native-keyring-store` and
/// `zbus-secret-service-keyring-store`.
/// A keyring has no lock for processes, so that one is a file: the one of this name and `.lock`,
/// which holds nothing.
/// Some keyrings take few bytes (2,560 on Windows); a session that is longer goes on in memory
/// (rule 18).
///
/// # Example
///
/// ```
/// use readmit::{credentials, store};
///
/// // In a program: the store of its platform.
/// keyring_core::set_default_store(keyring_core::mock::Store::new()?);
///
/// let entry = keyring_core::Entry::new("reports", "api.example.com")?;
/// let store = store::keyring(entry, "/var/lib/reports/session");
/// let session = credentials::refresh_token("https://auth.example.com/token", "r1", None);
/// # let _ =
/// session.stored_in(store);
/// # Ok::<_, keyring_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Keyring {
    entry: Arc<Entry>,
    /// Only ever locked, here and by its turns.
    locked: File,
}

impl Keyring {
    pub(super) fn new(entry: Entry, lock: PathBuf) -> Keyring {
        Keyring { entry: Arc::new(entry), locked: File::new(lock) }
    }
}

#[async_trait]
impl Store for Keyring {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        let entry = Arc::clone(&self.entry);
        blocking(move || read(&entry)).await
    }

    async fn lock(&self, timeout: Duration) -> Result<Option<StoreLock>, StoreError> {
        self.locked.lock(timeout).await
    }

    async fn write(
        &self,
        lock: &StoreLock,
        record: &Record,
        expected: Option<u64>,
    ) -> Result<Swap, StoreError> {
        let (entry, record) = (Arc::clone(&self.entry), record.clone());
        let writing = move |_: &Path| {
            if read(&entry)?.map(|found| found.epoch()) != expected {
                return Ok(Swap::Conflicted);
            }
            let written = entry.set_secret(record.to_bytes().expose_secret());
            written.map(|()| Swap::Done).map_err(|error| failed(&error))
        };
        self.locked.changing(lock, writing).await
    }

    async fn delete(&self, lock: &StoreLock, held: &SecretString) -> Result<Swap, StoreError> {
        let (entry, held) = (Arc::clone(&self.entry), held.clone());
        let deleting = move |_: &Path| {
            if !read(&entry)?.is_some_and(|found| found.holds(&held)) {
                return Ok(Swap::Conflicted);
            }
            entry.delete_credential().map(|()| Swap::Done).map_err(|error| failed(&error))
        };
        self.locked.changing(lock, deleting).await
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("locked", &self.locked).finish_non_exhaustive()
    }
}

fn read(entry: &Entry) -> Result<Option<Record>, StoreError> {
    match entry.get_secret() {
        Ok(bytes) => Ok(Some(Record::read(&Zeroizing::new(bytes))?)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(failed(&error)),
    }
}

/// Says what failed, and nothing of what the keyring says: that may hold what is stored.
fn failed(error: &Error) -> StoreError {
    StoreError::new(if matches!(error, Error::NoDefaultStore) {
        "no keyring was chosen: see `keyring_core::set_default_store`"
    } else if matches!(error, Error::NoStorageAccess(_)) {
        "the keyring is locked, or refuses access"
    } else if matches!(error, Error::TooLong(..)) {
        "the session is longer than the keyring takes"
    } else {
        "the keyring failed"
    })
}
