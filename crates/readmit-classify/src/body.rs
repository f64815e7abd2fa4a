//! The body of an answer, whatever it is written in, as the members that stand in it.
//!
//! A body is walked once and not built: whoever wants something of it is told each member as it
//! passes. What does not parse is walked as far as it makes sense.

mod form;
mod json;
mod markup;
mod path;

use std::borrow::Cow;

pub(crate) use self::path::{DEPTH, Path};

/// Is told the members of a body, in the order in which they stand there.
pub(crate) trait Visitor<'a> {
    /// Whether the escapes in a text are undone; where they are not, nothing is allocated.
    const READS_ESCAPES: bool = true;

    fn member(&mut self, path: &Path<'a>, value: Value<'a>);
}

/// The value of a member.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// As it is written, which may be anything that begins like a number.
    Number(&'a str),
    Text(Cow<'a, str>),
    /// An object or an array begins; what is in it follows.
    Group {
        empty: bool,
    },
}

/// What a body is written in; the bytes decide, and not the content type (rule 75).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Format {
    /// One whole JSON object.
    Object,
    /// A JSON array.
    Array,
    /// XML, a form, or what remains of JSON that is not whole: it may hold a code of its own.
    Marked,
    /// A page or a text for people, or nothing: it holds no code.
    #[default]
    Prose,
}

/// Returns the text of a body; a byte that is no UTF-8 costs one character and not the body.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    // Nearly always it is; the repair is slower even where there is nothing to repair.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Walks over a body; nothing in it can make this fail.
pub(crate) fn walk<'a>(text: &'a str, visitor: &mut impl Visitor<'a>) -> Format {
    match text.as_bytes().first() {
        None => Format::Prose,
        Some(b'{' | b'[') => json::walk(text, visitor),
        Some(b'<') => markup::walk(text, visitor),
        Some(_) if form::walk(text, visitor) => Format::Marked,
        Some(_) => walk_prose(text, visitor),
    }
}

/// Whether the whole text is JSON, a form, or an XML document that is nothing but an error.
pub(crate) fn is_for_programs(text: &str) -> bool {
    match text.as_bytes().first() {
        None => false,
        Some(b'{' | b'[') => true,
        Some(b'<') => markup::root(text).is_some_and(is_error),
        Some(_) => form::is_form(text),
    }
}

fn is_error(element: &str) -> bool {
    ["Error", "ErrorResponse", "Fault"].iter().any(|error| element.eq_ignore_ascii_case(error))
}

/// A text for people, and the JSON that may stand behind its first words.
fn walk_prose<'a>(text: &'a str, visitor: &mut impl Visitor<'a>) -> Format {
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    visitor.member(&Path::of("message"), Value::Text(Cow::Borrowed(quoted.unwrap_or(text))));
    match text.find("{\"") {
        Some(start) => {
            json::walk(&text[start..], visitor);
            Format::Marked
        }
        None => Format::Prose,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Collects `path=value` for each member.
    #[derive(Debug, Default)]
    pub(crate) struct Lines(pub(crate) Vec<String>);

    impl<'a> Visitor<'a> for Lines {
        fn member(&mut self, path: &Path<'a>, value: Value<'a>) {
            let value = match value {
                Value::Null => "null".to_owned(),
                Value::Bool(told) => told.to_string(),
                Value::Number(text) => text.to_owned(),
                Value::Text(text) => format!("{text:?}"),
                Value::Group { .. } => return,
            };
            self.0.push(format!("{}={value}", path.names().collect::<Vec<_>>().join(".")));
        }
    }

    pub(crate) fn lines(text: &str) -> Vec<String> {
        let mut lines = Lines::default();
        walk(text, &mut lines);
        lines.0
    }

    #[test]
    fn r75_the_bytes_tell_what_a_body_is() {
        for (body, line) in [
            (r#"{"error": "x"}"#, r#"error="x""#),
            ("\u{feff}{\"error\": \"x\"}", r#"error="x""#),
            (r#"[{"error": "x"}]"#, r#"error="x""#),
            ("error=a+b%21%zz&c=d", r#"error="a b!%zz""#),
            ("<Error><Code>a &amp; b</Code></Error>", r#"Code="a & b""#),
            ("<!DOCTYPE html><html><title>x</title></html>", r#"title="x""#),
            ("error code: 1015", r#"message="error code: 1015""#),
            (r#""Invalid token""#, r#"message="Invalid token""#),
        ] {
            let text = text(body.as_bytes());

            assert_eq!(lines(&text)[0], line, "{body}");
        }
        let behind = lines(r#"data: {"error": "x"}"#);
        assert_eq!(behind[1], r#"error="x""#);
    }

    #[test]
    fn r75_only_whole_json_is_json() {
        let format = |body: &str| walk(body, &mut Lines::default());

        assert_eq!(format(r#"{"a": 1}"#), Format::Object);
        assert_eq!(format(r#"[{"a": 1}]"#), Format::Array);
        for body in
            [r#"{"a": "#, "<a>", "a=b", r#"error: {"a": 1}"#, r#"{"a": 1}}"#, r#"{"a": [}]"#]
        {
            assert_eq!(format(body), Format::Marked, "{body}");
        }
        for body in ["", "x", "<HTML><title>x</title>"] {
            assert_eq!(format(body), Format::Prose, "{body}");
        }
    }

    #[test]
    fn r75_invalid_utf_8_loses_one_character_and_not_the_body() {
        let text = text(b"{\"error_code\": \"AUTH_003\", \"x\": \"\xff\"}");

        assert_eq!(lines(&text), [r#"error_code="AUTH_003""#, "x=\"\u{fffd}\""]);
    }
}
