//! The body of an answer, whatever it is written in, as the members of one JSON object.

mod json;
mod markup;

use std::borrow::Cow;

use serde_json::{Map, Value};

/// What was found in a body.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) members: Map<String, Value>,
    pub(crate) format: Format,
}

/// What a body is written in; the bytes decide, and not the content type (rule 75).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Format {
    /// A JSON object, or an array around one.
    Json,
    /// XML, a form, or what remains of JSON that is not whole: it may hold a code of its own.
    Marked,
    /// A page or a text for people, or nothing: it holds no code.
    #[default]
    Prose,
}

impl Body {
    /// Reads a body; nothing in it can make this fail.
    pub(crate) fn read(bytes: &[u8], cut: bool) -> Body {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
        match bytes.first() {
            None => Body::default(),
            Some(b'{' | b'[') => json::read(bytes, cut),
            Some(_) => read_text(&lossy(bytes)),
        }
    }
}

fn read_text(text: &str) -> Body {
    if text.starts_with('<') {
        return markup::read(text);
    }
    if let Some(members) = read_form(text) {
        return Body { members, format: Format::Marked };
    }
    let message = ("message".to_owned(), Value::String(text.to_owned()));
    Body { members: Map::from_iter([message]), format: Format::Prose }
}

/// Reads `error=invalid_grant&error_description=Token%20expired`.
fn read_form(text: &str) -> Option<Map<String, Value>> {
    if text.contains(char::is_whitespace) {
        return None;
    }
    let pairs = text.split('&').take(MEMBER_LIMIT).map(|pair| pair.split_once('='));
    pairs
        .map(|pair| pair.map(|(name, value)| (name.to_owned(), Value::String(unescape(value)))))
        .collect()
}

/// Undoes percent-encoding and the plus for a space; what is no escape stays as it is.
fn unescape(value: &str) -> String {
    let bytes = value.as_bytes();
    let hex = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = hex(at + 1).zip(hex(at + 2)).map(|(high, low)| high * 16 + low);
        match (byte, escaped.and_then(|code| u8::try_from(code).ok())) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    lossy(&out).into_owned()
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Members that are kept of a body that is not whole JSON.
const MEMBER_LIMIT: usize = 64;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn r75_the_bytes_tell_what_a_body_is() {
        for (body, name, value) in [
            (r#"{"error": "x"}"#, "error", "x"),
            ("\u{feff}{\"error\": \"x\"}", "error", "x"),
            (r#"[{"error": "x"}]"#, "error", "x"),
            ("error=a+b%21%zz&c=d", "error", "a b!%zz"),
            ("<Error><Code>a &amp; b</Code></Error>", "Code", "a & b"),
            ("<!DOCTYPE html><html><title>x</title></html>", "title", "x"),
            ("error code: 1015", "message", "error code: 1015"),
        ] {
            let members = Body::read(body.as_bytes(), false).members;

            assert_eq!(members[name], json!(value), "{body}");
        }
    }

    #[test]
    fn r75_only_whole_json_is_json() {
        assert_eq!(Body::read(br#"{"a": 1}"#, false).format, Format::Json);
        for body in [r#"{"a": "#, "<a>", "a=b"] {
            assert_eq!(Body::read(body.as_bytes(), false).format, Format::Marked, "{body}");
        }
        for body in ["", "x", "<HTML><title>x</title>"] {
            assert_eq!(Body::read(body.as_bytes(), false).format, Format::Prose, "{body}");
        }
    }
}
