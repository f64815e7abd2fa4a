use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::mutants::mutate;

/// What is known of each key, for a bounded number of keys: the one that was not touched for the
/// longest makes room (rule 87).
#[derive(Debug)]
pub(crate) struct Roster<K, V> {
    capacity: usize,
    entries: HashMap<K, (u64, V)>,
    /// The keys by when they were touched last.
    order: BTreeMap<u64, K>,
    touches: u64,
}

impl<K: Clone + Eq + Hash, V> Roster<K, V> {
    /// Returns an empty roster with room for so many keys, at least one.
    pub(crate) fn new(capacity: usize) -> Roster<K, V> {
        let capacity = capacity.max(1);
        Roster { capacity, entries: HashMap::new(), order: BTreeMap::new(), touches: 0 }
    }

    /// Returns what is known of a key, which becomes the one that was touched last.
    pub(crate) fn touch(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        self.touches += 1;
        let is_known = self.entries.contains_key(&key);
        if !is_known && self.capacity <= self.entries.len() {
            self.make_room();
        }
        let (touched, value) = self.entries.entry(key.clone()).or_insert_with(|| (0, new()));
        self.order.remove(touched);
        self.order.insert(self.touches, key);
        *touched = self.touches;
        value
    }

    pub(crate) fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.entries.get(key).map(|(_, value)| value)
    }

    /// Returns all, the one that was touched last first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.order.values().rev().filter_map(|key| Some((key, &self.entries.get(key)?.1)))
    }

    /// How many keys there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn make_room(&mut self) {
        let gone = mutate!(13, self.order.pop_first(), self.order.pop_last());
        if let Some((_, key)) = gone {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r87_the_key_that_was_not_touched_for_the_longest_makes_room() {
        let mut roster = Roster::new(2);
        for key in ["a", "b", "a", "c"] {
            *roster.touch(key, || 0) += 1;
        }

        let all: Vec<_> = roster.iter().map(|(key, count)| (*key, *count)).collect();

        assert_eq!(all, [("c", 1), ("a", 2)]);
        assert_eq!((roster.get("b"), roster.len(), roster.order.len()), (None, 2, 2));
    }
}
