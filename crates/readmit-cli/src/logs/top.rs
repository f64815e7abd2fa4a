use std::collections::HashMap;

/// Counts names, of which there may be any number, in bounded memory (rule 87).
///
/// It is the algorithm of Misra and Gries: where there are too many names, the rare ones are
/// forgotten, and the counts of the others become too low by [`error`](Top::error) at most. As long
/// as there are no more than [`MOST`] names all counts are exact, and whatever makes up a thousandth
/// of all is never forgotten.
#[derive(Clone, Debug, Default)]
pub(crate) struct Top {
    counts: HashMap<Box<str>, u64>,
    error: u64,
}

impl Top {
    /// Counts a name; one that is longer than any should be counts as `_OTHER`.
    pub(crate) fn add(&mut self, name: &str) {
        self.add_many(name, 1);
        self.prune();
    }

    /// Adds what another has counted.
    pub(crate) fn merge(&mut self, other: &Top) {
        for (name, count) in &other.counts {
            self.add_many(name, *count);
        }
        self.error = self.error.saturating_add(other.error);
        self.prune();
    }

    /// Returns the names that were counted most often, the first of them first.
    pub(crate) fn most(&self, length: usize) -> Vec<(&str, u64)> {
        let mut names: Vec<_> = self.counts.iter().map(|(name, count)| (&**name, *count)).collect();
        names.sort_unstable_by(|(name, count), (other, of_other)| {
            of_other.cmp(count).then_with(|| name.cmp(other))
        });
        names.truncate(length);
        names
    }

    /// Returns how often a name was counted.
    pub(crate) fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or_default()
    }

    /// Returns how many names are known.
    pub(crate) fn names(&self) -> usize {
        self.counts.len()
    }

    /// Returns by how much counts may be too low; 0 where they are exact.
    pub(crate) fn error(&self) -> u64 {
        self.error
    }

    fn add_many(&mut self, name: &str, count: u64) {
        let name = if LONGEST < name.len() { OTHER } else { name };
        match self.counts.get_mut(name) {
            Some(sum) => *sum = sum.saturating_add(count),
            None => {
                self.counts.insert(name.into(), count);
            }
        }
    }

    /// Keeps the most frequent half, less the count of the first that goes.
    fn prune(&mut self) {
        if self.counts.len() <= 2 * MOST {
            return;
        }
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        counts.sort_unstable_by(|count, other| other.cmp(count));
        let less = counts.get(MOST).copied().unwrap_or_default();
        self.counts.retain(|_, count| {
            *count = count.saturating_sub(less);
            0 < *count
        });
        self.error = self.error.saturating_add(less);
    }
}

/// Names that are told apart for sure.
const MOST: usize = 1_024;
/// Bytes of a name.
const LONGEST: usize = 1_024;
const OTHER: &str = "_OTHER";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_names_are_counted_exactly() {
        let mut top = Top::default();
        for name in ["b", "a", "b", "c", "b", "a"] {
            top.add(name);
        }

        assert_eq!(top.most(2), [("b", 3), ("a", 2)]);
        assert_eq!((top.names(), top.error(), top.count("a")), (3, 0, 2));
    }

    #[test]
    fn r87_a_million_names_are_bounded_and_the_frequent_ones_stay() {
        let mut top = Top::default();

        for number in 0..1_000_000_u32 {
            top.add(&number.to_string());
            if number % 100 == 0 {
                top.add("often");
            }
        }

        assert!(top.names() <= 2 * MOST);
        let (name, count) = top.most(1)[0];
        assert_eq!(name, "often");
        assert!(count <= 10_000 && 10_000 <= count + top.error(), "{count} + {}", top.error());
    }

    #[test]
    fn what_was_counted_apart_is_put_together() {
        let (mut one, mut other) = (Top::default(), Top::default());
        for number in 0..10_000_u32 {
            let name = (number % 3_000).to_string();
            let top = if number % 2 == 0 { &mut one } else { &mut other };
            top.add(&name);
            top.add("often");
        }

        one.merge(&other);

        assert!(one.names() <= 2 * MOST);
        let count = one.count("often");
        assert!(count <= 10_000 && 10_000 <= count + one.error(), "{count} + {}", one.error());
    }

    #[test]
    fn a_name_without_an_end_is_one_of_the_others() {
        let mut top = Top::default();

        top.add(&"x".repeat(LONGEST + 1));

        assert_eq!(top.most(1), [(OTHER, 1)]);
    }
}
