use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use readmit::recovery::Record;
use readmit::store::{Memory, Store, StoreError, StoreLock, Swap};
use secrecy::SecretString;
use tokio::sync::Semaphore;

/// A store that goes wrong at one of its calls.
#[derive(Clone, Debug)]
pub(crate) struct Wrapped {
    pub(crate) inner: Memory,
    pub(crate) calls: Arc<AtomicUsize>,
    fault: Fault,
}

#[derive(Clone, Debug)]
pub(crate) enum Fault {
    FailsAt(usize),
    HangsAt(usize),
    /// Every write waits for a permit.
    HoldsWrites(Arc<Semaphore>),
    /// Every write fails.
    ReadOnly,
    Panics,
}

impl Wrapped {
    pub(crate) fn new(inner: Memory, fault: Fault) -> Wrapped {
        Wrapped { inner, calls: Arc::default(), fault }
    }

    async fn called(&self, writes: bool) -> Result<(), StoreError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        match &self.fault {
            Fault::FailsAt(at) if call == *at => Err(StoreError::new("planted")),
            Fault::HangsAt(at) if call == *at => std::future::pending().await,
            Fault::HoldsWrites(permits) if writes => {
                permits.acquire().await.unwrap().forget();
                Ok(())
            }
            Fault::ReadOnly if writes => Err(StoreError::new("planted")),
            Fault::Panics => std::panic::panic_any(()),
            Fault::FailsAt(_) | Fault::HangsAt(_) | Fault::HoldsWrites(_) | Fault::ReadOnly => {
                Ok(())
            }
        }
    }
}

#[async_trait]
impl Store for Wrapped {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        self.called(false).await?;
        self.inner.load().await
    }

    async fn lock(&self, timeout: Duration) -> Result<Option<StoreLock>, StoreError> {
        self.called(false).await?;
        self.inner.lock(timeout).await
    }

    async fn write(
        &self,
        lock: &StoreLock,
        record: &Record,
        expected: Option<u64>,
    ) -> Result<Swap, StoreError> {
        self.called(true).await?;
        self.inner.write(lock, record, expected).await
    }

    async fn delete(&self, lock: &StoreLock, held: &SecretString) -> Result<Swap, StoreError> {
        self.called(true).await?;
        self.inner.delete(lock, held).await
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
