use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use crate::Access;
use crate::mutants::mutate;
use crate::sync::{AtomicU64, Ordering};

/// When each access worked last, for a fixed number of them, without a lock.
///
/// An access is a fingerprint of 32 bits in one of four places; the one of the four that worked
/// longest ago makes room.
/// Two threads that need the same place at the same time may forget an access; none is invented,
/// but for one in a billion whose fingerprints are alike.
#[derive(Debug)]
pub(crate) struct Worked {
    origin: Instant,
    /// The fingerprint above, and below the minute since the origin, from 1.
    words: Box<[AtomicU64]>,
    /// Another one in each process, so that nobody can choose names that look alike.
    key: u64,
}

impl Worked {
    pub(crate) fn new(origin: Instant) -> Worked {
        let words = (0..SETS * WAYS).map(|_| AtomicU64::new(0)).collect();
        Worked { origin, words, key: RandomState::new().build_hasher().finish() }
    }

    #[inline]
    pub(crate) fn mark(&self, now: Instant, access: Access<'_>) {
        let (set, fingerprint) = self.find(access);
        let word = fingerprint << 32 | self.minute(now);
        let mut oldest: Option<(u64, &AtomicU64)> = None;
        for place in set {
            // Relaxed, here and below: a word says all there is to know, and orders nothing else.
            let seen = place.load(Ordering::Relaxed);
            if seen >> 32 == fingerprint {
                // A store of the same word would only take the line from the threads that read it.
                if mutate!(10, seen != word, false) {
                    place.store(word, Ordering::Relaxed);
                }
                return;
            }
            let minute = seen & MINUTES;
            if oldest.is_none_or(|(before, _)| minute < before) {
                oldest = Some((minute, place));
            }
        }
        if let Some((_, place)) = oldest {
            place.store(word, Ordering::Relaxed);
        }
    }

    /// Returns when the minute began in which an access worked last.
    pub(crate) fn last(&self, access: Access<'_>) -> Option<Instant> {
        let (set, fingerprint) = self.find(access);
        let words = set.iter().map(|place| place.load(Ordering::Relaxed));
        let minute =
            words.filter(|word| word >> 32 == fingerprint).map(|word| word & MINUTES).max();
        self.origin.checked_add(Duration::from_secs((minute? - 1).saturating_mul(60)))
    }

    #[inline]
    fn find(&self, access: Access<'_>) -> (&[AtomicU64], u64) {
        let hash = hash(self.key, access);
        // A fingerprint is never zero, which is what an empty place has.
        let fingerprint = hash >> 32 | 1;
        let first = usize::try_from(hash % SETS as u64).unwrap_or_default() * WAYS;
        (self.words.get(first..first + WAYS).unwrap_or_default(), fingerprint)
    }

    #[inline]
    fn minute(&self, now: Instant) -> u64 {
        (crate::minutes::minute_since(self.origin, now) + 1).min(MINUTES)
    }
}

/// Folds the names into one word, eight bytes at a time.
///
/// A hash for a map takes twice as long, which every call would pay.
#[inline]
fn hash(key: u64, access: Access<'_>) -> u64 {
    let fold = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * u128::from(MULTIPLIER);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are folded into one")]
        let folded = (product >> 64) as u64 ^ product as u64;
        // A product of zero would forget what came before it.
        folded.wrapping_add(key)
    };
    let mut hash = key;
    for name in access.names() {
        let (eights, rest) = name.as_bytes().as_chunks::<8>();
        for eight in eights {
            hash = fold(hash, u64::from_le_bytes(*eight));
        }
        let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        // The length too, so that the end of a name is not the beginning of the next.
        hash = fold(fold(hash, last), name.len() as u64);
    }
    hash
}

/// Odd, and with about as many ones as zeros: the golden ratio in 64 bits.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
const WAYS: usize = 4;
#[cfg(not(loom))]
const SETS: usize = 1_024;
#[cfg(loom)]
const SETS: usize = 1;
/// The bits of a word that are the minute.
const MINUTES: u64 = u32::MAX as u64;

#[cfg(not(loom))]
#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn r91_what_worked_is_known_by_the_minute() {
        let t0 = SystemClock.now();
        let worked = Worked::new(t0);

        worked.mark(t0, access("u_1"));
        worked.mark(t0 + Duration::from_secs(125), access("u_1"));

        assert_eq!(worked.last(access("u_1")), Some(t0 + Duration::from_secs(120)));
        assert_eq!(worked.last(access("u_2")), None);
    }

    #[test]
    fn r87_hostile_accesses_take_no_more_room_and_the_latest_are_known() {
        let t0 = SystemClock.now();
        let worked = Worked::new(t0);

        for number in 0..20_000_u32 {
            let now = t0 + Duration::from_secs(u64::from(number));
            worked.mark(now, access(&number.to_string()));
        }

        let known = |from: u32| {
            let of = from..from + 1_000;
            of.filter(|number| worked.last(access(&number.to_string())).is_some()).count()
        };
        assert_eq!(worked.words.len(), 4_096);
        assert!(900 < known(19_000), "{}", known(19_000));
        assert!(known(0) < 10, "{}", known(0));
    }

    #[test]
    fn names_that_are_alike_fall_apart() {
        let mut seen = std::collections::BTreeSet::new();
        for key in [0, 1, u64::MAX] {
            seen.clear();
            for number in 0..20_000 {
                let name = format!("u_{number}");
                for access in [
                    Access::new(&name, "GET", "/a"),
                    Access::new("", &name, "GET/a"),
                    Access::new("/a", "GET", &name),
                ] {
                    seen.insert(hash(key, access));
                }
            }
            assert_eq!(seen.len(), 60_000, "{key}");
        }
        // The sets are filled evenly, too.
        let mut filled = vec![0_u32; SETS];
        for hash in &seen {
            filled[usize::try_from(hash % SETS as u64).unwrap()] += 1;
        }
        assert!(filled.iter().all(|count| (20..120).contains(count)));
    }

    fn access(principal: &str) -> Access<'_> {
        Access::new(principal, "GET", "/items/{id}")
    }
}

#[cfg(loom)]
#[cfg(test)]
mod loom_tests {
    use loom::sync::Arc;
    use loom::thread;
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn what_a_thread_marked_is_known_with_a_minute_that_was_told() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let worked = Arc::new(Worked::new(t0));
            let other = Arc::clone(&worked);
            let later = t0 + Duration::from_secs(60);

            let theirs = thread::spawn(move || other.mark(t0, Access::new("u_1", "GET", "/a")));
            worked.mark(later, Access::new("u_1", "GET", "/a"));
            theirs.join().unwrap();

            let last = worked.last(Access::new("u_1", "GET", "/a"));
            assert!(last == Some(t0) || last == Some(later), "{last:?}");
            assert_eq!(worked.last(Access::new("u_2", "GET", "/a")), None);
        });
    }
}
