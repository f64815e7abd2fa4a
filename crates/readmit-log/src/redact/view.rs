//! A text as a reader of it takes it: without what is not seen.

use std::ops::Range;

use readmit_error::acts;

use crate::redact::percent;

/// A text without invisible characters and terminal sequences, its escapes of letters undone.
#[derive(Debug)]
pub(crate) struct View {
    text: Vec<u8>,
    /// Where each byte of the view stands in the text, and behind them where the text ends.
    places: Vec<usize>,
}

impl View {
    /// Returns the view of a text, or `None` where it looks the same.
    pub(crate) fn of(text: &str) -> Option<View> {
        if !differs(text) {
            return None;
        }
        let mut view = View { text: Vec::with_capacity(text.len()), places: Vec::new() };
        let bytes = text.as_bytes();
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let skip = match c {
                '\u{1b}' => sequence(&bytes[at..]),
                '\\' => match escaped(&bytes[at..]) {
                    Some(letter) => {
                        view.push(at, &[letter]);
                        ESCAPE
                    }
                    None => 0,
                },
                _ => 0,
            };
            if 0 < skip {
                while chars.next_if(|(next, _)| *next < at + skip).is_some() {}
            } else if !acts(c) || breaks_line(c) {
                view.push(at, &bytes[at..at + c.len_utf8()]);
            }
        }
        let is_other = view.text != bytes;
        view.places.push(bytes.len());
        is_other.then_some(view)
    }

    /// Returns a text with its percent-encoding undone, whichever characters somebody has encoded;
    /// `None` where it has none.
    pub(crate) fn decoded(text: &str) -> Option<View> {
        let bytes = text.as_bytes();
        if !bytes.contains(&b'%') {
            return None;
        }
        let mut view = View { text: Vec::with_capacity(text.len()), places: Vec::new() };
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let escaped = percent::escape(bytes, at).filter(|_| byte == b'%');
            view.push(at, &[escaped.unwrap_or(byte)]);
            at += if escaped.is_some() { 3 } else { 1 };
        }
        view.places.push(bytes.len());
        Some(view)
    }

    /// Returns a text with the escapes of JSON undone, whichever characters somebody has escaped;
    /// `None` where it has none.
    pub(crate) fn unescaped(text: &str) -> Option<View> {
        let bytes = text.as_bytes();
        if !bytes.contains(&b'\\') {
            return None;
        }
        let mut view = View { text: Vec::with_capacity(text.len()), places: Vec::new() };
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let escape = bytes.get(at..).filter(|_| byte == b'\\').and_then(character);
            match escape {
                Some((c, length)) => {
                    // All of a character stands where its escape does.
                    let spelled = c.encode_utf8(&mut [0; 4]).len();
                    view.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    view.places.extend(std::iter::repeat_n(at, spelled));
                    at += length;
                }
                None => {
                    view.push(at, &[byte]);
                    at += 1;
                }
            }
        }
        view.places.push(bytes.len());
        Some(view)
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where a part of the view stands in the text.
    pub(crate) fn place(&self, part: Range<usize>) -> Range<usize> {
        self.places[part.start]..self.places[part.end]
    }

    fn push(&mut self, at: usize, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
        self.places.extend((0..bytes.len()).map(|offset| at + offset));
    }
}

/// Whether there may be something in a text that is not seen.
pub(crate) fn differs(text: &str) -> bool {
    // Plain text is looked at without a branch for each byte.
    let (mut has_odd, mut escapes) = (false, false);
    for &byte in text.as_bytes() {
        has_odd |= ((byte < b' ') & (byte != b'\n')) | (0x7f <= byte);
        escapes |= byte == b'\\';
    }
    // Most of what is not ASCII is seen all the same.
    let is_hidden = |c| !(' '..'\u{7f}').contains(&c) && acts(c) && !breaks_line(c);
    let has_escape = escapes && super::shape::find(text.as_bytes(), b"\\u00").is_some();
    has_escape || (has_odd && text.chars().any(is_hidden))
}

/// Characters that begin a line separate words, so they stay.
fn breaks_line(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns how long the terminal sequence is that a text begins with.
fn sequence(text: &[u8]) -> usize {
    match text.get(1) {
        Some(b'[') => {
            let parameters =
                text[2..].iter().take(32).take_while(|byte| b"0123456789;:?".contains(byte));
            2 + parameters.count() + 1
        }
        _ => 1,
    }
}

/// Returns the letter, the digit or the sign that `\u00xx` stands for.
fn escaped(text: &[u8]) -> Option<u8> {
    let digits = text.get(..ESCAPE)?.strip_prefix(b"\\u00")?;
    let byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    byte.is_ascii_graphic().then_some(byte).filter(|byte| !b"\"\\".contains(byte))
}

/// Returns the character that an escape of JSON stands for (RFC 8259 section 7), and its length.
fn character(text: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
    };
    let c = match text.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = unit(0)?;
            return match char::from_u32(first.into()) {
                Some(c) => Some((c, ESCAPE)),
                None => {
                    let pair = char::decode_utf16([first, unit(ESCAPE)?]).next()?.ok()?;
                    Some((pair, 2 * ESCAPE))
                }
            };
        }
        _ => return None,
    };
    Some((c, 2))
}

/// Characters of `\u00xx`.
const ESCAPE: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_what_is_not_seen_is_not_in_the_view() {
        for (text, seen) in [
            ("to\u{200b}ken=a", "token=a"),
            ("\u{1b}[3mtoken\u{1b}[0m\u{1b}[2m=\u{1b}[0ma", "token=a"),
            (r"pass\u0077ord", "password"),
            ("a\0b\u{8}c\nd", "abc\nd"),
            ("\u{1b}", ""),
        ] {
            let view = View::of(text).unwrap();

            assert_eq!(str::from_utf8(view.text()).unwrap(), seen);
            assert_eq!(view.place(0..view.text().len()).end, text.len());
        }
    }

    #[test]
    fn a_text_that_is_all_seen_has_no_view() {
        for text in ["token=a\r\n\tb", "", "pässword", r"C:\users\0"] {
            assert!(View::of(text).is_none(), "{text:?}");
        }
    }
}
