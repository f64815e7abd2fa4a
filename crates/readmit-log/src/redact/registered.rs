use std::collections::HashMap;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::sync::OnceLock;

use crate::redact::encode;
use crate::redact::spans::{MARK, Spans};

/// The secrets in use, in every spelling, ready to be looked for.
///
/// Of each spelling, pieces at regular distances are known by heart; where a text has one of them,
/// as much of the spelling as stands around it is an echo. So a secret is found as well where the
/// text has only a part of it.
#[derive(Default)]
pub(crate) struct Registered {
    values: Vec<Value>,
    /// Made for the first text that is looked at since a value came or went: secrets change more
    /// often than anything is written, where nobody listens.
    index: OnceLock<Index>,
}

#[derive(Clone)]
struct Value {
    text: String,
    /// How often it was added, and not removed since.
    holders: u32,
}

/// The spellings of all values, by their pieces.
#[derive(Default)]
struct Index {
    spellings: Vec<Spelling>,
    pieces: HashMap<u64, Vec<Place>>,
    /// What the pieces begin with.
    begins: Grams,
    /// What stands anywhere in a spelling.
    samples: Grams,
    /// From one look at a text to the next, so that each echo is looked at.
    distance: usize,
}

/// How far a search has come.
#[derive(Debug, Default)]
struct Front {
    next: usize,
    /// Behind the last echo.
    free_from: usize,
}

/// A set of numbers; a few others seem to be in it as well.
#[derive(Default)]
struct Grams(Vec<u64>);

impl Grams {
    fn insert(&mut self, gram: u32) {
        if self.0.is_empty() {
            self.0 = vec![0; SLOTS / 64];
        }
        let slot = slot(gram);
        self.0[slot / 64] |= 1 << (slot % 64);
    }

    fn has(&self, gram: u32) -> bool {
        let slot = slot(gram);
        self.0.get(slot / 64).is_some_and(|slots| slots >> (slot % 64) & 1 != 0)
    }
}

#[derive(Clone, Debug)]
struct Spelling {
    bytes: Vec<u8>,
    /// Characters on each side that hold bits of it.
    around: usize,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    spelling: usize,
    offset: usize,
}

impl Registered {
    /// Adds a value, unless it is too short to be told from other text.
    ///
    /// Past the bound the oldest goes.
    pub(crate) fn insert(&mut self, value: &str) {
        if let Some(known) = self.values.iter_mut().find(|known| known.text == value) {
            known.holders = known.holders.saturating_add(1);
            return;
        }
        // A part of the mark would be found in every mark.
        if value.len() < SHORTEST || MARK.contains(value) {
            return;
        }
        self.values.push(Value { text: value.to_owned(), holders: 1 });
        if MOST < self.values.len() {
            self.values.remove(0);
        }
        self.index = OnceLock::new();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Removes a value that was added once; of one that was added more often, it takes one off.
    pub(crate) fn remove(&mut self, value: &str) {
        let Some(place) = self.values.iter().position(|known| known.text == value) else { return };
        let Some(known) = self.values.get_mut(place) else { return };
        known.holders -= 1;
        if known.holders == 0 {
            self.values.remove(place);
            self.index = OnceLock::new();
        }
    }

    /// Adds to the spans wherever the text echoes a secret.
    ///
    /// An echo has four bytes of a spelling at every place, so a look at one place in some is enough
    /// to pass over a text without secrets; around what looks like one, every place is looked at.
    pub(crate) fn find(&self, text: &[u8], spans: &mut Spans) {
        if !self.is_empty() {
            self.index.get_or_init(|| Index::of(&self.values)).find(text, spans);
        }
    }
}

impl Index {
    fn of(values: &[Value]) -> Index {
        let mut index = Index::default();
        values.iter().for_each(|value| index.add(&value.text));
        index
    }

    fn find(&self, text: &[u8], spans: &mut Spans) {
        let mut front = Front::default();
        let mut sample = 0;
        while let Some(four) = text.get(sample..).and_then(<[u8]>::first_chunk) {
            if self.samples.has(u32::from_le_bytes(*four)) {
                let around =
                    sample.saturating_sub(TELLTALE - SHORTEST)..=sample + TELLTALE - SHORTEST;
                self.find_around(text, around, &mut front, spans);
            }
            sample += self.distance;
        }
    }

    fn find_around(
        &self,
        text: &[u8],
        places: RangeInclusive<usize>,
        front: &mut Front,
        spans: &mut Spans,
    ) {
        for at in places {
            let Some(four) = text.get(at..).and_then(<[u8]>::first_chunk) else { return };
            if at < front.next || !self.begins.has(u32::from_le_bytes(*four)) {
                continue;
            }
            front.next = at + 1;
            if let Some((echo, around)) = self.echo_at(text, at, front.free_from) {
                spans.hide(echo.start.saturating_sub(around)..(echo.end + around).min(text.len()));
                front.free_from = echo.end;
                // The next secret may begin within this one.
                front.next = front.next.max(echo.end.saturating_sub(PIECE));
            }
        }
    }

    fn add(&mut self, value: &str) {
        for (bytes, around) in encode::spellings(value) {
            // What is left of a short value in base64 may stand anywhere.
            if bytes.len() < SHORTEST + 2 * around {
                continue;
            }
            let spelling = self.spellings.len();
            let length = PIECE.min(bytes.len());
            let last = bytes.len() - length;
            for offset in (0..=last).step_by(STRIDE).chain([last]) {
                let piece = &bytes[offset..offset + length];
                self.begins.insert(gram(piece));
                let places = self.pieces.entry(key(piece)).or_default();
                // A piece that repeats is known by where it first stands.
                let is_known = places.iter().any(|place| place.spelling == spelling);
                if !is_known && places.len() < MOST_PLACES {
                    places.push(Place { spelling, offset });
                }
            }
            bytes.windows(SHORTEST).for_each(|four| self.samples.insert(gram(four)));
            let echo = TELLTALE.min(bytes.len());
            let distance = echo - SHORTEST + 1;
            self.distance =
                if self.spellings.is_empty() { distance } else { self.distance.min(distance) };
            self.spellings.push(Spelling { bytes, around });
        }
    }

    /// Returns the longest echo around the piece that the text has here.
    fn echo_at(&self, text: &[u8], at: usize, free_from: usize) -> Option<(Range<usize>, usize)> {
        let lengths = (SHORTEST..=PIECE.min(text.len() - at)).rev();
        let places = lengths.filter_map(|length| self.pieces.get(&key(&text[at..at + length])));
        let echoes = places.flatten().filter_map(|place| {
            let Spelling { bytes, around } = &self.spellings[place.spelling];
            let before =
                bytes[..place.offset].iter().rev().zip(text[free_from.min(at)..at].iter().rev());
            let before = before.take_while(|(a, b)| a == b).count();
            let behind = bytes[place.offset..].iter().zip(&text[at..]);
            let behind = behind.take_while(|(a, b)| a == b).count();
            let is_echo = TELLTALE.min(bytes.len()) <= before + behind;
            is_echo.then_some((at - before..at + behind, *around))
        });
        echoes.max_by_key(|(echo, _)| echo.len())
    }
}

impl Clone for Registered {
    fn clone(&self) -> Registered {
        // Whoever clones it changes it.
        Registered { values: self.values.clone(), index: OnceLock::new() }
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registered").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

/// A piece of up to eight bytes with its length, as a number.
fn key(piece: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = piece.len().min(8);
    bytes[..length].copy_from_slice(&piece[..length]);
    // A text has no byte of 0xff, so a shorter piece is none of the longer ones.
    bytes[length..].fill(0xff);
    u64::from_le_bytes(bytes)
}

fn gram(piece: &[u8]) -> u32 {
    let mut bytes = [0; SHORTEST];
    bytes.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
    u32::from_le_bytes(bytes)
}

fn slot(gram: u32) -> usize {
    (gram.wrapping_mul(SPREAD) >> (u32::BITS - SLOT_BITS)) as usize
}

/// Bytes of the shortest value that is looked for: a shorter one would be found in every text.
const SHORTEST: usize = 4;
/// Bytes that are known by heart.
const PIECE: usize = 8;
/// From one piece to the next.
const STRIDE: usize = 4;
/// So many bytes of a secret in a row are an echo of it; no echo of as many falls between two pieces.
const TELLTALE: usize = 12;
/// Values in use at the same time.
const MOST: usize = 1_024;
/// Spellings that share a piece.
const MOST_PLACES: usize = 16;
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 18;
/// The golden ratio in 32 bits: neighbours fall far apart.
const SPREAD: u32 = 0x9e37_79b1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_secrets_side_by_side_or_one_within_another_are_found() {
        let registered = registered(&["first-secret", "secret-second", "cret"]);

        assert_eq!(found(&registered, "a first-secret-second b"), "a REDACTED b");
        assert_eq!(found(&registered, "first-secretfirst-secret"), "REDACTED");
        assert_eq!(found(&registered, "concrete"), "conREDACTEDe");
    }

    #[test]
    fn r56_a_part_of_a_secret_is_an_echo_of_it() {
        let registered = registered(&["0123456789abcdefghijklmnop"]);

        assert_eq!(found(&registered, "x 3456789abcde y"), "x REDACTED y");
        assert_eq!(found(&registered, "x 3456789abcd y"), "x 3456789abcd y");
    }

    #[test]
    fn a_value_too_short_is_not_looked_for() {
        assert_eq!(found(&registered(&["ab", ""]), "about"), "about");
    }

    #[test]
    fn r82_a_value_that_is_removed_is_ordinary() {
        let mut registered = registered(&["first-secret", "second-secret"]);

        registered.remove("first-secret");

        assert_eq!(found(&registered, "first-secret second-secret"), "first-secret REDACTED");
    }

    #[test]
    fn r82_a_value_is_known_until_each_who_added_it_has_removed_it() {
        let mut registered = registered(&["shared-secret", "shared-secret"]);

        registered.remove("shared-secret");
        registered.remove("another");
        assert_eq!(found(&registered, "shared-secret"), "REDACTED");

        registered.remove("shared-secret");
        assert_eq!(found(&registered, "shared-secret"), "shared-secret");
    }

    #[test]
    fn the_values_are_bounded() {
        let mut registered = Registered::default();

        for number in 0..MOST + 1 {
            registered.insert(&format!("value-number-{number:06}"));
        }

        assert_eq!(registered.values.len(), MOST);
        assert_eq!(registered.values[0].text, "value-number-000001");
    }

    fn registered(values: &[&str]) -> Registered {
        let mut registered = Registered::default();
        values.iter().for_each(|value| registered.insert(value));
        registered
    }

    fn found(registered: &Registered, text: &str) -> String {
        let mut spans = Spans::default();
        registered.find(text.as_bytes(), &mut spans);
        spans.apply(text).into_owned()
    }
}
