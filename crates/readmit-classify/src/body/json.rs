//! JSON, and what remains of it.

use serde_json::{Map, Value};

use super::{Body, Format, MEMBER_LIMIT, lossy};

/// Reads a whole object, the first object of an array, or the scalar members of what remains.
pub(super) fn read(bytes: &[u8], cut: bool) -> Body {
    let whole = if cut { None } else { parse(bytes) };
    match whole {
        Some(Value::Object(members)) => Body { members, format: Format::Json },
        Some(Value::Array(items)) => {
            let mut items = items.into_iter();
            let members = match items.next() {
                Some(Value::Object(members)) => members,
                Some(text @ Value::String(_)) => Map::from_iter([("message".to_owned(), text)]),
                _ => Map::new(),
            };
            Body { members, format: Format::Json }
        }
        _ => Body { members: salvage(bytes), format: Format::Marked },
    }
}

fn parse(bytes: &[u8]) -> Option<Value> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Some(value),
        // Invalid UTF-8 inside a string is no reason to lose the rest.
        Err(_) if std::str::from_utf8(bytes).is_err() => serde_json::from_str(&lossy(bytes)).ok(),
        Err(_) => None,
    }
}

/// Collects `"name": scalar` wherever it stands, the first of each name, in one pass.
fn salvage(bytes: &[u8]) -> Map<String, Value> {
    let mut members = Map::new();
    let mut at = 0;
    while members.len() < MEMBER_LIMIT {
        let Some(quote) = bytes.get(at..).and_then(|rest| find(rest, b'"')) else { break };
        let (name, after) = string(bytes, at + quote);
        at = after;
        let colon = skip_space(bytes, at);
        if bytes.get(colon) != Some(&b':') {
            continue;
        }
        at = skip_space(bytes, colon + 1);
        let (value, after) = match bytes.get(at) {
            Some(b'"') => string(bytes, at),
            _ => scalar(bytes, at),
        };
        at = after;
        if let (Some(Value::String(name)), Some(value)) = (name, value) {
            members.entry(name).or_insert(value);
        }
    }
    members
}

/// Reads the string that begins at this quote, and says where it ends; one that was cut is kept.
fn string(bytes: &[u8], quote: usize) -> (Option<Value>, usize) {
    let start = quote + 1;
    let mut end = start;
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'"' => {
                let text = lossy(&bytes[quote..=end]);
                return (serde_json::from_str(&text).ok(), end + 1);
            }
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    let cut = lossy(bytes.get(start..).unwrap_or_default()).into_owned();
    (Some(Value::String(cut)), bytes.len())
}

/// Reads a number or a word; nothing where an object or an array begins.
fn scalar(bytes: &[u8], start: usize) -> (Option<Value>, usize) {
    let rest = bytes.get(start..).unwrap_or_default();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let end = start + rest.iter().take_while(|byte| is_part(byte)).count();
    (serde_json::from_slice(&bytes[start.min(end)..end]).ok(), end)
}

fn skip_space(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn find(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|&byte| byte == wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn r75_what_remains_of_a_cut_body_is_read() {
        let body = br#"{"error": {"code": "A\u0042", "n": 7, "list": [1, "x"], "message": "it bro"#;

        let members = Value::Object(read(body, true).members);

        assert_eq!(members, json!({"code": "AB", "n": 7, "message": "it bro"}));
    }

    #[test]
    fn r75_invalid_utf_8_loses_one_character_and_not_the_body() {
        let read = read(b"{\"error_code\": \"AUTH_003\", \"x\": \"\xff\"}", false);

        assert_eq!(read.format, Format::Json);
        assert_eq!(read.members["error_code"], "AUTH_003");
    }

    #[test]
    fn r75_nesting_without_an_end_is_left() {
        let mut deep = vec![b'['; 64 * 1024];
        assert!(read(&deep, false).members.is_empty());

        deep.extend_from_slice(br#""error_code": "AUTH_003""#);
        assert_eq!(read(&deep, false).members["error_code"], "AUTH_003");
    }

    #[test]
    fn r75_no_ending_of_a_body_is_too_sharp() {
        let body = br#"{"a\"b": "c\\", "d": -1.5e3, "e": tru"#;

        for end in 0..=body.len() {
            let _ = read(&body[..end], true);
        }

        assert_eq!(Value::Object(read(body, true).members), json!({"a\"b": "c\\", "d": -1500.0}));
    }
}
