//! Names looked up by a hash: a table made by the compiler, one probe whatever its size.

/// What belongs to each name, case ignored.
///
/// There are so many slots that a probe ends after a few steps.
/// The 64 bits of the hash stand for the name: the compiler has checked that no two names share
/// them, and who forges them gains nothing, for the name itself can be sent as well.
#[derive(Debug)]
pub(crate) struct Lookup<T, const SLOTS: usize> {
    slots: [Option<(u64, T)>; SLOTS],
}

impl<T: Copy, const SLOTS: usize> Lookup<T, SLOTS> {
    pub(crate) const fn new(names: &[(&str, T)]) -> Lookup<T, SLOTS> {
        const { assert!(SLOTS.is_power_of_two(), "a slot is found by the lowest bits of a hash") };
        let mut table = Lookup { slots: [None; SLOTS] };
        let mut next = 0;
        while next < names.len() {
            table.insert(hash(names[next].0.as_bytes()), names[next].1);
            next += 1;
        }
        table
    }

    /// Each name as it is, and without its underscores.
    pub(crate) const fn in_both_cases(names: &[(&str, T)]) -> Lookup<T, SLOTS> {
        let mut table = Lookup::new(names);
        let mut next = 0;
        while next < names.len() {
            let (joined, length) = join(names[next].0.as_bytes());
            if length < names[next].0.len() {
                table.insert(hash(joined.split_at(length).0), names[next].1);
            }
            next += 1;
        }
        table
    }

    const fn insert(&mut self, hash: u64, value: T) {
        let mut at = slot(hash, SLOTS);
        let mut steps = 0;
        while let Some((taken, _)) = self.slots[at] {
            assert!(taken != hash, "a name stands there twice");
            at = (at + 1) & (SLOTS - 1);
            steps += 1;
            assert!(steps < PROBES, "the table is too small");
        }
        self.slots[at] = Some((hash, value));
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

/// Returns the letters and digits of a name of at most [`NAME_LIMIT`] of them, and how many.
pub(crate) const fn join(name: &[u8]) -> ([u8; NAME_LIMIT], usize) {
    let mut joined = [0; NAME_LIMIT];
    let mut length = 0;
    let mut next = 0;
    while next < name.len() && length < NAME_LIMIT {
        if name[next].is_ascii_alphanumeric() {
            joined[length] = name[next];
            length += 1;
        }
        next += 1;
    }
    (joined, length)
}

const fn slot(hash: u64, slots: usize) -> usize {
    // The upper half is the better mixed one; `slots` is a small power of two.
    (hash >> 32) as usize & (slots - 1)
}

/// Upper and lower case alike: the first eight bytes and the last, which may overlap, and then
/// what is between them. The two do not wait for each other, and most names have nothing between.
const fn hash(name: &[u8]) -> u64 {
    let (first, last) = ends(name);
    let mut hash = mix(lower(first)) ^ mix(lower(last).rotate_left(32) ^ name.len() as u64);
    let mut rest = name;
    while 16 < rest.len()
        && let Some((_, behind)) = rest.split_first_chunk::<8>()
        && let Some(eight) = behind.first_chunk()
    {
        hash = mix(hash ^ lower(u64::from_le_bytes(*eight)));
        rest = behind;
    }
    hash
}

const fn ends(name: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        return (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64);
    }
    match name {
        [a, b, c] => ((*a as u64) << 8 | *b as u64, *c as u64),
        [a, b] => (*a as u64, *b as u64),
        [a] => (*a as u64, 0),
        _ => (0, 0),
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

/// Letters and digits of the longest name that is looked up without its marks.
pub(crate) const NAME_LIMIT: usize = 24;
/// Steps to the slot of a name.
const PROBES: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_with_its_underscores_and_without() {
        const TABLE: Lookup<u8, 8> = Lookup::in_both_cases(&[("error_code", 1), ("code", 2)]);

        for (name, value) in [("error_code", 1), ("errorCode", 1), ("CODE", 2)] {
            assert_eq!(TABLE.get(name.as_bytes()), Some(value), "{name}");
        }
        assert_eq!(TABLE.get(b"error-code"), None);
    }

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
