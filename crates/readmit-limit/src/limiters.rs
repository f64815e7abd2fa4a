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
}

type Shard<K, C> = HashMap<K, Arc<Shared<C>>>;

/// There are as many limiters as there may be, and each is in use.
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
        let shards = (0..SHARDS.min(capacity.get())).map(|_| Mutex::default()).collect();
        let len = AtomicUsize::new(0);
        let capacity = capacity.get();
        Limiters { shards, hasher: RandomState::new(), config, clock, capacity, len }
    }

    /// Returns the limiter of this key, a new one where it has none.
    ///
    /// # Errors
    ///
    /// [`Full`] where the key is new and every limiter is in use.
    pub fn get<Q>(&self, key: &Q) -> Result<Arc<Shared<C>>, Full>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let home = self.home_of(key);
        if let Some(limiter) = lock(home).get(key) {
            return Ok(Arc::clone(limiter));
        }
        self.make_room()?;
        let mut shard = lock(home);
        if let Some(limiter) = shard.get(key) {
            // Another caller was faster.
            self.len.fetch_sub(1, Ordering::Relaxed);
            return Ok(Arc::clone(limiter));
        }
        let limiter = Arc::new(Shared::on(self.clock.clone(), self.config.clone()));
        shard.insert(key.to_owned(), Arc::clone(&limiter));
        Ok(limiter)
    }

    /// Returns how many keys have a limiter.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// Returns whether no key has a limiter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counts one more limiter, and drops those that are idle where there is no room for it.
    fn make_room(&self) -> Result<(), Full> {
        if self.counts_one_more() {
            return Ok(());
        }
        self.shards.iter().for_each(|shard| self.drop_idle(shard));
        if self.counts_one_more() { Ok(()) } else { Err(Full) }
    }

    fn counts_one_more(&self) -> bool {
        let more = |len| (mutate!(20, len < self.capacity, true)).then_some(len + 1);
        // Relaxed: the count is all that it is about.
        self.len.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    fn drop_idle(&self, shard: &Mutex<Shard<K, C>>) {
        let mut shard = lock(shard);
        let before = shard.len();
        // No handle can be made of the one that is looked at, because that takes this lock.
        shard.retain(|_key, limiter| {
            mutate!(21, 1 < Arc::strong_count(limiter), false) || !limiter.is_idle()
        });
        self.len.fetch_sub(before - shard.len(), Ordering::Relaxed);
    }

    #[expect(clippy::cast_possible_truncation, reason = "any bits of a hash will do")]
    fn home_of<Q: Hash + ?Sized>(&self, key: &Q) -> &Mutex<Shard<K, C>> {
        let hash = self.hasher.hash_one(key) as usize;
        // There is at least one, because the capacity is at least one.
        &self.shards[hash % self.shards.len()]
    }
}

fn lock<K, C>(shard: &Mutex<Shard<K, C>>) -> MutexGuard<'_, Shard<K, C>> {
    // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are as many limiters as there may be, and each is in use")
    }
}

impl Error for Full {}

/// Enough that threads seldom meet.
const SHARDS: usize = 64;

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

    /// One cell in an hour for each key.
    fn limiters(capacity: usize) -> Limiters<String> {
        let hour = std::time::Duration::from_secs(3_600);
        let quota = Quota::per_window(NonZeroU32::MIN, hour).unwrap();
        Limiters::new(Config::quota(quota), NonZeroUsize::new(capacity).unwrap())
    }
}
