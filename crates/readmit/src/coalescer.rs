use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::unwind::{Panicked, unwinding};

/// Lets callers that want the same at the same time share one execution.
///
/// The first caller of a key begins the work; whoever comes while it is under way gets a clone of
/// its outcome, errors included.
///
/// - **Nothing is cached.** Whoever comes after the end begins anew.
/// - **Whoever leaves takes nothing away.** The work goes on as long as one caller waits for it, be
///   it the first or not, and is dropped with the last.
/// - **It is bounded.** Where as many keys are under way as may be, a further one is worked on for
///   its caller alone.
///
/// The work runs in a task on the runtime of the caller that began it: task locals and the span of
/// that caller are not there. Work must not wait for its own key.
///
/// It is a cheap handle: clones share what is under way.
///
/// # Example
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use readmit::Coalescer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), readmit::CoalesceError> {
/// let coalescer = Coalescer::new(NonZeroUsize::new(1_000).unwrap());
///
/// let (one, other) = tokio::join!(
///     coalescer.call("answer", async { 42 }),
///     coalescer.call("answer", async { unreachable!("the first caller's work does for both") }),
/// );
///
/// assert_eq!((one?, other?), (42, 42));
/// # Ok(())
/// # }
/// ```
pub struct Coalescer<K, V> {
    flights: Arc<Flights<K, V>>,
}

/// Why a [`Coalescer`] has no outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CoalesceError {
    /// The runtime that the work ran on was shut down.
    #[error("the runtime that the work ran on was shut down")]
    Lost,
    /// There is no Tokio runtime to work on.
    #[error("work cannot be shared outside of a Tokio runtime")]
    NoRuntime,
    /// The work panicked.
    #[error("the work panicked")]
    Panicked,
}

struct Flights<K, V> {
    max_keys: NonZeroUsize,
    table: Mutex<Table<K, V>>,
}

struct Table<K, V> {
    by_key: HashMap<K, Entry<V>>,
    next: u64,
}

struct Entry<V> {
    id: u64,
    outcome: Arc<Telling<V>>,
}

/// What tells everybody who waits; it has a receiver for each of them, and no other.
type Telling<V> = watch::Sender<Option<Result<V, CoalesceError>>>;
type Awaited<V> = watch::Receiver<Option<Result<V, CoalesceError>>>;

/// The work of one key under way. Dropped, it makes room for another.
struct Flight<K: Eq + Hash, V> {
    flights: Arc<Flights<K, V>>,
    key: K,
    id: u64,
    outcome: Arc<Telling<V>>,
}

enum Joined<K: Eq + Hash, V> {
    /// There is no room to share it.
    Alone,
    Follow(Awaited<V>),
    Lead(Flight<K, V>, Awaited<V>),
}

impl<K, V> Coalescer<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Returns a coalescer for at most so many keys at once.
    #[must_use]
    pub fn new(max_keys: NonZeroUsize) -> Coalescer<K, V> {
        let table = Mutex::new(Table { by_key: HashMap::new(), next: 0 });
        Coalescer { flights: Arc::new(Flights { max_keys, table }) }
    }

    /// Does the work, or waits for whoever is doing it for the same key already; then `work` is
    /// dropped, never having begun.
    ///
    /// Two callers with the same key must want the same.
    ///
    /// # Errors
    ///
    /// [`CoalesceError`] where the work has no outcome.
    pub async fn call(
        &self,
        key: K,
        work: impl Future<Output = V> + Send + 'static,
    ) -> Result<V, CoalesceError> {
        let runtime = Handle::try_current().map_err(|_| CoalesceError::NoRuntime)?;
        let mut work = Some(work);
        loop {
            let mut awaited = match self.flights.join(&key) {
                Joined::Follow(awaited) => awaited,
                Joined::Alone => {
                    let Some(work) = work.take() else {
                        return Err(CoalesceError::Lost);
                    };
                    return unwinding(work).await.map_err(CoalesceError::from);
                }
                Joined::Lead(flight, awaited) => {
                    let Some(work) = work.take() else {
                        return Err(CoalesceError::Lost);
                    };
                    drop(runtime.spawn(flight.run(work)));
                    awaited
                }
            };
            if let Ok(outcome) = awaited.wait_for(Option::is_some).await
                && let Some(outcome) = outcome.as_ref()
            {
                return outcome.clone();
            }
            // The runtime of the work is gone; one of those who wait takes over.
        }
    }
}

impl<K: Clone + Eq + Hash, V> Flights<K, V> {
    fn join(self: &Arc<Flights<K, V>>, key: &K) -> Joined<K, V> {
        let mut table = self.table();
        match table.by_key.get(key) {
            // What nobody waits for is being dropped.
            Some(entry) if 0 < entry.outcome.receiver_count() => {
                return Joined::Follow(entry.outcome.subscribe());
            }
            Some(_) => {}
            None if self.max_keys.get() <= table.by_key.len() => return Joined::Alone,
            None => {}
        }
        let id = table.next;
        table.next = id.wrapping_add(1);
        let (outcome, awaited) = watch::channel(None);
        let outcome = Arc::new(outcome);
        let entry = Entry { id, outcome: Arc::clone(&outcome) };
        let replaced = table.by_key.insert(key.clone(), entry);
        drop(table);
        drop(replaced);
        Joined::Lead(Flight { flights: Arc::clone(self), key: key.clone(), id, outcome }, awaited)
    }
}

impl<K: Eq + Hash, V> Flights<K, V> {
    /// Forgets a flight, unless another has its place.
    fn forget(&self, key: &K, id: u64) {
        let mut table = self.table();
        let is_own = table.by_key.get(key).is_some_and(|entry| entry.id == id);
        let forgotten = if is_own { table.by_key.remove_entry(key) } else { None };
        drop(table);
        drop(forgotten);
    }

    fn table(&self) -> MutexGuard<'_, Table<K, V>> {
        // Sound: what a key panics of, in its hash or its comparison, leaves the table as it was.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, V> Flight<K, V> {
    async fn run(self, work: impl Future<Output = V>) {
        let worked = {
            let (mut work, mut deserted) = (pin!(unwinding(work)), pin!(self.outcome.closed()));
            std::future::poll_fn(|cx| match work.as_mut().poll(cx) {
                std::task::Poll::Ready(worked) => std::task::Poll::Ready(Some(worked)),
                std::task::Poll::Pending => deserted.as_mut().poll(cx).map(|()| None),
            })
            .await
        };
        // Whoever comes from here on begins anew.
        self.flights.forget(&self.key, self.id);
        if let Some(worked) = worked {
            self.outcome.send_replace(Some(worked.map_err(CoalesceError::from)));
        }
    }
}

impl<K: Eq + Hash, V> Drop for Flight<K, V> {
    fn drop(&mut self) {
        self.flights.forget(&self.key, self.id);
    }
}

impl From<Panicked> for CoalesceError {
    fn from(_: Panicked) -> CoalesceError {
        CoalesceError::Panicked
    }
}

impl<K, V> Clone for Coalescer<K, V> {
    fn clone(&self) -> Coalescer<K, V> {
        Coalescer { flights: Arc::clone(&self.flights) }
    }
}

/// How many keys are under way; never which.
impl<K, V> fmt::Debug for Coalescer<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.flights.table.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Coalescer").field("keys", &table.by_key.len()).finish_non_exhaustive()
    }
}
