//! Whether a word looks like something that a machine made up to be unguessable.

/// Whether a word is no word of a language and no number: what stands where a secret is expected.
pub(crate) fn is_unusual(word: &[u8], length: usize) -> bool {
    if word.len() < length {
        return false;
    }
    let count = Count::of(word);
    let letters = count.upper + count.lower;
    // One of digits alone may be a code; a sentence has shorter numbers.
    let is_number = letters == 0 && count.other == 0;
    if is_number {
        return 6 <= word.len();
    }
    let has_digits = 1 <= count.digits && 1 <= letters;
    // `Expired` and `JWT` are ordinary, `iPxQa` is not.
    let is_mixed = 1 <= count.lower && 2 <= count.upper;
    let has_signs = count.other != 0 && !count.is_ordinary_sign(word);
    has_digits || is_mixed || has_signs
}

/// Whether a word is long and random: letters and digits mixed as nobody writes them.
pub(crate) fn is_random(word: &[u8]) -> bool {
    if word.len() < 16 || is_uuid(word) || is_dated(word) {
        return false;
    }
    let count = Count::of(word);
    let is_hex = word.iter().all(u8::is_ascii_hexdigit) && 4 <= count.digits;
    let is_mixed = 2 <= count.digits && 2 <= count.upper && 2 <= count.lower;
    let is_base36 = 4 <= count.digits && 4 <= count.upper + count.lower && count.other == 0;
    // In paths and identifiers the kinds stand apart; in a token they change all the time.
    is_hex || ((is_mixed || is_base36) && word.len() <= count.changes * 5)
}

/// Whether a word is so long and so random that it is nothing but a token.
pub(crate) fn is_token(word: &[u8]) -> bool {
    let count = Count::of(word);
    30 <= word.len()
        && 2 <= count.digits
        && 4 <= count.upper
        && 4 <= count.lower
        && word.len() <= count.changes * 4
}

/// How many characters of which kind a word has.
#[derive(Debug, Default)]
struct Count {
    upper: usize,
    lower: usize,
    digits: usize,
    other: usize,
    /// How often the kind changes from one to the next.
    changes: usize,
}

impl Count {
    fn of(word: &[u8]) -> Count {
        let mut count = Count::default();
        let mut before = Kind::Other;
        for byte in word {
            let kind = Kind::of(*byte);
            match kind {
                Kind::Upper => count.upper += 1,
                Kind::Lower => count.lower += 1,
                Kind::Digit => count.digits += 1,
                Kind::Other => count.other += 1,
            }
            count.changes += usize::from(kind != before);
            before = kind;
        }
        count
    }

    /// Whether what is no letter only joins letters: `not-found`, `app.Error`, `don't`.
    fn is_ordinary_sign(&self, word: &[u8]) -> bool {
        word.iter()
            .all(|byte| byte.is_ascii_alphabetic() || b"-_./:'()".contains(byte) || 0x80 <= *byte)
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Upper,
    Lower,
    Digit,
    Other,
}

impl Kind {
    fn of(byte: u8) -> Kind {
        match byte {
            b'A'..=b'Z' => Kind::Upper,
            b'a'..=b'z' => Kind::Lower,
            b'0'..=b'9' => Kind::Digit,
            _ => Kind::Other,
        }
    }
}

/// Whether a word has the form of a UUID, which names something and opens nothing.
pub(crate) fn is_uuid(word: &[u8]) -> bool {
    word.len() == 36
        && word.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a word begins as an instant does: `2026-11-21T`, `20261121T`.
fn is_dated(word: &[u8]) -> bool {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
    8 <= digits && word.get(digits) == Some(&b'T')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_made_up_words_look_random() {
        for word in [
            "6eEfujfoRnxa6wHW35PBbnm3NliqNT1Nx4xyB7LQ",
            "nkP5GYIRkt5srlSHfWGX0h9JKN",
            "3b2c9780175e3ff9918f2191616116c7",
            "7E28r4unICHo1mYQ9qB24gPNXoaK7l",
        ] {
            assert!(is_random(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn words_of_people_do_not() {
        for word in [
            "insufficient_permissions",
            "AUTH_002",
            "0e95725d-7320-415d-80f7-004da920fc11",
            "2026-11-21T05:04:29.009966Z",
            "application/vnd.github.v3",
            "secretmanager.secrets.get",
            "InvalidAuthenticationToken",
        ] {
            assert!(!is_random(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn r82_what_no_sentence_has_is_unusual() {
        for word in ["Tr0ub4dor-8HlrwYMf", "hunter2", "831940", "p@ssw,rd", "iPxQar"] {
            assert!(is_unusual(word.as_bytes(), 6), "{word}");
        }
        for word in
            ["incorrect", "Required", "expired.", "must", "JWT", "not-found", "1234", "don't"]
        {
            assert!(!is_unusual(word.as_bytes(), 4), "{word}");
        }
    }
}
