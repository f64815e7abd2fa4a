use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use crate::redact::encode;
use crate::redact::grams::Grams;
use crate::redact::spans::Spans;

/// The spellings of secrets, by their pieces.
///
/// Of each spelling, pieces at regular distances are known by heart; where a text has one of them,
/// as much of the spelling as stands around it is an echo. So a secret is found as well where the
/// text has only a part of it.
#[derive(Clone, Default)]
pub(crate) struct Index {
    /// The numbers of the spellings of each value.
    values: HashMap<String, Range<u64>>,
    spellings: HashMap<u64, Spelling>,
    /// The number of the spelling that comes next.
    next: u64,
    pieces: HashMap<u64, Vec<Place>>,
    /// What the pieces begin with.
    begins: Grams,
    /// What stands anywhere in a spelling.
    samples: Grams,
    /// From one look at a text to the next, so that each echo is looked at; zero where there is
    /// nothing to look for.
    distance: usize,
}

/// How far a search has come.
#[derive(Debug, Default)]
struct Front {
    next: usize,
    /// Behind the last echo.
    free_from: usize,
}

#[derive(Clone, Debug)]
struct Spelling {
    bytes: Vec<u8>,
    /// Characters on each side that hold bits of it.
    around: usize,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    spelling: u64,
    offset: u32,
}

impl Index {
    pub(crate) fn add(&mut self, value: &str) {
        let first = self.next;

        for (bytes, around) in encode::spellings(value) {
            // What is left of a short value in base64 may stand anywhere.
            if bytes.len() < SHORTEST + 2 * around {
                continue;
            }
            let spelling = self.next;
            self.next += 1;
            for (offset, piece) in pieces(&bytes) {
                let places = self.pieces.entry(key(piece)).or_default();
                // A piece that repeats is known by where it first stands.
                let is_known = places.iter().any(|place| place.spelling == spelling);
                if !is_known && places.len() < MOST_PLACES {
                    places.push(Place { spelling, offset });
                }
            }
            let echo = TELLTALE.min(bytes.len());
            let distance = echo - SHORTEST + 1;
            self.distance = if self.distance == 0 { distance } else { self.distance.min(distance) };
            if self.samples.is_full(bytes.len()) {
                self.make_room(bytes.len());
            }
            self.sift(&bytes);
            self.spellings.insert(spelling, Spelling { bytes, around });
        }
        self.values.insert(value.to_owned(), first..self.next);
    }

    /// Takes the spellings of a value out, which takes no longer where there are many others: calls
    /// wait for it.
    pub(crate) fn remove(&mut self, value: &str) {
        for number in self.values.remove(value).unwrap_or_default() {
            let Some(Spelling { bytes, .. }) = self.spellings.remove(&number) else { continue };
            for (_, piece) in pieces(&bytes) {
                if let Some(places) = self.pieces.get_mut(&key(piece)) {
                    places.retain(|place| place.spelling != number);
                    if places.is_empty() {
                        self.pieces.remove(&key(piece));
                    }
                }
            }
        }
        if self.spellings.is_empty() {
            (self.begins, self.samples, self.distance) = Default::default();
        }
    }

    /// Adds to the spans wherever the text echoes a secret.
    ///
    /// An echo has four bytes of a spelling at every place, so a look at one place in some is enough
    /// to pass over a text without secrets; around what looks like one, every place is looked at.
    pub(crate) fn find(&self, text: &[u8], spans: &mut Spans) {
        if self.distance == 0 {
            return;
        }
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

    /// Puts into the sets what a spelling is looked for by.
    fn sift(&mut self, bytes: &[u8]) {
        pieces(bytes).for_each(|(_, piece)| self.begins.insert(gram(piece)));
        bytes.windows(SHORTEST).for_each(|four| self.samples.insert(gram(four)));
    }

    /// Makes larger sets, without what has gone.
    fn make_room(&mut self, more: usize) {
        let bytes = |spelling: &Spelling| spelling.bytes.len();
        let count = self.spellings.values().map(bytes).sum::<usize>() + more;
        self.begins = Grams::with_room_for(count / STRIDE);
        self.samples = Grams::with_room_for(count);
        let spellings = std::mem::take(&mut self.spellings);
        spellings.values().for_each(|spelling| self.sift(&spelling.bytes));
        self.spellings = spellings;
    }

    /// Returns the longest echo around the piece that the text has here.
    fn echo_at(&self, text: &[u8], at: usize, free_from: usize) -> Option<(Range<usize>, usize)> {
        let lengths = (SHORTEST..=PIECE.min(text.len() - at)).rev();
        let places = lengths.filter_map(|length| self.pieces.get(&key(&text[at..at + length])));
        let echoes = places.flatten().filter_map(|place| {
            let Spelling { bytes, around } = self.spellings.get(&place.spelling)?;
            let (head, tail) = bytes.split_at_checked(usize::try_from(place.offset).ok()?)?;
            let before = head.iter().rev().zip(text[free_from.min(at)..at].iter().rev());
            let before = before.take_while(|(a, b)| a == b).count();
            let behind = tail.iter().zip(&text[at..]);
            let behind = behind.take_while(|(a, b)| a == b).count();
            let is_echo = TELLTALE.min(bytes.len()) <= before + behind;
            is_echo.then_some((at - before..at + behind, *around))
        });
        echoes.max_by_key(|(echo, _)| echo.len())
    }
}

/// The pieces of a spelling that are known by heart, each with where it stands.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let length = PIECE.min(bytes.len());
    let last = bytes.len() - length;
    let offsets = (0..=last).step_by(STRIDE).chain([last]);
    offsets.filter_map(move |at| Some((u32::try_from(at).ok()?, bytes.get(at..at + length)?)))
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

/// Bytes of the shortest value that is looked for: a shorter one would be found in every text.
pub(crate) const SHORTEST: usize = 4;
/// Bytes that are known by heart.
const PIECE: usize = 8;
/// From one piece to the next.
const STRIDE: usize = 4;
/// So many bytes of a secret in a row are an echo of it; no echo of as many falls between two pieces.
const TELLTALE: usize = 12;
/// Spellings that share a piece.
const MOST_PLACES: usize = 16;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_has_gone_leaves_nothing_behind() {
        let mut index = Index::default();
        let value = |number| format!("value-{number:06}-of-many-that-are-somewhat-long");

        for number in 0..2_000 {
            index.add(&value(number));
            if 10 <= number {
                index.remove(&value(number - 10));
            }
        }

        let places = index.pieces.values().flatten();
        let numbers: HashSet<_> = places.map(|place| place.spelling).collect();
        assert_eq!(numbers.len(), index.spellings.len());
        assert_eq!(index.values.len(), 10);
        (1_990..2_000).for_each(|number| index.remove(&value(number)));
        assert!(index.pieces.is_empty() && index.spellings.is_empty() && index.distance == 0);
    }
}
