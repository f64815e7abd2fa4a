//! What the words of names say.

use crate::redact::vocabulary::WORDS;

/// What a word says, as one bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Meaning(u32);

impl Meaning {
    /// The value is secret.
    pub(crate) const SECRET: Meaning = Meaning(1 << 0);
    /// What follows is something about a secret, which may be told.
    pub(crate) const DESCRIBES: Meaning = Meaning(1 << 1);
    /// In front of `key`: it opens something.
    pub(crate) const OPENS: Meaning = Meaning(1 << 2);
    /// In front of `key`: it names something.
    pub(crate) const NAMES: Meaning = Meaning(1 << 3);
    /// In front of `token`: it is counted, or marks a place in a list.
    pub(crate) const COUNTS: Meaning = Meaning(1 << 4);
    /// In front of `code`: somebody types it to be let in.
    pub(crate) const TYPED: Meaning = Meaning(1 << 5);
    /// In front of `code`: it says how something went.
    pub(crate) const REPORTS: Meaning = Meaning(1 << 6);
    /// `key`
    pub(crate) const KEY: Meaning = Meaning(1 << 7);
    /// `token`
    pub(crate) const TOKEN: Meaning = Meaning(1 << 8);
    /// A scheme and a secret.
    pub(crate) const CREDENTIALS: Meaning = Meaning(1 << 9);
    /// Pairs of a name and a secret.
    pub(crate) const COOKIE: Meaning = Meaning(1 << 10);
    /// Secret by itself; a container of more.
    pub(crate) const HOLDER: Meaning = Meaning(1 << 11);
    /// `code`
    pub(crate) const CODE: Meaning = Meaning(1 << 12);
    /// Secret where it looks random.
    pub(crate) const SUSPECT: Meaning = Meaning(1 << 13);
    /// Secret where nothing follows it.
    pub(crate) const LOGIN: Meaning = Meaning(1 << 14);
    /// Behind `connection`, a secret.
    pub(crate) const STRING: Meaning = Meaning(1 << 15);
    /// In front of `string`.
    pub(crate) const CONNECTS: Meaning = Meaning(1 << 16);
    /// Behind `relay`, a secret.
    pub(crate) const STATE: Meaning = Meaning(1 << 17);
    /// In front of `state`.
    pub(crate) const RELAYS: Meaning = Meaning(1 << 18);
    /// The scheme of a credential (RFC 9110 section 11.1).
    pub(crate) const SCHEME: Meaning = Meaning(1 << 19);
    /// In a sentence: a secret that a person made up.
    pub(crate) const PASSWORD_NOUN: Meaning = Meaning(1 << 20);
    /// In a sentence: a secret that a machine made up.
    pub(crate) const TOKEN_NOUN: Meaning = Meaning(1 << 21);
    /// In a sentence: digits to type, or the code of an error.
    pub(crate) const CODE_NOUN: Meaning = Meaning(1 << 22);

    /// Looks a word up, whatever its case.
    pub(crate) fn of(word: &[u8]) -> Meaning {
        if LONGEST < word.len() {
            return Meaning::default();
        }
        let mut slot = hash(word);
        while let Some(at) = INDEX[slot].checked_sub(1) {
            let (known, meaning) = WORDS[usize::from(at)];
            if word.eq_ignore_ascii_case(known.as_bytes()) {
                return meaning;
            }
            slot = (slot + 1) % SLOTS;
        }
        Meaning::default()
    }

    pub(crate) const fn has(self, meaning: Meaning) -> bool {
        self.0 & meaning.0 != 0
    }

    pub(crate) const fn and(self, other: Meaning) -> Meaning {
        Meaning(self.0 | other.0)
    }
}

/// A place for each word, found without a scan: most words of a text are none of these.
///
/// The ends of a word and its length say nearly as much as all of it, whatever its length.
const fn hash(word: &[u8]) -> usize {
    // In lower case, as far as letters go.
    let length = word.len();
    let mut ends = 0;
    let mut at = 0;
    while at < length && at < ENDS {
        ends = ends << 16 | ((word[at] | 0x20) as u64) << 8 | (word[length - 1 - at] | 0x20) as u64;
        at += 1;
    }
    (ends.wrapping_add(length as u64).wrapping_mul(SPREAD) >> (u64::BITS - SLOT_BITS)) as usize
}

/// The number of each word, from 1 on, at its slot or at the next free one.
static INDEX: [u16; SLOTS] = {
    let mut index = [0; SLOTS];
    let mut at = 0;
    while at < WORDS.len() {
        let mut slot = hash(WORDS[at].0.as_bytes());
        while index[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        at += 1;
        #[expect(clippy::cast_possible_truncation, reason = "there are some hundred words")]
        let number = at as u16;
        index[slot] = number;
    }
    index
};

const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 12;
/// Letters at each end that are looked at.
const ENDS: usize = 4;
/// Letters of the longest word.
const LONGEST: usize = 16;
/// The golden ratio in 64 bits: neighbours fall far apart.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_order_and_each_is_found() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
        for (word, meaning) in WORDS {
            assert_eq!(Meaning::of(word.as_bytes()), *meaning, "{word}");
            assert_eq!(Meaning::of(word.to_ascii_uppercase().as_bytes()), *meaning, "{word}");
        }
        assert_eq!(Meaning::of(b"ordinary"), Meaning::default());
        assert_eq!(Meaning::of(&[b'x'; 1_000]), Meaning::default());
    }
}
