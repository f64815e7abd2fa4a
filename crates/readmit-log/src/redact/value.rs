//! Where the value behind a name begins and ends.

use std::ops::Range;

/// Returns what stands between quotes that begin here, and the place behind them.
///
/// Quotes may be escaped, as in JSON within JSON; then only ones escaped in the same way end it.
/// Where they are not closed, the value goes on to the end of the text, or of the line where the
/// quote may be an apostrophe.
pub(crate) fn quoted(text: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let slashes = text[at..].iter().take(MOST_SLASHES).take_while(|byte| **byte == b'\\').count();
    let quote = *text.get(at + slashes)?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let from = at + slashes + 1;
    let mut run = 0;
    for (offset, &byte) in text[from..].iter().enumerate() {
        if byte == quote && run == slashes {
            return Some((from..from + offset - slashes, from + offset + 1));
        }
        let ends_line = byte == b'\n' && quote != b'"';
        if ends_line {
            return Some((from..from + offset, from + offset));
        }
        // Without an escape before the quotes, one inside makes the next character an ordinary one.
        run = match byte {
            b'\\' if slashes == 0 && run == 1 => 0,
            b'\\' => run + 1,
            _ => 0,
        };
    }
    Some((from..text.len(), text.len()))
}

/// Returns the place behind the bracket that closes the one here, or the end of the text.
pub(crate) fn bracket_end(text: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut next = at;
    while let Some(&byte) = text.get(next) {
        match byte {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => {
                depth -= 1;
                if depth == 0 {
                    return next + 1;
                }
            }
            b'"' => {
                next = quoted(text, next).map_or(next + 1, |(_, after)| after);
                continue;
            }
            _ => {}
        }
        next += 1;
    }
    text.len()
}

/// Returns where a value without quotes ends.
///
/// What separates values may be part of a password too, so it ends one only where something follows
/// that looks like the next name, or nothing at all.
pub(crate) fn plain_end(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(&byte) = text.get(end) {
        let ends = match byte {
            b'"' | b'\'' | b'`' | b'\\' => true,
            b'&' | b';' | b',' | b'|' => is_before_name(text, end + 1),
            b')' | b']' | b'}' | b'>' | b'<' => is_before_gap(text, end + 1) || byte == b'<',
            _ => byte.is_ascii_whitespace(),
        };
        if ends {
            break;
        }
        end += 1;
    }
    end
}

/// Returns the word that stands here, without the signs that end a sentence or a list.
pub(crate) fn word(text: &[u8], at: usize) -> Range<usize> {
    let length = text[at..]
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || b"\"'`<>()[]{};,\\".contains(byte))
        .unwrap_or(text.len() - at);
    let kept = text[at..at + length].iter().rev().take_while(|byte| b".:!?".contains(byte)).count();
    at..at + length - kept
}

/// Whether the text goes on with a name and a sign behind it, or not at all.
fn is_before_name(text: &[u8], at: usize) -> bool {
    let rest = &text[at.min(text.len())..];
    let name = rest
        .iter()
        .take(LONGEST_NAME)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.$%[]".contains(byte))
        .count();
    match rest.get(name) {
        None => name == 0,
        Some(b'=' | b':') => 0 < name,
        Some(byte) => name == 0 && (byte.is_ascii_whitespace() || b"\"'`\\".contains(byte)),
    }
}

fn is_before_gap(text: &[u8], at: usize) -> bool {
    text.get(at)
        .is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'`,;.:)]}>\\<&|".contains(byte))
}

/// Returns the end of the line, which an escape such as `\r\n` ends as well, and so does a quote.
pub(crate) fn line_end(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    let length = rest.iter().position(|byte| b"\r\n\"'`\\".contains(byte));
    at + length.unwrap_or(rest.len())
}

/// Returns the place behind the blanks that stand here, if they are few.
pub(crate) fn skip_blanks(text: &[u8], at: usize) -> usize {
    let blanks = text[at..].iter().take(MOST_BLANKS).take_while(|byte| b" \t".contains(byte));
    at + blanks.count()
}

/// Returns the place behind what may stand between a sign and its value: blanks, the end of the line
/// where the value is folded into the next one, and the letter that some languages put before quotes.
pub(crate) fn begin(text: &[u8], at: usize) -> usize {
    let here = skip_blanks(text, at);
    let here = folded(text, here).unwrap_or(here);
    let letters = text[here..].iter().take(2).take_while(|byte| b"bBrRuU".contains(byte)).count();
    let hashes = text[here + letters..].iter().take(8).take_while(|byte| **byte == b'#').count();
    match text.get(here + letters + hashes) {
        Some(b'"' | b'\'') if 0 < letters => here + letters + hashes,
        _ => here,
    }
}

/// Returns where a value begins that stands in the next line: indented and no name itself, or within
/// quotes.
pub(crate) fn folded(text: &[u8], at: usize) -> Option<usize> {
    let line = match text.get(at..)? {
        [b'\r', b'\n', ..] => at + 2,
        [b'\n', ..] => at + 1,
        _ => return None,
    };
    let value = skip_blanks(text, line);
    let found = word(text, value);
    let next = text.get(skip_blanks(text, found.end));
    let is_value = match text.get(value)? {
        b'"' | b'\'' => true,
        _ => line < value && !found.is_empty() && !matches!(next, Some(b':' | b'=')),
    };
    is_value.then_some(value)
}

const LONGEST_NAME: usize = 64;
const MOST_BLANKS: usize = 16;
const MOST_SLASHES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_an_escaped_quote_does_not_end_a_value() {
        assert_eq!(quoted(br#""qu\"ote\\" x"#, 0), Some((1..10, 11)));
        assert_eq!(quoted(br#"\"abc\"){"#, 0), Some((2..5, 7)));
        assert_eq!(quoted(br#"\"a\\\"b\" x"#, 0), Some((2..8, 10)));
        assert_eq!(quoted(b"abc", 0), None);
    }

    #[test]
    fn r82_a_value_that_is_not_closed_goes_on() {
        assert_eq!(quoted(b"\"abc\ndef", 0), Some((1..8, 8)));
        assert_eq!(quoted(b"'abc\ndef", 0), Some((1..4, 4)));
        assert_eq!(bracket_end(b"[1, [2], x", 0), 10);
    }

    #[test]
    fn r82_a_sign_within_a_password_does_not_end_it() {
        let end = |text: &str| plain_end(text.as_bytes(), 0);
        for (text, value) in [
            ("p@ss/w:rd?&=vea9lk", 18),
            ("abc&page=2", 3),
            ("abc, next", 3),
            ("abc) next", 3),
            ("a)b c", 3),
            ("abc;", 3),
            ("a;b", 3),
            ("abc\\r\\nHost", 3),
        ] {
            assert_eq!(end(text), value, "{text}");
        }
    }

    #[test]
    fn brackets_in_quotes_close_nothing() {
        assert_eq!(bracket_end(br#"["]", "x"] y"#, 0), 10);
    }
}
