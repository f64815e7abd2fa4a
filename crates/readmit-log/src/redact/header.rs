//! Headers: by an allow-list, and what of the listed ones is secret all the same.

use std::borrow::Cow;

use crate::redact::name::Class;
use crate::redact::spans::{MARK, Spans};
use crate::redact::{Texts, announced, cookie, looks, url};

/// Redacts the value of a header.
pub(crate) fn redact<'v>(texts: &Texts<'_>, name: &str, value: &'v str) -> Cow<'v, str> {
    if value.trim().is_empty() {
        return Cow::Borrowed(value);
    }
    let bytes = value.as_bytes();
    let mut spans = Spans::default();
    match texts.rules.class(name.as_bytes()) {
        Class::Credentials => spans.hide(announced::credentials(bytes)),
        Class::Cookie => cookie::secrets(bytes).into_iter().for_each(|part| spans.hide(part)),
        Class::Holder | Class::Secret => return Cow::Borrowed(MARK),
        Class::Plain | Class::Suspect if !texts.rules.may_show_header(name.as_bytes()) => {
            return Cow::Borrowed(MARK);
        }
        Class::Plain | Class::Suspect => {
            let lower = name.to_ascii_lowercase();
            if lower.ends_with("authenticate") || lower.ends_with("authentication-info") {
                challenge(bytes, &mut spans);
            }
            if matches!(lower.as_str(), "location" | "content-location" | "referer" | "origin") {
                for part in url::secrets(texts.rules, bytes, 0).iter() {
                    spans.hide(part);
                }
            }
        }
    }
    match spans.is_empty() {
        true => texts.redact(value, 0).unwrap_or(Cow::Borrowed(value)),
        false => {
            let clean = spans.apply(value).into_owned();
            let cleaner = texts.redact(&clean, 0).map(Cow::into_owned);
            Cow::Owned(cleaner.unwrap_or(clean))
        }
    }
}

/// Hides what a challenge gives the client to answer with (RFC 7616), and a token behind the scheme
/// (RFC 4559); what it says of the error stays.
fn challenge(value: &[u8], spans: &mut Spans) {
    let mut start = 0;
    for item in value.split(|byte| *byte == b',') {
        let blanks = item.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let trimmed = &item[blanks..];
        let from = start + blanks;
        start += item.len() + 1;
        // The first parameter stands behind the scheme.
        let space = trimmed.iter().position(|byte| *byte == b' ');
        let equals = trimmed.iter().position(|byte| *byte == b'=');
        let offset = match (space, equals) {
            (Some(space), Some(equals)) if space < equals => space + 1,
            (Some(space), None) => space + 1,
            _ => 0,
        };
        let parameter = &trimmed[offset..];
        let Some(equals) = parameter.iter().position(|byte| *byte == b'=') else {
            if 0 < offset && looks::is_random(parameter) {
                spans.hide(from + offset..from + trimmed.len());
            }
            continue;
        };
        let name = parameter[..equals].trim_ascii();
        let is_secret = SECRETS.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
        let is_token = 0 < offset && parameter[equals..].iter().all(|byte| *byte == b'=');
        if is_secret {
            spans.hide(from + offset + equals + 1..from + trimmed.len());
        } else if is_token && 8 <= name.len() {
            spans.hide(from + offset..from + trimmed.len());
        }
    }
}

/// Parameters of challenges, and of answers to them, that only the two sides may know.
const SECRETS: &[&str] = &[
    "auth-data",
    "cnonce",
    "data",
    "nextnonce",
    "nonce",
    "opaque",
    "response",
    "rspauth",
    "token",
];

#[cfg(test)]
mod tests {
    use crate::redact::Redactor;

    #[test]
    fn r82_a_secret_in_use_is_hidden_in_what_is_shown_of_a_cookie() {
        let redactor = Redactor::new();
        redactor.register("a-token-in-use");

        let set = redactor.header("Set-Cookie", b"a=b; Path=/a-token-in-use; Secure");
        let sent = redactor.header("Cookie", b"a-token-in-use=b");

        assert_eq!(set, "a=REDACTED; Path=/REDACTED; Secure");
        assert_eq!(sent, "REDACTED=REDACTED");
    }
}
