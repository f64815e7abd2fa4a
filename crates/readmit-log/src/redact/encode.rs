//! The ways in which a secret is written down.

use std::fmt::Write;

/// Returns every spelling of a value in which a log may hold it, each with how many characters next
/// to it hold a part of it as well.
pub(crate) fn spellings(value: &str) -> Vec<(Vec<u8>, usize)> {
    let bytes = value.as_bytes();
    let mut spellings = vec![(bytes.to_vec(), 0)];
    for encoded in [
        percent(bytes, false, char::to_ascii_uppercase),
        percent(bytes, false, char::to_ascii_lowercase),
        percent(bytes, true, char::to_ascii_uppercase),
        json(value, false),
        json(value, true),
        // JSON may escape slashes too, and some of its writers do.
        json(value, false).replace('/', "\\/"),
        markup(value),
    ] {
        spellings.push((encoded.into_bytes(), 0));
    }
    let hex = |upper: bool| {
        bytes.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = if upper { write!(hex, "{byte:02X}") } else { write!(hex, "{byte:02x}") };
            hex
        })
    };
    spellings.extend([hex(true), hex(false)].map(|hex| (hex.into_bytes(), 0)));
    for alphabet in [STANDARD, URL_SAFE] {
        for offset in 0..3 {
            spellings.push((base64(bytes, offset, alphabet), 1));
        }
    }
    spellings.sort();
    spellings.dedup_by(|a, b| a.0 == b.0);
    spellings
}

/// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
fn percent(bytes: &[u8], is_form: bool, case: fn(&char) -> char) -> String {
    let mut encoded = String::new();
    for &byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' if is_form => encoded.push('+'),
            _ => {
                encoded.push('%');
                for digit in [byte >> 4, byte & 0xf] {
                    let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                    encoded.push(case(&digit));
                }
            }
        }
    }
    encoded
}

/// Writes a text as the inside of a JSON string; with `ascii`, as those do who escape all else.
fn json(value: &str, ascii: bool) -> String {
    let quoted = serde_json::to_string(value).unwrap_or_default();
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inside = inside.unwrap_or_default();
    if !ascii {
        return inside.to_owned();
    }
    inside.chars().fold(String::new(), |mut escaped, c| {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
        escaped
    })
}

fn markup(value: &str) -> String {
    let escapes = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")];
    escapes.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Returns those characters that the value alone decides where it stands `offset` bytes behind a
/// multiple of three.
fn base64(bytes: &[u8], offset: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let first = (offset * 8).div_ceil(6);
    let last = (offset + bytes.len()) * 8 / 6;
    let bit = |at: usize| {
        let byte = (at / 8).checked_sub(offset).and_then(|at| bytes.get(at)).copied();
        usize::from(byte.unwrap_or(0) >> (7 - at % 8) & 1)
    };
    let sextet = |at: usize| (at * 6..at * 6 + 6).fold(0, |bits, at| bits << 1 | bit(at));
    (first..last).map(|at| alphabet[sextet(at)]).collect()
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_a_secret_is_spelled_in_every_encoding() {
        let all: Vec<_> = spellings("qu\"ote ä?/")
            .into_iter()
            .map(|(spelling, _)| String::from_utf8(spelling).unwrap())
            .collect();

        for spelling in [
            "qu\"ote ä?/",
            "qu%22ote%20%C3%A4%3F%2F",
            "qu%22ote%20%c3%a4%3f%2f",
            "qu%22ote+%C3%A4%3F%2F",
            "qu\\\"ote ä?/",
            "qu\\\"ote ä?\\/",
            "qu\\\"ote \\u00e4?/",
            "qu&quot;ote ä?/",
            "7175226f746520c3a43f2f",
            "7175226F746520C3A43F2F",
        ] {
            assert!(all.iter().any(|it| it == spelling), "{spelling}");
        }
    }

    #[test]
    fn r82_base64_is_found_at_every_offset() {
        // "x:secret!", "xy:secret!", "xyz:secret!" in base64.
        for (offset, encoded) in
            [(2, "eDpzZWNyZXQh"), (0, "eHk6c2VjcmV0IQ=="), (1, "eHl6OnNlY3JldCE=")]
        {
            let inside = String::from_utf8(base64(b"secret", offset, STANDARD)).unwrap();

            assert!(encoded.contains(&inside), "{offset}: {inside} in {encoded}");
            assert!(6 <= inside.len());
        }
    }
}
