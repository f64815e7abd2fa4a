//! JSON, and what remains of it.
//!
//! The walk takes what it finds: a bracket that does not match or a quote that is never closed
//! makes the text no whole JSON, and loses nothing that stands before and behind it.

use std::borrow::Cow;

use super::{Format, Path, Value, Visitor};
use crate::eights;

/// Walks over a text that begins with a brace or a bracket.
pub(super) fn walk<'a>(text: &'a str, visitor: &mut impl Visitor<'a>) -> Format {
    let mut walk = Walk {
        text,
        at: 0,
        path: Path::new(),
        levels: Levels::default(),
        name: None,
        is_whole: true,
    };
    while let Some(&byte) = text.as_bytes().get(walk.at) {
        walk.step(byte, visitor);
    }
    match text.as_bytes().first() {
        _ if !walk.is_whole || 0 < walk.levels.depth => Format::Marked,
        Some(b'{') => Format::Object,
        _ => Format::Array,
    }
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    path: Path<'a>,
    levels: Levels,
    /// The name of the member whose value comes next.
    name: Option<&'a str>,
    is_whole: bool,
}

impl<'a> Walk<'a> {
    /// Reads one token; at least one byte is read, so that the walk comes to its end.
    fn step(&mut self, byte: u8, visitor: &mut impl Visitor<'a>) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => self.at += 1,
            b'"' => self.string(visitor),
            b'{' | b'[' => self.open(byte == b'{', visitor),
            b'}' | b']' => self.close(byte == b'}'),
            _ => self.word(visitor),
        }
    }

    /// Reads a name and its colon, or a text.
    fn string(&mut self, visitor: &mut impl Visitor<'a>) {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let (end, escaped) = string_end(bytes, start);
        let inside = self.text.get(start..end).unwrap_or_default();
        self.at = end + 1;
        if self.name.is_none() {
            let colon = skip_space(bytes, self.at);
            if bytes.get(colon) == Some(&b':') {
                self.name = Some(inside);
                self.at = colon + 1;
                return;
            }
        }
        self.is_whole &= end < bytes.len();
        let text = if escaped && reads_escapes(visitor) {
            Cow::Owned(unescape(inside))
        } else {
            Cow::Borrowed(inside)
        };
        self.tell(Value::Text(text), visitor);
    }

    fn open(&mut self, is_object: bool, visitor: &mut impl Visitor<'a>) {
        let bytes = self.text.as_bytes();
        let end = if is_object { b'}' } else { b']' };
        let empty = bytes.get(skip_space(bytes, self.at + 1)) == Some(&end);
        let name = self.name.filter(|_| self.levels.can_be_named());
        self.tell(Value::Group { empty }, visitor);
        if let Some(name) = name {
            self.path.push(name);
        }
        self.levels.open(is_object, name.is_some());
        self.at += 1;
    }

    fn close(&mut self, is_object: bool) {
        match self.levels.close(is_object) {
            Some(Closed { named, matches }) => {
                self.is_whole &= matches;
                if named {
                    self.path.pop();
                }
            }
            None => self.is_whole = false,
        }
        // The name of a value that never came.
        self.name = None;
        self.at += 1;
    }

    /// Reads a number, `true`, `false`, `null`, or something that is none of them.
    fn word(&mut self, visitor: &mut impl Visitor<'a>) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte);
        let length = rest.bytes().take_while(|byte| is_part(*byte)).count();
        let word = rest.get(..length).unwrap_or_default();
        let value = match word {
            "null" => Some(Value::Null),
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                Some(Value::Number(word))
            }
            _ => None,
        };
        match value {
            Some(value) => self.tell(value, visitor),
            None => self.is_whole = false,
        }
        let other = rest.chars().next().map_or(1, char::len_utf8);
        self.at += if length == 0 { other } else { length };
    }

    fn tell(&mut self, value: Value<'a>, visitor: &mut impl Visitor<'a>) {
        self.is_whole &= 0 < self.levels.depth || self.at == 0;
        let name = self.name.take();
        if let Some(name) = name {
            self.path.push(name);
        }
        if self.path.is_told() {
            visitor.member(&self.path, value);
        }
        if name.is_some() {
            self.path.pop();
        }
    }
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// The braces and brackets that are open, and which of them have a name.
///
/// Of those deeper than 64 only the number is known: they have no name, and match.
#[derive(Debug, Default)]
struct Levels {
    depth: usize,
    objects: u64,
    named: u64,
}

struct Closed {
    named: bool,
    matches: bool,
}

impl Levels {
    fn open(&mut self, is_object: bool, is_named: bool) {
        if let Some(bit) = bit(self.depth) {
            self.objects = if is_object { self.objects | bit } else { self.objects & !bit };
            self.named = if is_named { self.named | bit } else { self.named & !bit };
        }
        self.depth += 1;
    }

    fn can_be_named(&self) -> bool {
        bit(self.depth).is_some()
    }

    fn close(&mut self, is_object: bool) -> Option<Closed> {
        self.depth = self.depth.checked_sub(1)?;
        let Some(bit) = bit(self.depth) else {
            return Some(Closed { named: false, matches: true });
        };
        let matches = (self.objects & bit != 0) == is_object;
        Some(Closed { named: self.named & bit != 0, matches })
    }
}

fn bit(depth: usize) -> Option<u64> {
    (depth < 64).then(|| 1 << depth)
}

/// Returns where the string ends, its quote excluded, and whether there is an escape in it.
#[inline]
fn string_end(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut escaped = false;
    let mut at = start;
    let mark = |rest| eights::position(rest, *b"\"\\");
    while let Some(plain) = bytes.get(at..).and_then(mark) {
        at += plain;
        if bytes.get(at) == Some(&b'"') {
            return (at, escaped);
        }
        escaped = true;
        at += 2;
    }
    (bytes.len(), escaped)
}

fn reads_escapes<'a, V: Visitor<'a>>(_: &V) -> bool {
    V::READS_ESCAPES
}

/// Undoes the escapes of a string; half a surrogate pair becomes the character for what is wrong.
///
/// It stays apart from the path that nearly every string takes.
#[cold]
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        let c = match chars.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('u') => {
                let (c, length) = unicode(after);
                rest = after.get(length..).unwrap_or_default();
                out.push(c);
                continue;
            }
            Some(c) => c,
            None => return out,
        };
        out.push(c);
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// Reads `u00e9`, or the two halves `ud83d\ude00`; returns the character and the bytes read.
fn unicode(text: &str) -> (char, usize) {
    let half = |at: usize| {
        let digits = text.get(at..at + 4)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)
    };
    let Some(first) = half(1).and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
        return (char::REPLACEMENT_CHARACTER, 1);
    };
    if let Some(c) = char::from_u32(first) {
        return (c, 5);
    }
    let second = (text.get(5..7) == Some("\\u")).then(|| half(7)).flatten();
    let second = second.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match second.filter(|low| (0xdc00..0xe000).contains(low) && first < 0xdc00) {
        Some(low) => {
            let c = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00));
            (c.unwrap_or(char::REPLACEMENT_CHARACTER), 11)
        }
        None => (char::REPLACEMENT_CHARACTER, 5),
    }
}

#[cfg(test)]
mod tests {
    use crate::body::tests::lines;

    use super::*;

    #[test]
    fn each_member_has_the_names_it_stands_in() {
        let body = r#"{"a": {"b": [{"c": 1}, {"d": [true, null]}]}, "e": -1.5e3, "f": "x"}"#;

        assert_eq!(lines(body), ["a.b.c=1", "a.b.d=true", "a.b.d=null", "e=-1.5e3", "f=\"x\""]);
    }

    #[test]
    fn r75_what_remains_of_a_cut_body_is_read() {
        let body = r#"{"error": {"code": "A\u0042", "n": 7, "list": [1, "x"], "message": "it bro"#;

        assert_eq!(
            lines(body),
            [
                "error.code=\"AB\"",
                "error.n=7",
                "error.list=1",
                "error.list=\"x\"",
                "error.message=\"it bro\""
            ]
        );
    }

    #[test]
    fn r75_nesting_without_an_end_is_left() {
        let deep = "[".repeat(64 * 1024);
        assert!(lines(&deep).is_empty());

        assert_eq!(lines(&format!("{deep}{{\"a\": 1}}")), ["a=1"]);
        let named = "{\"a\":".repeat(10_000);
        assert!(lines(&format!("{named}1")).is_empty());
        let closed = format!("{named}1{}", "}".repeat(9_999));
        assert_eq!(lines(&format!("{closed}, \"b\": 2}}")), ["b=2"]);
    }

    #[test]
    fn r75_no_ending_of_a_body_is_too_sharp() {
        let body = r#"{"a\"bé": "c\\", "\ud83d\ude00": "\ud83d\ude00\u12", "e": tru"#;

        for end in (0..=body.len()).filter(|end| body.is_char_boundary(*end)) {
            let _ = lines(&body[..end]);
        }
        assert_eq!(lines(body)[0], r#"a\"bé="c\\""#);
    }

    #[test]
    fn a_string_ends_at_its_quote_wherever_that_stands() {
        assert_eq!(string_end(br#"abcdefgh\"ijk"l"#, 0), (13, true));
        assert_eq!(string_end(br"abcdefgh\", 0), (9, true));
        assert_eq!(string_end(br#"abc\""#, 0), (5, true));
        assert_eq!(string_end(br#"abc\\"d"#, 2), (5, true));
        assert_eq!(string_end(b"abc", 1), (3, false));
    }

    #[test]
    fn the_escapes_of_a_string_are_undone() {
        for (escaped, text) in [
            (r"a\n\t\r\b\f\/\\b", "a\n\t\r\u{8}\u{c}/\\b"),
            (r"\u00e9\ud83d\ude00", "é😀"),
            (r"\ud83d\u00e9", "\u{fffd}é"),
            (r"\ude00", "\u{fffd}"),
            (r"\u12", "\u{fffd}12"),
            (r"a\", "a"),
        ] {
            assert_eq!(unescape(escaped), text, "{escaped}");
        }
    }
}
