use std::borrow::Borrow;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, PoisonError};

use readmit_core::{Clock, SystemClock};

use crate::mutants::mutate;
use crate::sync::{AtomicU64, Ordering, RwLock, RwLockReadGuard};
use crate::{Config, Shared, Snapshot};

/// Breakers by key, such as one for each host, and never more than a bound (rule 68).
///
/// A key that is asked for the first time gets a breaker of its own.
/// Where the bound is reached, one makes room that is closed and that nobody holds; an open circuit
/// is never forgotten.
/// They are looked at in turn, 64 for a new key, and of these the one goes that was asked for
/// longest ago; only where none of them may go the search goes on.
///
/// Looking a breaker up takes a lock that all keys share, for reading; the breaker itself shares
/// nothing with the others.
/// Whoever makes many calls with one key keeps what [`get`](Registry::get) returned.
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
    entries: RwLock<Entries<K, C>>,
    /// Counts the look-ups, so that entries can say when they were last asked for.
    uses: AtomicU64,
}

/// The breakers in a row, in which they are looked at, and the place of each in it.
struct Entries<K, C: Clock> {
    places: HashMap<K, usize>,
    row: Vec<Entry<K, C>>,
    /// Who is looked at next.
    next: usize,
}

struct Entry<K, C: Clock> {
    key: K,
    breaker: Arc<Shared<C>>,
    used: AtomicU64,
}

/// A registry has as many breakers as it may, and none of them can be forgotten.
///
/// Room comes with the next circuit that closes, or that is [reset](Shared::reset), and that nobody
/// holds.
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
            entries: RwLock::new(Entries::new()),
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

    /// Returns the breaker of this key, a new one where it has none.
    ///
    /// # Errors
    ///
    /// [`Full`] where there is none, and no room for one.
    pub fn get<Q>(&self, key: &Q) -> Result<Arc<Shared<C>>, Full>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        // Relaxed: of two look-ups at the same time either may be the later one.
        let used = self.uses.fetch_add(1, Ordering::Relaxed);
        if let Some(entry) = self.entries().get(key) {
            return Ok(entry.give(used));
        }
        self.insert(key, used)
    }

    /// Returns what each breaker has to show, in no order.
    #[must_use]
    pub fn list(&self) -> Vec<(K, Snapshot)> {
        let keys: Vec<K> = self.entries().row.iter().map(|entry| entry.key.clone()).collect();
        // One at a time and under the lock: a clone would keep its breaker from making room.
        let show = |key: K| {
            let snapshot = self.entries().get(&key)?.breaker.snapshot();
            Some((key, snapshot))
        };
        keys.into_iter().filter_map(show).collect()
    }

    /// Returns how many breakers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().row.len()
    }

    /// Returns whether there is no breaker.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn entries(&self) -> RwLockReadGuard<'_, Entries<K, C>> {
        // A key that panics when it is hashed may leave a breaker that is not found, and no more.
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert<Q>(&self, key: &Q, used: u64) -> Result<Arc<Shared<C>>, Full>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have come first.
        if let Some(entry) = mutate!(23, entries.get(key), None) {
            return Ok(entry.give(used));
        }
        if self.capacity.get() <= entries.row.len() {
            entries.make_room().ok_or(Full { capacity: self.capacity })?;
        }
        let breaker = Arc::new(Shared::timed_by(self.clock.clone(), self.config.clone()));
        let given = Arc::clone(&breaker);
        entries.add(Entry { key: key.to_owned(), breaker, used: AtomicU64::new(used) });
        Ok(given)
    }
}

impl<K: Clone + Eq + Hash, C: Clock> Entries<K, C> {
    fn new() -> Entries<K, C> {
        Entries { places: HashMap::new(), row: Vec::new(), next: 0 }
    }

    fn add(&mut self, entry: Entry<K, C>) {
        self.places.insert(entry.key.clone(), self.row.len());
        self.row.push(entry);
    }

    /// Forgets one breaker, if there is one that may be forgotten; returns how many were looked at.
    fn make_room(&mut self) -> Option<usize> {
        let mut oldest = None;
        let mut looks = 0;
        while looks < self.row.len() && (looks < LOOKS || oldest.is_none()) {
            let place = self.next % self.row.len();
            self.next = place + 1;
            looks += 1;
            let used = self.row.get(place).and_then(Entry::idle_since);
            oldest = used.map(|used| (used, place)).into_iter().chain(oldest).min();
        }
        let (_, place) = oldest?;
        self.places.remove(&self.row.get(place)?.key);
        self.row.swap_remove(place);
        if let Some(moved) = self.row.get(place) {
            self.places.insert(moved.key.clone(), place);
        }
        Some(looks)
    }

    fn get<Q>(&self, key: &Q) -> Option<&Entry<K, C>>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.row.get(*self.places.get(key)?)
    }
}

impl<K, C: Clock> Entry<K, C> {
    fn give(&self, used: u64) -> Arc<Shared<C>> {
        // Relaxed: the number orders nothing else.
        self.used.store(used, Ordering::Relaxed);
        Arc::clone(&self.breaker)
    }

    /// Returns when the breaker was asked for last, if it may be forgotten.
    ///
    /// The lock of all entries is held for writing, so whoever holds none of the clones gets none.
    fn idle_since(&self) -> Option<u64> {
        let is_idle = mutate!(21, Arc::strong_count(&self.breaker) == 1, true)
            && mutate!(22, self.breaker.is_closed(), true);
        // Relaxed: the number orders nothing else.
        is_idle.then(|| self.used.load(Ordering::Relaxed))
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

const DEFAULT_CAPACITY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);

/// How many breakers are compared to find one that was not asked for lately.
const LOOKS: usize = 64;

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

        assert_eq!(keys(&registry), ["a", "c"]);
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

        assert_eq!((list[0].0.as_str(), list[0].1.state()), ("a", State::Isolated));
        assert!(!registry.is_empty());
    }

    #[test]
    fn r68_a_key_that_another_thread_put_in_meanwhile_keeps_its_breaker() {
        let registry = two_at_most();
        let theirs = registry.insert("a", 0).unwrap();

        let ours = registry.insert("a", 1).unwrap();

        assert!(Arc::ptr_eq(&ours, &theirs));
    }

    #[test]
    fn r68_room_is_made_in_a_bounded_number_of_looks() {
        let registry = at_most(1_000);
        let names: Vec<_> = (0..1_000).map(|name| name.to_string()).collect();
        names.iter().for_each(|name| drop(registry.get(name)));

        let mut entries = registry.entries.write().unwrap();
        let looks: Vec<_> = (0..20).map(|_| entries.make_room()).collect();

        assert_eq!(looks, [Some(LOOKS); 20]);
        assert_eq!(entries.row.len(), 980);
        for (place, entry) in entries.row.iter().enumerate() {
            assert_eq!(entries.places.get(&entry.key), Some(&place));
        }
        assert_eq!(entries.places.len(), 980);
    }

    #[test]
    fn r68_the_only_one_that_may_be_forgotten_is_found_wherever_it_stands() {
        let registry = at_most(200);
        let names: Vec<_> = (0..200).map(|name| name.to_string()).collect();
        let mut held: Vec<_> = names.iter().map(|name| registry.get(name).unwrap()).collect();
        assert!(registry.get("new").is_err());

        for place in [0, 63, 64, 150, 199] {
            drop(held.swap_remove(place));
            held.push(registry.get(&format!("instead of {place}")).unwrap());
            assert!(registry.get("new").is_err());
        }

        assert_eq!(registry.len(), 200);
    }

    #[test]
    fn r68_a_key_is_looked_up_by_what_it_borrows_as() {
        let by_name: Registry<String> = at_most(2);
        let by_number: Registry<u32> = Registry::new(brittle());

        let named = by_name.get("a").unwrap();
        let numbered = by_number.get(&7).unwrap();

        assert!(Arc::ptr_eq(&named, &by_name.get(&String::from("a")).unwrap()));
        assert!(Arc::ptr_eq(&numbered, &by_number.get(&7).unwrap()));
    }

    fn keys(registry: &Registry<String>) -> Vec<String> {
        let mut keys: Vec<_> = registry.list().into_iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys
    }

    fn at_most(capacity: usize) -> Registry<String> {
        Registry::new(brittle()).capacity(NonZeroUsize::new(capacity).unwrap())
    }

    fn two_at_most() -> Registry<String> {
        at_most(2)
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

    #[test]
    fn a_list_keeps_no_circuit_from_making_room() {
        loom::model(|| {
            let registry = LoomArc::new(one_at_most());
            drop(registry.get("a"));
            let other = LoomArc::clone(&registry);

            let theirs = thread::spawn(move || other.list().len());
            let ours = registry.get("b").is_ok();

            assert!(ours);
            // Whichever it was when the list came to it, or none where that was just gone.
            assert!(theirs.join().unwrap() <= 1);
        });
    }

    /// Room for one, so that the order of a map does not matter; one failure opens it for a day.
    fn one_at_most() -> Registry<String> {
        let config = Config::consecutive_failures(1).open_for(Duration::from_secs(86_400));
        Registry::new(config.build().unwrap()).capacity(NonZeroUsize::MIN)
    }
}
