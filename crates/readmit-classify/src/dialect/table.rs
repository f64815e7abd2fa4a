use std::borrow::Cow;

/// A text that decides, and for which rule of the file; or a host, and for which dialect.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// As the file writes it.
    pub(super) says: Cow<'static, str>,
    pub(super) rule: u16,
}

/// Keys that are found by a hash, however many there are.
///
/// Keys that are looked up by the same text stand side by side, in the order of their rules. `slots`
/// says where they begin: open addressing over a power of two, at most half full. A hash only says
/// where to look; what is found is compared with what was asked for.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) keys: Cow<'static, [Key]>,
    /// 0 where the slot is empty, else 1 more than the place of the first key.
    pub(super) slots: Cow<'static, [u16]>,
}

impl Table {
    /// Returns the keys that are looked up by one text, in the order of their rules.
    ///
    /// `fits` says of a key whether the text is its own.
    pub(super) fn run(&self, hash: u64, fits: impl Fn(&str) -> bool) -> impl Iterator<Item = &Key> {
        let first = self.find(hash, &fits).unwrap_or(self.keys.len());
        let run = self.keys.get(first..).unwrap_or_default();
        run.iter().take_while(move |key| fits(&key.says))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn find(&self, hash: u64, fits: impl Fn(&str) -> bool) -> Option<usize> {
        let mut slot = start(hash, self.slots.len());
        // There is always an empty slot; the bound holds whatever the table is.
        for _ in 0..self.slots.len() {
            let first = usize::from(*self.slots.get(slot)?).checked_sub(1)?;
            if fits(&self.keys.get(first)?.says) {
                return Some(first);
            }
            slot = next(slot, self.slots.len());
        }
        None
    }
}

#[cfg(any(test, feature = "dialect-files"))]
impl Table {
    /// The most keys that a table holds.
    pub(super) const LIMIT: usize = u16::MAX as usize - 1;

    /// Builds a table; `folded` is what a key is looked up by, and `hash` the hash of that.
    ///
    /// Keys past [`LIMIT`](Table::LIMIT) are left out.
    pub(super) fn build(
        mut keys: Vec<Key>,
        folded: impl Fn(&str) -> String,
        hash: impl Fn(&str) -> u64,
    ) -> Table {
        keys.truncate(Table::LIMIT);
        keys.sort_by_cached_key(|key| (folded(&key.says), key.rule));
        let mut firsts: Vec<(String, u16)> = Vec::new();
        for (key, place) in keys.iter().zip(1_u16..) {
            let text = folded(&key.says);
            if firsts.last().is_none_or(|(last, _)| *last != text) {
                firsts.push((text, place));
            }
        }
        let size = if firsts.is_empty() { 0 } else { (firsts.len() * 2).next_power_of_two() };
        let mut slots = vec![0_u16; size];
        for (text, place) in firsts {
            let mut slot = start(hash(&text), size);
            while slots.get(slot).is_some_and(|&taken| taken != 0) {
                slot = next(slot, size);
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = place;
            }
        }
        Table { keys: Cow::Owned(keys), slots: Cow::Owned(slots) }
    }
}

/// The slot of a hash, where `size` is a power of two or 0.
fn start(hash: u64, size: usize) -> usize {
    let mixed = hash ^ (hash >> 32);
    let low = usize::try_from(mixed & 0xffff_ffff).unwrap_or_default();
    low & size.wrapping_sub(1)
}

fn next(slot: usize, size: usize) -> usize {
    (slot + 1) & size.wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold;

    #[test]
    fn a_table_is_a_power_of_two_and_at_most_half_full() {
        for count in [1_usize, 2, 3, 64, 65] {
            let table = table(&(0..count).map(|at| format!("c{at}")).collect::<Vec<_>>());

            let full = table.slots.iter().filter(|&&slot| slot != 0).count();

            assert!(table.slots.len().is_power_of_two());
            assert_eq!(full, count);
            assert!(full * 2 <= table.slots.len());
        }
        assert_eq!(table(&[]).slots.len(), 0);
    }

    #[test]
    fn equal_keys_are_one_run_in_the_order_of_their_rules() {
        let table = table(&["b", "A_B", "a", "ab", "AB"].map(str::to_owned));

        assert_eq!(rules(&table, "a-b"), [1, 3, 4]);
        assert_eq!(rules(&table, "c"), [0_u16; 0]);
        assert_eq!(rules(&self::table(&[]), "c"), [0_u16; 0]);
    }

    #[test]
    fn no_collision_decides() {
        // Every key has the same hash.
        let keys = ["a", "b", "c"].iter().zip(0..);
        let keys = keys.map(|(&says, rule)| Key { says: says.into(), rule }).collect();
        let table = Table::build(keys, str::to_owned, |_| 7);

        let rules = |asked: &str| {
            let run = table.run(7, |says| says == asked);
            run.map(|key| key.rule).collect::<Vec<_>>()
        };

        assert_eq!(rules("b"), [1]);
        assert_eq!(rules("c"), [2]);
        assert_eq!(rules("d"), [0_u16; 0]);
    }

    #[test]
    fn a_table_that_is_full_ends_the_search() {
        let key = Key { says: "a".into(), rule: 0 };
        let table = Table { keys: Cow::Owned(vec![key]), slots: Cow::Borrowed(&[1, 1]) };

        assert_eq!(rules(&table, "b"), [0_u16; 0]);
    }

    fn rules(table: &Table, asked: &str) -> Vec<u16> {
        let run = table.run(fold::hash(asked), |says| fold::same(says, asked));
        run.map(|key| key.rule).collect()
    }

    fn table(texts: &[String]) -> Table {
        let keys = texts.iter().zip(0..);
        let keys = keys.map(|(says, rule)| Key { says: Cow::Owned(says.clone()), rule }).collect();
        let folded = |says: &str| {
            String::from_utf8_lossy(&fold::folded(says).collect::<Vec<_>>()).into_owned()
        };
        Table::build(keys, folded, fold::hash)
    }
}
