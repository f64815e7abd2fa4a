//! Where in a text something secret may stand, or be announced.
//!
//! Found in blocks of 64 bytes, of which masks of bits say what each byte is: the words of most texts
//! are passed over without a branch for each.

use crate::redact::sieve;

/// The places that a scan stops at.
#[derive(Debug)]
pub(crate) struct Stops<'t> {
    text: &'t [u8],
    which: Which,
    /// The block that the masks are of.
    block: usize,
    words: u64,
    stops: u64,
}

/// Which words a scan stops at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Which {
    All,
    /// Those that are not ordinary at a glance.
    Odd,
}

impl<'t> Stops<'t> {
    pub(crate) fn new(text: &'t [u8], which: Which) -> Stops<'t> {
        let mut stops = Stops { text, which, block: 0, words: 0, stops: 0 };
        stops.load(0);
        stops
    }

    /// Returns the first place from here on where the scan stops: at a sign, or in a word.
    pub(crate) fn next(&mut self, at: usize) -> Option<usize> {
        if at / SIZE != self.block {
            self.load(at / SIZE);
        }
        let mut rest = self.stops & (u64::MAX << (at % SIZE));
        while rest == 0 {
            if self.text.len() <= (self.block + 1) * SIZE {
                return None;
            }
            self.load(self.block + 1);
            rest = self.stops;
        }
        Some(self.block * SIZE + rest.trailing_zeros() as usize)
    }

    /// Returns the word around a stop, as far as it is not before the first place.
    pub(crate) fn word(&self, first: usize, stop: usize) -> (usize, usize) {
        let (block, bit) = (self.block * SIZE, stop % SIZE);
        let before = !self.words & !(u64::MAX << bit);
        let start = match before.checked_ilog2() {
            Some(last) => block + last as usize + 1,
            None => {
                let before = self.text[first.min(block)..block].iter().rev();
                block - before.take_while(|byte| IN_WORD[usize::from(**byte)]).count()
            }
        };
        let behind = !self.words & (u64::MAX << bit);
        let end = if behind == 0 {
            let rest = self.text.get(block + SIZE..).unwrap_or_default();
            block + SIZE + rest.iter().take_while(|byte| IN_WORD[usize::from(**byte)]).count()
        } else {
            block + behind.trailing_zeros() as usize
        };
        (start.max(first), end.min(self.text.len()))
    }

    fn load(&mut self, block: usize) {
        let before = match block.checked_sub(1) {
            None => 0,
            Some(last) if last == self.block => self.words,
            Some(last) => Masks::of(self.text, last).words(),
        };
        let masks = Masks::of(self.text, block);
        self.block = block;
        self.words = masks.words();
        // Of slashes only two in a row are a sign; at the end of a block, nobody knows.
        let slashes = masks.slashes & (masks.slashes >> 1 | LAST);
        self.stops = match self.which {
            Which::All => self.words | masks.odd | masks.slashes,
            Which::Odd => masks.odd | slashes | self.odd(&masks, before),
        };
    }

    /// Finds bytes of the words that are not ordinary.
    ///
    /// What stands in the block behind is guessed so that rather too many are found.
    fn odd(&self, masks: &Masks, before: u64) -> u64 {
        let Masks { lower, upper, digits, dashes, slashes, odd, .. } = *masks;
        let words = self.words;
        let letters = lower | upper;
        let alphanumeric = letters | digits;
        let ends = letters & !(lower >> 1);
        let camels = upper & (lower << 1 | lower >> 1 | LAST);
        let begins = (alphanumeric & !(alphanumeric << 1)) | camels;
        let numbers = digits & (digits << 1 | 1) & (digits << 2 | 3);
        let behind = self.text.get((self.block + 1) * SIZE).map_or(0, |byte| class(*byte));
        let next =
            |mask: u64, bit: u32| mask >> 1 | u64::from(behind >> bit & 1) << (u64::BITS - 1);
        let colons = next(masks.colons, COLON);
        let schemes = colons & (slashes >> 2 | LAST_3) & (slashes >> 3 | LAST_3);
        // An escape ends in the word behind it, and a tilde is part of some tokens.
        let escaped = class(self.before()) >> ODD;
        let around = odd << 1
            | u64::from(escaped)
            | next(odd, ODD)
            | (dashes & !(words << 1 | before >> 63))
            | (numbers & colons)
            | (digits & next(slashes, SLASH))
            | schemes;
        let long = long_words(words, before);
        (words & around) | long | self.announcing(ends) | self.beginning(begins)
    }

    /// Returns the last byte of the block before.
    fn before(&self) -> u8 {
        let last = (self.block * SIZE).checked_sub(1);
        last.and_then(|last| self.text.get(last)).copied().unwrap_or(b'\n')
    }

    fn announcing(&self, mut ends: u64) -> u64 {
        let mut found = 0;
        while ends != 0 {
            let at = ends.trailing_zeros();
            let end = self.block * SIZE + at as usize + 1;
            found |= u64::from(sieve::may_announce(self.text, end)) << at;
            ends &= ends - 1;
        }
        found
    }

    fn beginning(&self, mut begins: u64) -> u64 {
        let mut found = 0;
        while begins != 0 {
            let at = begins.trailing_zeros();
            let start = self.block * SIZE + at as usize;
            found |= u64::from(sieve::may_begin(self.text, start)) << at;
            begins &= begins - 1;
        }
        found
    }
}

/// Where words go on that are long enough to be random tokens.
fn long_words(words: u64, before: u64) -> u64 {
    let all = u128::from(words) << SIZE | u128::from(before);
    let mut long = all;
    for length in [1, 2, 4, 8, 16, 1] {
        long &= long << length;
    }
    (long >> SIZE) as u64
}

/// One bit for each byte of a block, by what it is.
#[derive(Clone, Copy, Debug)]
struct Masks {
    lower: u64,
    upper: u64,
    digits: u64,
    dashes: u64,
    /// What else joins letters in names.
    joins: u64,
    colons: u64,
    slashes: u64,
    /// What a scan stops at wherever it stands.
    odd: u64,
}

impl Masks {
    fn of(text: &[u8], block: usize) -> Masks {
        let rest = text.get(block * SIZE..).unwrap_or_default();
        let mut bytes = [b'\n'; SIZE];
        match rest.first_chunk() {
            Some(block) => bytes = *block,
            None => bytes[..rest.len()].copy_from_slice(rest),
        }
        for byte in &mut bytes {
            *byte = class(*byte);
        }
        let (eights, _) = bytes.as_chunks();
        let mut rows = [0; 8];
        for (row, eight) in rows.iter_mut().zip(eights) {
            *row = transposed(u64::from_le_bytes(*eight));
        }
        let [lower, upper, digits, dashes, joins, colons, slashes, odd] = columns(rows);
        Masks { lower, upper, digits, dashes, joins, colons, slashes, odd }
    }

    fn words(&self) -> u64 {
        self.lower | self.upper | self.digits | self.dashes | self.joins
    }
}

/// One bit for each mask that a byte is in.
///
/// Without a branch, so that the compiler looks at many bytes at once.
const fn class(byte: u8) -> u8 {
    let lower = (byte.wrapping_sub(b'a') < 26) as u8;
    let upper = (byte.wrapping_sub(b'A') < 26) as u8;
    let digit = (byte.wrapping_sub(b'0') < 10) as u8;
    let encodes = byte == b'%';
    let joins = (byte == b'_') | (byte == b'.') | (byte == b'$') | (0x80 <= byte) | encodes;
    let odd = (byte == b'<') | (byte == b'\\') | (byte == b'~') | encodes;
    lower
        | upper << 1
        | digit << 2
        | ((byte == b'-') as u8) << 3
        | (joins as u8) << 4
        | ((byte == b':') as u8) << COLON
        | ((byte == b'/') as u8) << SLASH
        | (odd as u8) << ODD
}

/// Makes rows of the columns of eight times eight bits.
fn transposed(bits: u64) -> u64 {
    [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)]
        .into_iter()
        .fold(bits, |bits, (width, mask)| {
            let swapped = (bits ^ bits >> width) & mask;
            bits ^ swapped ^ swapped << width
        })
}

/// Makes rows of the columns of eight times eight bytes.
fn columns(mut rows: [u64; 8]) -> [u64; 8] {
    for (width, mask) in
        [(4, 0x0000_0000_ffff_ffff), (2, 0x0000_ffff_0000_ffff), (1, 0x00ff_00ff_00ff_00ff)]
    {
        for at in (0..8).filter(|at| at & width == 0) {
            let swapped = (rows[at] >> (8 * width) ^ rows[at + width]) & mask;
            rows[at + width] ^= swapped;
            rows[at] ^= swapped << (8 * width);
        }
    }
    rows
}

/// Whether a byte is part of a word: letters, digits, and what joins them in names.
static IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let class = class(byte as u8);
        table[byte] = class & 0b1_1111 != 0;
        byte += 1;
    }
    table
};

const SIZE: usize = 64;
const COLON: u32 = 5;
const SLASH: u32 = 6;
const ODD: u32 = 7;
/// The last byte of a block.
const LAST: u64 = 1 << 63;
const LAST_3: u64 = LAST | LAST >> 1 | LAST >> 2;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_words_are_those_that_a_look_at_each_byte_finds(
            text in proptest::collection::vec(any::<u8>(), 0..300),
            at in 0_usize..300,
        ) {
            let is_stop = |at: &usize| {
                IN_WORD[usize::from(text[*at])] || b"</\\~".contains(&text[*at])
            };

            let mut stops = Stops::new(&text, Which::All);
            let next = stops.next(at);

            prop_assert_eq!(next, (at..text.len()).find(is_stop));
            if let Some(stop) = next.filter(|stop| IN_WORD[usize::from(text[*stop])]) {
                let is_end = |at: &usize| !IN_WORD[usize::from(text[*at])];
                let end = (stop..text.len()).find(is_end).unwrap_or(text.len());
                prop_assert_eq!(stops.word(at, stop), (stop, end));
                let start = (0..stop).rev().find(is_end).map_or(0, |before| before + 1);
                prop_assert_eq!(stops.word(0, stop), (start, end));
            }
        }

        #[test]
        fn a_long_word_is_a_stop_wherever_it_stands(before in 0_usize..200, length in 33_usize..200) {
            let text = format!("{}{}", " ".repeat(before), "a".repeat(length));

            let next = Stops::new(text.as_bytes(), Which::Odd).next(0);

            prop_assert!(next.is_some());
        }
    }

    #[test]
    fn a_word_is_letters_digits_and_what_joins_them() {
        for byte in 0..=u8::MAX {
            let is = byte.is_ascii_alphanumeric() || b"_-.%$".contains(&byte) || 0x80 <= byte;

            assert_eq!(IN_WORD[usize::from(byte)], is, "{byte}");
        }
    }

    #[test]
    fn an_ordinary_line_has_few_stops() {
        let line =
            b"2026-11-21T05:04:29.009966Z  INFO app::orders: order stored items=3 total=41.50";
        let count = |which| {
            let mut stops = Stops::new(line, which);
            let mut next = stops.next(0);
            std::iter::from_fn(|| {
                let found = next?;
                next = stops.next(found + 1);
                Some(found)
            })
            .count()
        };

        assert!(count(Which::Odd) <= 2);
        assert!(50 <= count(Which::All));
    }
}
