//! What cannot be secret nor announce a secret, told at a glance.
//!
//! Nearly every word of nearly every text falls through here, for a fraction of what a thorough look
//! at it costs. What stays in the sieve need not be secret.

use crate::redact::vocabulary::WORDS;
use crate::redact::word::Meaning;
use crate::redact::{looks, prefix, value};

/// Whether a word neither is a secret nor announces one.
///
/// It ends at `end`; the names that the application has added are not known here.
pub(crate) fn is_ordinary(text: &[u8], start: usize, end: usize) -> bool {
    let next = text.get(end).copied().unwrap_or(b'\n');
    let announces = match next {
        b' ' | b'\t' => {
            let behind = text.get(value::skip_blanks(text, end));
            let is_flag = text[start] == b'-' || matches!(behind, Some(b'=' | b':'));
            is_flag || may_end_in_noun(text, end)
        }
        b':' if text[end..].starts_with(b"://") => true,
        b'=' | b':' | b'"' | b'\'' | b'`' | b'\\' | b']' | b'(' => {
            may_name_secret(&text[start..end])
        }
        _ => false,
    };
    !announces && !may_be_token(text, start, end, next)
}

/// Whether letters that end here may be those of a word that announces a secret, in a name or not.
pub(crate) fn may_announce(text: &[u8], end: usize) -> bool {
    let Some(last) = text[..end].last_chunk() else { return true };
    let gram = gram(last);
    EITHER.has(gram) | (gram & TWO == PW)
}

/// Whether a word that begins here may begin as tokens do, or as a name does that is secret.
pub(crate) fn may_begin(text: &[u8], start: usize) -> bool {
    prefix::may_begin(text, start)
        || text.get(start..start + 3).is_some_and(|three| three.eq_ignore_ascii_case(b"pas"))
}

/// Whether the word is one that a secret may follow in a sentence.
fn may_end_in_noun(text: &[u8], end: usize) -> bool {
    let Some(last) = text[..end].last_chunk() else { return true };
    NOUNS.has(gram(last))
}

/// Whether some word of a name may be one that makes the value secret.
fn may_name_secret(name: &[u8]) -> bool {
    let mut gram = 0;
    let mut found = false;
    for (at, &byte) in name.iter().enumerate() {
        gram = push(gram, byte);
        // A word ends where no small letter follows.
        let next = name.get(at + 1).copied().unwrap_or(b'.');
        let ends = 25 < next.wrapping_sub(b'a');
        found |= (ends & (NAMES.has(gram) | (gram & TWO == PW))) | (gram & THREE == SSW);
    }
    found
}

/// Whether a token of a known shape may begin within the word.
fn may_be_token(text: &[u8], start: usize, end: usize, next: u8) -> bool {
    let word = &text[start..end];
    if word.len() < SHORTEST_TOKEN && !matches!(next, b'|' | b'/' | b'+' | b'~' | b':') {
        return false;
    }
    if looks::is_uuid(word) && !matches!(next, b'~' | b':') {
        return false;
    }
    let is_long = SHORTEST_RANDOM <= word.len();
    let ends_in_number = || word.iter().rev().take(6).all(u8::is_ascii_digit);
    let capitals = || word.iter().map(|byte| usize::from(byte.is_ascii_uppercase())).sum::<usize>();
    next == b'~'
        || (next == b':' && ends_in_number())
        || (is_long && (4 <= capitals() || word.contains(&b'.')))
        || prefix::may_begin_in(&text[start..text.len().min(end + 2)])
}

/// Sets of words by their last four letters; of the shorter ones, whatever stands before them.
#[derive(Debug)]
struct Grams([u64; SLOTS / 64]);

impl Grams {
    const fn of_words_that(wanted: &[Meaning]) -> Grams {
        let mut grams = Grams([0; SLOTS / 64]);
        let mut at = 0;
        while at < WORDS.len() {
            let (word, meaning) = WORDS[at];
            let mut marker = 0;
            while marker < wanted.len() {
                if meaning.has(wanted[marker]) {
                    grams.insert(word.as_bytes());
                    break;
                }
                marker += 1;
            }
            at += 1;
        }
        grams
    }

    const fn insert(&mut self, word: &[u8]) {
        if word.len() == 3 {
            let end = push(push(push(0, word[0]), word[1]), word[2]);
            let mut before = 0;
            while before < 32 {
                self.set(before << 15 | end);
                before += 1;
            }
        } else if 4 <= word.len() {
            let end = word.len();
            self.set(gram(&[word[end - 4], word[end - 3], word[end - 2], word[end - 1]]));
        }
    }

    const fn set(&mut self, gram: u32) {
        let slot = slot(gram);
        self.0[slot / 64] |= 1 << (slot % 64);
    }

    fn has(&self, gram: u32) -> bool {
        let slot = slot(gram);
        self.0[slot / 64] >> (slot % 64) & 1 != 0
    }
}

/// Appends a letter, whatever its case, to the last four as a number.
const fn push(gram: u32, byte: u8) -> u32 {
    (gram << 5 | (byte & 31) as u32) & ((1 << 20) - 1)
}

const fn gram(letters: &[u8; 4]) -> u32 {
    push(push(push(push(0, letters[0]), letters[1]), letters[2]), letters[3])
}

const fn slot(gram: u32) -> usize {
    (gram.wrapping_mul(SPREAD) >> (u32::BITS - SLOT_BITS)) as usize
}

/// Words that make the value of a name secret by themselves or with the word before them.
static NAMES: Grams = {
    use Meaning as M;

    // The stems of `dbpassword` and its like are words of their own too.
    Grams::of_words_that(&[
        M::CODE,
        M::COOKIE,
        M::CREDENTIALS,
        M::HOLDER,
        M::KEY,
        M::LOGIN,
        M::SECRET,
        M::STATE,
        M::STRING,
        M::SUSPECT,
        M::TOKEN,
    ])
};

static EITHER: Grams = {
    let mut either = Grams([0; SLOTS / 64]);
    let mut at = 0;
    while at < SLOTS / 64 {
        either.0[at] = NAMES.0[at] | NOUNS.0[at];
        at += 1;
    }
    either
};

/// Words that a secret may follow in a sentence, and the first line of a private key.
static NOUNS: Grams = {
    use Meaning as M;

    let mut nouns =
        Grams::of_words_that(&[M::CODE_NOUN, M::PASSWORD_NOUN, M::SCHEME, M::TOKEN_NOUN]);
    nouns.insert(b"BEGIN");
    nouns
};

/// Characters of the shortest token that has a shape.
pub(crate) const SHORTEST_TOKEN: usize = 14;
/// Characters of a word that may be a random token.
pub(crate) const SHORTEST_RANDOM: usize = 33;
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 15;
/// The golden ratio in 32 bits: neighbours fall far apart.
const SPREAD: u32 = 0x9e37_79b1;
const THREE: u32 = (1 << 15) - 1;
const TWO: u32 = (1 << 10) - 1;
/// The one secret word of two letters.
const PW: u32 = push(push(0, b'p'), b'w');
/// In `password…` and `passwd…`, which make a secret of every word that begins so.
const SSW: u32 = push(push(push(0, b's'), b's'), b'w');

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::name::Class;

    #[test]
    fn r82_every_word_that_says_secret_stays_in_the_sieve() {
        for (word, _) in WORDS {
            for name in [word.to_string(), format!("a_{word}2"), format!("db{}Hash", capital(word))]
            {
                let is_secret = Class::of(name.as_bytes()) != Class::Plain;

                assert!(!is_secret || may_name_secret(name.as_bytes()), "{name}");
            }
        }
    }

    #[test]
    fn ordinary_words_fall_through() {
        for text in [
            "order stored id=7",
            "elapsed_ms=12",
            "\"count\": 42",
            "0e95725d-7320-415d-80f7-004da920fc11 ",
        ] {
            let end = text.bytes().position(|byte| b" =\"".contains(&byte)).unwrap_or(text.len());
            assert!(is_ordinary(text.as_bytes(), 0, end.max(1)), "{text}");
        }
    }

    fn capital(word: &str) -> String {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    }
}
