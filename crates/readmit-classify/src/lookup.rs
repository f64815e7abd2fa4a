//! Names looked up by a hash: a table made by the compiler, one probe whatever its size.

/// What belongs to each name, case ignored.
///
/// The slots are at least twice the names, so that a probe ends at once.
/// The 64 bits of the hash stand for the name: the compiler has checked that no two names share
/// them, and who forges them gains nothing, for the name itself can be sent as well.
#[derive(Debug)]
pub(crate) struct Lookup<T, const SLOTS: usize> {
    slots: [Option<(u64, T)>; SLOTS],
}

impl<T: Copy, const SLOTS: usize> Lookup<T, SLOTS> {
    pub(crate) const fn new(names: &[(&str, T)]) -> Lookup<T, SLOTS> {
        assert!(SLOTS.is_power_of_two() && names.len() * 2 <= SLOTS, "the table is too small");
        let mut slots = [None; SLOTS];
        let mut next = 0;
        while next < names.len() {
            let hash = hash(names[next].0.as_bytes());
            let mut at = slot(hash, SLOTS);
            while let Some((taken, _)) = slots[at] {
                assert!(taken != hash, "a name stands there twice");
                at = (at + 1) & (SLOTS - 1);
            }
            slots[at] = Some((hash, names[next].1));
            next += 1;
        }
        Lookup { slots }
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<T> {
        let hash = hash(name);
        let mut at = slot(hash, SLOTS);
        while let Some((taken, value)) = self.slots[at] {
            if taken == hash {
                return Some(value);
            }
            at = (at + 1) & (SLOTS - 1);
        }
        None
    }
}

const fn slot(hash: u64, slots: usize) -> usize {
    // The upper half is the better mixed one; `slots` is a small power of two.
    (hash >> 32) as usize & (slots - 1)
}

/// Eight bytes at a time, upper and lower case alike.
const fn hash(name: &[u8]) -> u64 {
    let mut hash = name.len() as u64;
    let mut rest = name;
    while let Some((eight, behind)) = rest.split_first_chunk() {
        hash = mix(hash ^ lower(u64::from_le_bytes(*eight)));
        rest = behind;
    }
    if let Some(eight) = name.last_chunk() {
        // They overlap with what was read, so that nothing is left over.
        return mix(hash ^ lower(u64::from_le_bytes(*eight)));
    }
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        let word = u32::from_le_bytes(*first) as u64 | (u32::from_le_bytes(*last) as u64) << 32;
        return mix(hash ^ lower(word));
    }
    match name {
        [a, b, c] => mix(hash ^ lower((*a as u64) << 16 | (*b as u64) << 8 | *c as u64)),
        [a, b] => mix(hash ^ lower((*a as u64) << 8 | *b as u64)),
        [a] => mix(hash ^ lower(*a as u64)),
        _ => mix(hash),
    }
}

/// The bit makes upper case lower; what it does to other bytes, it does to both sides.
const fn lower(word: u64) -> u64 {
    word | 0x2020_2020_2020_2020
}

const fn mix(word: u64) -> u64 {
    let product = word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ (product >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case_and_no_other() {
        const NAMES: &[(&str, u8)] = &[
            ("a", 1),
            ("no", 2),
            ("not", 3),
            ("code", 4),
            ("error_code", 5),
            ("errordescription", 6),
        ];
        const TABLE: Lookup<u8, 16> = Lookup::new(NAMES);

        for (name, value) in NAMES {
            assert_eq!(TABLE.get(name.as_bytes()), Some(*value), "{name}");
            assert_eq!(TABLE.get(name.to_uppercase().as_bytes()), Some(*value), "{name}");
        }
        for name in ["", "b", "on", "ton", "edoc", "errorcode", "error_codes", "errordescriptio"] {
            assert_eq!(TABLE.get(name.as_bytes()), None, "{name}");
        }
    }
}
