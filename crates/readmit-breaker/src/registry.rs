use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, PoisonError};

use readmit_core::{Clock, SystemClock};

use crate::mutants::mutate;
use crate::sync::{AtomicU64, Ordering, RwLock};
use crate::{Config, Shared, Snapshot};

/// Breakers by key, such as one for each host, and never more than a bound (rule 68).
///
/// A key that is asked for the first time gets a breaker of its own.
/// Where the bound is reached, the one makes room that was asked for longest ago, among those that
/// are closed and that nobody holds; an open circuit is never forgotten.
///
/// Looking a breaker up takes a lock that all keys share, for reading; the breaker itself shares
/// nothing with the others. Whoever makes many calls with one key keeps what
/// [`get`](Registry::get) returned.
///
/// # Example
///
/// ```
/// use readmit_breaker::{Config, Registry};
///
/// let hosts = Registry::new(Config::DEFAULT);
/// hosts.get("a.example")?.trip();
///
/// assert!(hosts.get("a.example")?.try_acquire().is_err());
/// assert!(hosts.get("b.example")?.try_acquire().is_ok());
/// # Ok::<(), readmit_breaker::Full>(())
/// ```
pub struct Registry<K, C: Clock = SystemClock> {
    config: Config,
    clock: C,
    capacity: NonZeroUsize,
    entries: RwLock<HashMap<K, Entry<C>>>,
    /// Counts the look-ups, so that entries can say when they were last asked for.
    uses: AtomicU64,
}

struct Entry<C: Clock> {
    breaker: Arc<Shared<C>>,
    used: AtomicU64,
}

/// A registry has as many breakers as it may, and none of them can be forgotten.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Full {
    capacity: NonZeroUsize,
}

impl<K: Clone + Eq + Hash> Registry<K> {
    /// Returns an empty registry whose breakers have this configuration and read the system's clock.
    #[must_use]
    pub fn new(config: Config) -> Registry<K> {
        Registry::timed_by(SystemClock, config)
    }
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> Registry<K, C> {
    /// Returns an empty registry whose breakers have this configuration and read this clock.
    #[must_use]
    pub fn timed_by(clock: C, config: Config) -> Registry<K, C> {
        Registry {
            config,
            clock,
            capacity: DEFAULT_CAPACITY,
            entries: RwLock::new(HashMap::new()),
            uses: AtomicU64::new(0),
        }
    }

    /// Sets how many breakers there are at most.
    ///
    /// Default: 1,000.
    #[must_use]
    pub fn capacity(mut self, capacity: NonZeroUsize) -> Registry<K, C> {
        self.capacity = capacity;
        self
    }

    /// Returns the breaker of this key.
    ///
    /// # Errors
    ///
    /// [`Full`] where there is none, and no room for one.
    pub fn get(&self, key: K) -> Result<Arc<Shared<C>>, Full> {
        // Relaxed: of two look-ups at the same time either may be the later one.
        let used = self.uses.fetch_add(1, Ordering::Relaxed);
        if let Some(entry) = self.entries.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(entry.give(used));
        }
        self.insert(key, used)
    }

    /// Returns what each breaker has to show, in no order.
    #[must_use]
    pub fn list(&self) -> Vec<(K, Snapshot)> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        // Not under the lock of all: a snapshot takes the lock of its breaker.
        let breakers: Vec<_> =
            entries.iter().map(|(key, it)| (key.clone(), Arc::clone(&it.breaker))).collect();
        drop(entries);
        breakers.into_iter().map(|(key, breaker)| (key, breaker.snapshot())).collect()
    }

    /// Returns how many breakers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Returns whether there is no breaker.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn insert(&self, key: K, used: u64) -> Result<Arc<Shared<C>>, Full> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have come first.
        if let Some(entry) = mutate!(23, entries.get(&key), None) {
            return Ok(entry.give(used));
        }
        if self.capacity.get() <= entries.len() {
            let Some(oldest) = oldest_idle(&entries) else {
                return Err(Full { capacity: self.capacity });
            };
            entries.remove(&oldest);
        }
        let breaker = Arc::new(Shared::timed_by(self.clock.clone(), self.config.clone()));
        let entry = Entry { breaker: Arc::clone(&breaker), used: AtomicU64::new(used) };
        entries.insert(key, entry);
        Ok(breaker)
    }
}

impl<C: Clock> Entry<C> {
    fn give(&self, used: u64) -> Arc<Shared<C>> {
        // Relaxed: the number orders nothing else.
        self.used.store(used, Ordering::Relaxed);
        Arc::clone(&self.breaker)
    }
}

impl Full {
    /// Returns how many breakers there are.
    #[must_use]
    pub fn capacity(&self) -> NonZeroUsize {
        self.capacity
    }
}

impl<K, C: Clock> fmt::Debug for Registry<K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The keys may be names of hosts or of people.
        f.debug_struct("Registry").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "all {} breakers of the registry are in use", self.capacity)
    }
}

impl Error for Full {}

/// The key of the breaker that may be forgotten first.
///
/// The lock of all entries is held for writing, so whoever holds none of the clones gets none.
fn oldest_idle<K: Clone, C: Clock>(entries: &HashMap<K, Entry<C>>) -> Option<K> {
    entries
        .iter()
        .filter(|(_, entry)| {
            mutate!(21, Arc::strong_count(&entry.breaker) == 1, true)
                && mutate!(22, entry.breaker.is_closed(), true)
        })
        // Relaxed: the number orders nothing else.
        .min_by_key(|(_, entry)| entry.used.load(Ordering::Relaxed))
        .map(|(key, _)| key.clone())
}

const DEFAULT_CAPACITY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);

#[cfg(not(loom))]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, State};

    #[test]
    fn r68_keys_have_breakers_of_their_own_and_the_same_one_each_time() {
        let registry = Registry::new(brittle());
        registry.get("a").unwrap().try_acquire().unwrap().settle(Outcome::Fail);

        assert_eq!(registry.get("a").unwrap().state(), State::Open);
        assert_eq!(registry.get("b").unwrap().state(), State::Closed);
        assert_eq!(registry.len(), 2);
    }

    #[test]
    fn r68_the_one_that_was_asked_for_longest_ago_makes_room() {
        let registry = two_at_most();
        drop((registry.get("a"), registry.get("b"), registry.get("a")));

        drop(registry.get("c"));

        let mut keys: Vec<_> = registry.list().into_iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["a", "c"]);
    }

    #[test]
    fn r68_what_is_open_or_held_is_not_forgotten() {
        let registry = two_at_most();
        registry.get("open").unwrap().trip();
        let held = registry.get("held").unwrap();

        assert_eq!(registry.get("c").unwrap_err().capacity().get(), 2);
        drop(held);
        assert!(registry.get("c").is_ok());

        assert_eq!(registry.get("open").unwrap().state(), State::Open);
    }

    #[test]
    fn r68_a_registry_can_be_listed() {
        let registry = two_at_most();
        registry.get("a").unwrap().isolate();

        let list = registry.list();

        assert_eq!((list[0].0, list[0].1.state()), ("a", State::Isolated));
        assert!(!registry.is_empty());
    }

    #[test]
    fn r68_a_key_that_another_thread_put_in_meanwhile_keeps_its_breaker() {
        let registry = two_at_most();
        let theirs = registry.insert("a", 0).unwrap();

        let ours = registry.insert("a", 1).unwrap();

        assert!(Arc::ptr_eq(&ours, &theirs));
    }

    fn two_at_most() -> Registry<&'static str> {
        Registry::new(brittle()).capacity(NonZeroUsize::MIN.saturating_add(1))
    }

    fn brittle() -> Config {
        Config::consecutive_failures(1).build().unwrap()
    }
}

#[cfg(loom)]
#[cfg(test)]
mod loom_tests {
    use std::time::Duration;

    use loom::sync::Arc as LoomArc;
    use loom::thread;

    use super::*;
    use crate::{Outcome, State};

    #[test]
    fn two_threads_get_the_same_breaker_of_a_new_key() {
        loom::model(|| {
            let registry = LoomArc::new(one_at_most());
            let other = LoomArc::clone(&registry);

            let theirs = thread::spawn(move || other.get("a"));
            let ours = registry.get("a").unwrap();

            assert!(Arc::ptr_eq(&ours, &theirs.join().unwrap().unwrap()));
            assert_eq!(registry.len(), 1);
        });
    }

    #[test]
    fn a_circuit_with_a_permit_in_flight_is_not_forgotten() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let registry = LoomArc::new(one_at_most());
            drop(registry.get("a"));
            let other = LoomArc::clone(&registry);

            let theirs = thread::spawn(move || {
                // None where the other thread came first, and holds what it got.
                let breaker = other.get("a").ok()?;
                let call = breaker.try_acquire_owned_at(t0).unwrap();
                drop(breaker);
                call.settle_at(t0, Outcome::Fail);
                Some(())
            });
            let ours = registry.get("b").ok();

            let failed = theirs.join().unwrap().is_some();
            assert!(failed != ours.is_some());
            assert_eq!(registry.get("a").is_ok_and(|it| it.state() == State::Open), failed);
            assert_eq!(registry.len(), 1);
        });
    }

    #[test]
    fn of_two_threads_with_keys_of_their_own_one_gets_the_only_place() {
        loom::model(|| {
            let registry = LoomArc::new(one_at_most());
            let other = LoomArc::clone(&registry);

            let theirs = thread::spawn(move || other.get("a"));
            let ours = registry.get("b");
            let theirs = theirs.join().unwrap();

            assert!(ours.is_ok() != theirs.is_ok());
            assert_eq!(registry.len(), 1);
        });
    }

    /// Room for one, so that the order of a map does not matter; one failure opens it for a day.
    fn one_at_most() -> Registry<&'static str> {
        let config = Config::consecutive_failures(1).open_for(Duration::from_secs(86_400));
        Registry::new(config.build().unwrap()).capacity(NonZeroUsize::MIN)
    }
}
