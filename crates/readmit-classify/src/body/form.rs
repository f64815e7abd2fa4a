//! Forms: `error=invalid_grant&error_description=Token%20expired`.

use std::borrow::Cow;

use super::{Path, Value, Visitor};

/// Walks over a form, and says whether the text is one.
pub(super) fn walk<'a>(text: &'a str, visitor: &mut impl Visitor<'a>) -> bool {
    let is_form = is_form(text);
    if is_form {
        for (name, value) in text.split('&').take(PAIR_LIMIT).filter_map(|it| it.split_once('=')) {
            visitor.member(&Path::of(name), Value::Text(unescape(value)));
        }
    }
    is_form
}

pub(super) fn is_form(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && text.split('&').take(PAIR_LIMIT).all(|pair| pair.contains('='))
}

/// Undoes percent-encoding and the plus for a space; what is no escape stays as it is.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains(['%', '+']) {
        return Cow::Borrowed(value);
    }
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
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// Pairs that are looked at.
const PAIR_LIMIT: usize = 64;
