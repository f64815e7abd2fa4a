//! The value behind a name.

use crate::redact::name::Class;
use crate::redact::text::{Part, Scan, Sign, is_scheme};
use crate::redact::{cookie, looks, value};

impl Scan<'_> {
    /// Hides the value that a name of this class announces, and returns where to go on; nowhere
    /// else where nothing was hidden.
    pub(super) fn announced(&mut self, class: Class, sign: &Sign) -> Option<usize> {
        let is_line = sign.is_colon && value::quoted(self.text, sign.value).is_none();
        match class {
            Class::Plain => None,
            Class::Suspect | Class::Holder => self.suspect(sign.value),
            Class::Cookie if is_line => {
                let line = sign.value..value::line_end(self.text, sign.value);
                for pair in cookie::secrets(&self.text[line.clone()]) {
                    self.spans.hide(line.start + pair.start..line.start + pair.end);
                }
                Some(line.end)
            }
            Class::Credentials if sign.is_colon => self.credentials(sign),
            Class::Cookie | Class::Credentials | Class::Secret => self.secret(sign),
        }
    }

    /// Hides a value that looks random.
    fn suspect(&mut self, at: usize) -> Option<usize> {
        let (part, after) = self.quoted_or_plain(at);
        let found = &self.text[part.clone()];
        let is_word = !found.iter().any(u8::is_ascii_whitespace);
        if !is_word || !looks::is_random(found) {
            return None;
        }
        self.spans.hide(part);
        Some(after)
    }

    /// Hides a value, whatever it looks like.
    fn secret(&mut self, sign: &Sign) -> Option<usize> {
        let at = sign.value;
        let in_sentence = sign.is_colon && !sign.is_quoted;
        if is_literal(self.text, at) || (in_sentence && is_remark(self.text, at)) {
            return None;
        }
        if let Some((content, after)) = value::quoted(self.text, at) {
            self.spans.hide(content);
            return Some(after);
        }
        if matches!(self.text.get(at), Some(b'[' | b'{' | b'(')) {
            let end = value::bracket_end(self.text, at);
            self.spans.hide(at..end);
            return Some(end);
        }
        if let Some(inner) = wrapped(self.text, at) {
            let end = value::bracket_end(self.text, inner - 1);
            match value::quoted(self.text, inner) {
                Some((content, _)) => self.spans.hide(content),
                None => self.spans.hide(inner..(end - 1).max(inner)),
            }
            return Some(end);
        }
        let mut end = value::plain_end(self.text, at);
        let mut from = at;
        if is_scheme(&self.text[at..end]) {
            let next = value::skip_blanks(self.text, end);
            if end < next {
                from = next;
                end = value::plain_end(self.text, next);
            }
        }
        self.spans.hide(from..end);
        Some(end)
    }

    /// Hides the credentials of a header, not their scheme.
    fn credentials(&mut self, sign: &Sign) -> Option<usize> {
        let at = sign.value;
        if is_literal(self.text, at) || (!sign.is_quoted && is_remark(self.text, at)) {
            return None;
        }
        let (region, after) = match value::quoted(self.text, at) {
            Some(quoted) => quoted,
            None if matches!(self.text.get(at), Some(b'[' | b'{' | b'(')) => {
                let end = value::bracket_end(self.text, at);
                (at..end, end)
            }
            None => {
                let mut end = value::line_end(self.text, at);
                // A scheme alone: the rest is folded into the next line (RFC 9112 section 5.2).
                if is_scheme(self.text[at..end].trim_ascii())
                    && let Some(next) = value::folded(self.text, end)
                {
                    end = value::line_end(self.text, next);
                }
                (at..end, end)
            }
        };
        let is_line = after == region.end && sign.is_colon;
        let found = &self.text[region.clone()];
        let hidden = credentials(found);
        let end = region.start + hidden.end;
        if !is_line || !is_one_word(&found[..hidden.start]) || hidden.end < found.len() {
            self.spans.hide(region.start + hidden.start..region.end);
            return Some(after);
        }
        // Behind a line's credential there may be the rest of a sentence.
        let word = value::word(self.text, region.start + hidden.start);
        let is_last = self.text.get(word.end) == Some(&b',');
        let stop = if is_last || word.is_empty() { end } else { word.end };
        self.spans.hide(region.start + hidden.start..stop);
        Some(stop)
    }

    fn quoted_or_plain(&self, at: usize) -> (Part, usize) {
        value::quoted(self.text, at).unwrap_or_else(|| {
            let end = value::plain_end(self.text, at);
            (at..end, end)
        })
    }
}

/// Returns what of the credentials of a header is secret: all behind a scheme that is known.
pub(crate) fn credentials(found: &[u8]) -> Part {
    let start = value::skip_blanks(found, 0);
    let scheme = found[start..].iter().position(|byte| b" \t".contains(byte));
    let Some(end) = scheme.map(|length| start + length) else { return start..found.len() };
    if !is_scheme(&found[start..end]) {
        return start..found.len();
    }
    let blanks = found[end..].iter().take_while(|byte| b" \t".contains(byte)).count();
    end + blanks..found.len()
}

/// Whether a scheme stands here whose credential is one word.
fn is_one_word(scheme: &[u8]) -> bool {
    let scheme = scheme.trim_ascii();
    !scheme.is_empty()
        && !scheme.eq_ignore_ascii_case(b"digest")
        && !scheme.eq_ignore_ascii_case(b"hawk")
}

/// Whether a value stands here that is none.
pub(crate) fn is_literal(text: &[u8], at: usize) -> bool {
    let word = &text[at.min(text.len())..];
    let length = word.iter().take(10).take_while(|byte| byte.is_ascii_alphabetic()).count();
    LITERALS.iter().any(|literal| word[..length].eq_ignore_ascii_case(literal.as_bytes()))
}

/// Whether a sentence goes on here with an ordinary word that no password is.
fn is_remark(text: &[u8], at: usize) -> bool {
    let word = &text[value::word(text, at)];
    REMARKS.iter().any(|remark| word.eq_ignore_ascii_case(remark.as_bytes()))
}

/// Returns where the value begins that a constructor stands around: `Some("…")`, `Secret(…)`.
fn wrapped(text: &[u8], at: usize) -> Option<usize> {
    let name = text[at..]
        .iter()
        .take(64)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(byte));
    let length = name.count();
    let begins_name = text.get(at).is_some_and(u8::is_ascii_uppercase);
    (begins_name && text.get(at + length) == Some(&b'(')).then_some(at + length + 1)
}

const LITERALS: &[&str] = &["false", "nil", "none", "null", "true", "undefined"];

/// What is said of a secret behind a colon, and what a token is made of.
const REMARKS: &[&str] = &[
    "a",
    "access",
    "already",
    "an",
    "and",
    "aud",
    "audience",
    "bad",
    "blocked",
    "cannot",
    "claim",
    "could",
    "denied",
    "deny",
    "disabled",
    "empty",
    "enabled",
    "error",
    "exp",
    "expected",
    "expired",
    "failed",
    "failure",
    "forbidden",
    "format",
    "found",
    "granted",
    "header",
    "iat",
    "incorrect",
    "insufficient",
    "invalid",
    "is",
    "iss",
    "issuer",
    "it",
    "jwe",
    "jws",
    "jwt",
    "malformed",
    "may",
    "mismatch",
    "missing",
    "must",
    "nbf",
    "no",
    "not",
    "ok",
    "refused",
    "rejected",
    "required",
    "revoked",
    "signature",
    "string",
    "succeeded",
    "the",
    "this",
    "to",
    "token",
    "unauthorized",
    "unexpected",
    "unknown",
    "unset",
    "unsupported",
    "user",
    "valid",
    "was",
    "wrong",
    "you",
    "your",
];
