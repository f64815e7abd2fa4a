/// A set of numbers; a few others seem to be in it as well.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grams {
    bits: Vec<u64>,
    /// How many were put in, those that have gone since among them.
    count: usize,
    /// How many may be.
    room: usize,
}

impl Grams {
    pub(crate) fn with_room_for(count: usize) -> Grams {
        let slots = (count * SLOTS_PER_GRAM).next_power_of_two().clamp(FEWEST_SLOTS, MOST_SLOTS);
        let room = (2 * slots / SLOTS_PER_GRAM).max(2 * count);
        Grams { bits: vec![0; slots / 64], count: 0, room }
    }

    /// Whether so many more would make it say yes too often.
    pub(crate) fn is_full(&self, more: usize) -> bool {
        self.room < self.count + more
    }

    pub(crate) fn insert(&mut self, gram: u32) {
        let slot = self.slot(gram);
        if let Some(slots) = self.bits.get_mut(slot / 64) {
            *slots |= 1 << (slot % 64);
        }
        self.count += 1;
    }

    pub(crate) fn has(&self, gram: u32) -> bool {
        let slot = self.slot(gram);
        self.bits.get(slot / 64).is_some_and(|slots| slots >> (slot % 64) & 1 != 0)
    }

    fn slot(&self, gram: u32) -> usize {
        let bits = (self.bits.len() * 64).max(FEWEST_SLOTS).ilog2();
        (gram.wrapping_mul(SPREAD) >> (u32::BITS - bits)) as usize
    }
}

/// So many that few others seem to be in a set.
const SLOTS_PER_GRAM: usize = 16;
const FEWEST_SLOTS: usize = 1 << 18;
/// Of 2 MB: more would not be near when they are asked for.
const MOST_SLOTS: usize = 1 << 24;
/// The golden ratio in 32 bits: neighbours fall far apart.
const SPREAD: u32 = 0x9e37_79b1;
