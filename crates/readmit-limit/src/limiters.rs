use std::borrow::Borrow;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use readmit_core::{Clock, SystemClock};

use crate::mutants::mutate;
use crate::{Config, Shared};

/// A limiter for each key, such as a host, a tenant or a credential, and no more than a bound.
///
/// A look-up takes the lock of one of many shards for a moment.
/// Whoever keeps the handle that it returns shares neither lock nor memory with other keys, so a
/// hot loop looks up once.
///
/// A limiter that nobody holds a handle of, and that has its burst in full and no hold, makes way
/// for a new key where the bound is reached; what it had learned is learned again.
/// One that is in use is never dropped, because a new one would forget what was used.
/// They are looked at in turn, each time from where the last look ended and at most 64 of them, so
/// that a new key costs the same among ten limiters and among a million.
///
/// # Example
///
/// ```
/// use std::num::{NonZeroU32, NonZeroUsize};
///
/// use readmit_limit::{Config, Limiters, Quota};
///
/// let most = NonZeroUsize::new(1_000).unwrap();
/// let per_host = Limiters::new(Config::quota(Quota::per_second(NonZeroU32::MIN)), most);
///
/// let a = per_host.get("a.example")?;
/// assert!(a.try_acquire().is_ok());
/// assert!(a.try_acquire().is_err());
/// assert!(per_host.get("a.example")?.try_acquire().is_err());
/// assert!(per_host.get("b.example")?.try_acquire().is_ok());
/// # let _: &Limiters<String> = &per_host;
/// # Ok::<(), readmit_limit::Full>(())
/// ```
#[derive(Debug)]
pub struct Limiters<K, C = SystemClock> {
    shards: Box<[Mutex<Shard<K, C>>]>,
    hasher: RandomState,
    config: Config,
    clock: C,
    capacity: usize,
    /// The limiters of all shards, and those about to be made.
    len: AtomicUsize,
    /// Counts the shards that have been gone through in search of room.
    turn: AtomicUsize,
}

/// Some of the limiters, and where each stands in the row in which they are looked at.
#[derive(Debug)]
struct Shard<K, C> {
    places: HashMap<K, usize>,
    row: Vec<(K, Arc<Shared<C>>)>,
    /// Who is looked at next.
    next: usize,
}

/// There are as many limiters as there may be, and those that were looked at are in use.
///
/// Where there are more than 64, another attempt looks at others.
///
/// # Example
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use readmit_limit::{Config, Full, Limiters};
///
/// let limiters = Limiters::<String>::new(Config::unlimited(), NonZeroUsize::MIN);
/// let held = limiters.get("a")?;
///
/// assert_eq!(limiters.get("b").err(), Some(Full));
///
/// drop(held);
/// assert!(limiters.get("b").is_ok());
/// # Ok::<(), Full>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a unit struct: there is nothing to add")]
pub struct Full;

impl<K: Eq + Hash> Limiters<K> {
    /// Returns a registry on the system's clock, with room for so many keys.
    #[must_use]
    pub fn new(config: Config, capacity: NonZeroUsize) -> Limiters<K> {
        Limiters::on(SystemClock, config, capacity)
    }
}

impl<K: Eq + Hash, C: Clock + Clone> Limiters<K, C> {
    /// Returns a registry on this clock, with room for so many keys.
    #[must_use]
    pub fn on(clock: C, config: Config, capacity: NonZeroUsize) -> Limiters<K, C> {
        let shards = (0..SHARDS.min(capacity.get())).map(|_| Mutex::new(Shard::new())).collect();
        let (len, turn) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let capacity = capacity.get();
        Limiters { shards, hasher: RandomState::new(), config, clock, capacity, len, turn }
    }

    /// Returns the limiter of this key, a new one where it has none.
    ///
    /// # Errors
    ///
    /// [`Full`] where the key is new and there is no room for it.
    pub fn get<Q>(&self, key: &Q) -> Result<Arc<Shared<C>>, Full>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let home = self.home_of(key);
        if let Some(limiter) = lock(home).get(key) {
            return Ok(limiter);
        }
        let (room, _looked) = self.make_room();
        room?;
        let mut shard = lock(home);
        if let Some(limiter) = shard.get(key) {
            // Another caller was faster. Relaxed: as in `counts_one_more`.
            self.len.fetch_sub(1, Ordering::Relaxed);
            return Ok(limiter);
        }
        let limiter = Arc::new(Shared::on(self.clock.clone(), self.config.clone()));
        shard.add([key.to_owned(), key.to_owned()], Arc::clone(&limiter));
        Ok(limiter)
    }

    /// Returns how many keys have a limiter.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).row.len()).sum()
    }

    /// Returns whether no key has a limiter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counts one more limiter, and drops one that is idle where there is no room for it; tells at
    /// how many it has looked.
    fn make_room(&self) -> (Result<(), Full>, usize) {
        let mut looked = 0;
        let mut ends = 0;
        // A round may begin in the middle of a shard, which is then gone through in two parts.
        while ends <= self.shards.len() + 1 {
            if self.counts_one_more() {
                return (Ok(()), looked);
            }
            if looked == LOOKS {
                break;
            }
            // Relaxed: two who look at the same shard find what the other one left.
            let turn = self.turn.load(Ordering::Relaxed);
            // There is at least one, because the capacity is at least one.
            let mut shard = lock(&self.shards[turn % self.shards.len()]);
            match shard.drop_idle(&mut looked) {
                Look::Dropped => {
                    self.len.fetch_sub(1, Ordering::Relaxed);
                }
                Look::Ended => {
                    ends += 1;
                    self.turn.store(turn.wrapping_add(1), Ordering::Relaxed);
                }
                Look::Tired => {}
            }
        }
        (Err(Full), looked)
    }

    fn counts_one_more(&self) -> bool {
        let more = |len| (mutate!(20, len < self.capacity, true)).then_some(len + 1);
        // Relaxed: the count is all that it is about.
        self.len.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    #[expect(clippy::cast_possible_truncation, reason = "any bits of a hash will do")]
    fn home_of<Q: Hash + ?Sized>(&self, key: &Q) -> &Mutex<Shard<K, C>> {
        let hash = self.hasher.hash_one(key) as usize;
        // There is at least one, because the capacity is at least one.
        &self.shards[hash % self.shards.len()]
    }
}

/// How a look at the limiters of a shard ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Look {
    /// With one that was idle, and that is gone.
    Dropped,
    /// With the last of the row.
    Ended,
    /// With one that is in use, which was the last that could be looked at.
    Tired,
}

impl<K: Eq + Hash, C: Clock> Shard<K, C> {
    fn new() -> Shard<K, C> {
        Shard { places: HashMap::new(), row: Vec::new(), next: 0 }
    }

    fn add(&mut self, [key, again]: [K; 2], limiter: Arc<Shared<C>>) {
        self.places.insert(key, self.row.len());
        self.row.push((again, limiter));
    }

    /// Goes on through the row to the next limiter that is idle, and drops it.
    fn drop_idle(&mut self, looked: &mut usize) -> Look {
        while *looked < mutate!(22, LOOKS, usize::MAX) {
            let Some((_key, limiter)) = self.row.get(self.next) else {
                self.next = 0;
                return Look::Ended;
            };
            *looked += 1;
            // No handle can be made of it meanwhile, because that takes the lock of this shard.
            if mutate!(21, 1 < Arc::strong_count(limiter), false) || !limiter.is_idle() {
                self.next += mutate!(23, 1, 0);
                continue;
            }
            let (key, _limiter) = self.row.swap_remove(self.next);
            self.places.remove(&key);
            if let Some((moved, _limiter)) = self.row.get(self.next)
                && let Some(place) = self.places.get_mut(moved)
            {
                *place = self.next;
            }
            return Look::Dropped;
        }
        Look::Tired
    }

    fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<Arc<Shared<C>>>
    where
        K: Borrow<Q>,
    {
        let (_key, limiter) = self.row.get(*self.places.get(key)?)?;
        Some(Arc::clone(limiter))
    }
}

fn lock<K, C>(shard: &Mutex<Shard<K, C>>) -> MutexGuard<'_, Shard<K, C>> {
    // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are as many limiters as there may be, and they are in use")
    }
}

impl Error for Full {}

/// Enough that threads seldom meet.
const SHARDS: usize = 64;
/// How many limiters are looked at for the sake of a new one.
const LOOKS: usize = 64;

#[cfg(not(loom))]
#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::Quota;

    #[test]
    fn a_key_keeps_its_limiter_and_shares_it_with_no_other() {
        let limiters = limiters(8);
        let a = limiters.get("a").unwrap();

        assert!(Arc::ptr_eq(&a, &limiters.get("a").unwrap()));
        assert!(!Arc::ptr_eq(&a, &limiters.get("b").unwrap()));
        assert_eq!(limiters.len(), 2);
    }

    #[test]
    fn the_registry_is_bounded_whatever_the_keys() {
        let limiters = limiters(10);

        for key in 0..1_000 {
            assert!(limiters.get(key.to_string().as_str()).is_ok());
        }

        assert!(limiters.len() <= 10, "{}", limiters.len());
    }

    #[test]
    fn a_limiter_in_use_makes_no_room() {
        let limiters = limiters(2);
        let held = limiters.get("held").unwrap();
        // Nobody holds it, and its quota is used up.
        limiters.get("used").unwrap().try_acquire().unwrap();

        assert_eq!(limiters.get("new").err(), Some(Full));
        assert!(limiters.get("used").unwrap().try_acquire().is_err());

        drop(held);
        assert!(limiters.get("new").is_ok());
        assert!(limiters.get("used").unwrap().try_acquire().is_err());
    }

    #[test]
    fn the_one_that_is_idle_is_found_wherever_it_stands() {
        let limiters = limiters(LOOKS);
        let mut held: Vec<_> =
            (0..LOOKS).map(|key| limiters.get(&key.to_string()).unwrap()).collect();
        assert_eq!(limiters.get("new").err(), Some(Full));

        for (number, place) in held.iter_mut().enumerate() {
            // The name of none that is there.
            let key = (LOOKS + number).to_string();
            assert_eq!(limiters.get(key.as_str()).err(), Some(Full));
            *place = Arc::new(Shared::new(Config::unlimited()));
            *place = limiters.get(key.as_str()).unwrap();
        }

        assert_eq!(limiters.len(), LOOKS);
    }

    #[test]
    fn a_new_key_costs_as_few_looks_among_many_as_among_few() {
        for capacity in [100, 10_000] {
            let limiters = limiters(capacity);
            let make = |key: usize| limiters.get(key.to_string().as_str());
            // Nine of ten are in use.
            let held: Vec<_> =
                (0..capacity).map(|key| make(key).ok().filter(|_| key % 10 != 0)).collect();

            let mut looks = 0;
            for key in capacity..2 * capacity {
                let (room, looked) = limiters.make_room();
                assert!(looked <= LOOKS, "{looked}");
                looks += looked;
                if room.is_ok() {
                    // Somebody else came first, as far as the count goes.
                    limiters.len.fetch_sub(1, Ordering::Relaxed);
                    let _idle = make(key);
                }
            }

            assert!(looks <= 20 * capacity, "{looks} looks for {capacity} keys");
            drop(held);
        }
    }

    #[test]
    fn where_all_are_in_use_an_attempt_looks_at_a_few_and_the_next_one_at_others() {
        let limiters = limiters(1_000);
        let mut held: Vec<_> =
            (0..1_000).map(|key| Some(limiters.get(key.to_string().as_str()).unwrap())).collect();

        let (room, looked) = limiters.make_room();
        held[500] = None;
        let attempts = (0..1_000 / LOOKS + 1).filter(|_| limiters.get("new").is_ok()).count();

        assert_eq!((room, looked), (Err(Full), LOOKS));
        assert!(0 < attempts);
    }

    /// One cell in an hour for each key.
    fn limiters(capacity: usize) -> Limiters<String> {
        let hour = std::time::Duration::from_secs(3_600);
        let quota = Quota::per_window(NonZeroU32::MIN, hour).unwrap();
        Limiters::new(Config::quota(quota), NonZeroUsize::new(capacity).unwrap())
    }
}
