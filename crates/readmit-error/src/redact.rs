use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::{Challenge, Denied, ErrorBody};

/// Takes a secret out of text that somebody else wrote: each occurrence becomes `REDACTED`.
///
/// Twelve bytes in a row out of a longer secret are taken for an echo of it, so that one that was
/// shown in part is found as well; so are its first four, where an ellipsis says that the text was
/// cut behind them (rule 56). An empty secret changes nothing.
///
/// # Example
///
/// ```
/// use readmit_error::redact;
///
/// assert_eq!(redact("token abc is bad", "abc"), "token REDACTED is bad");
/// assert_eq!(redact("token 0123456789ab… is bad", "0123456789abcdef"), "token REDACTED… is bad");
/// ```
#[must_use]
pub fn redact<'a>(text: &'a str, secret: &str) -> Cow<'a, str> {
    Secret::new(secret).redact(text)
}

/// A secret, ready to be looked for.
pub(crate) struct Secret<'s> {
    whole: &'s [u8],
    /// 0 where there is no secret.
    length: usize,
    /// Where four bytes in a row of it fall: what falls elsewhere needs no further look.
    grams: [bool; SLOTS],
    /// All of its pieces of the length that tells; a text seldom makes it necessary to collect them.
    pieces: OnceCell<HashSet<&'s [u8]>>,
}

impl<'s> Secret<'s> {
    pub(crate) fn new(secret: &'s str) -> Secret<'s> {
        let whole = secret.as_bytes();
        let length = whole.len().min(TELLTALE);
        let mut grams = [false; SLOTS];
        slots(whole, length).for_each(|slot| grams[slot] = true);
        Secret { whole, length, grams, pieces: OnceCell::new() }
    }

    pub(crate) fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let marked = self.mark(text);
        if marked.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut clean = String::with_capacity(text.len());
        let mut in_secret = false;
        for (at, c) in text.char_indices() {
            let is_secret = marked[at..at + c.len_utf8()].contains(&true);
            match (is_secret, in_secret) {
                (true, false) => clean.push_str(MARK),
                (true, true) => {}
                (false, _) => clean.push(c),
            }
            in_secret = is_secret;
        }
        Cow::Owned(clean)
    }

    /// Replaces the secret in the members of a body, and in their names where the format does not
    /// know them.
    pub(crate) fn redact_body(&self, body: &mut ErrorBody) {
        let texts = [
            &mut body.error,
            &mut body.error_description,
            &mut body.error_code,
            &mut body.timestamp,
            &mut body.request_id,
        ];
        texts.into_iter().flatten().for_each(|text| self.redact_text(text));
        if let Some(details) = &mut body.details {
            self.redact_map(details);
        }
        self.redact_map(&mut body.extra);
    }

    pub(crate) fn redact_denied(&self, denied: &mut Denied) {
        let names = [&mut denied.role, &mut denied.organization, &mut denied.resource];
        let names = names.into_iter().flatten();
        for name in names.chain(&mut denied.permissions).chain(&mut denied.scopes) {
            self.redact_text(name);
        }
    }

    pub(crate) fn redact_challenge(&self, challenge: &mut Challenge) {
        challenge.texts_mut().for_each(|text| self.redact_text(text));
    }

    /// Whether a number may hold enough of the secret to tell: one that is spelled `1e2` is not
    /// found by its spelling.
    pub(crate) fn fits_a_number(&self) -> bool {
        let in_number = |byte: &u8| byte.is_ascii_digit() || b"+-.Ee".contains(byte);
        let mut runs = self.whole.split(|byte| !in_number(byte));
        0 < self.length && runs.any(|run| self.length <= run.len())
    }

    fn redact_map(&self, map: &mut Map<String, Value>) {
        if map.keys().any(|name| matches!(self.redact(name), Cow::Owned(_))) {
            let members = std::mem::take(map).into_iter();
            *map = members.map(|(name, value)| (self.redact(&name).into_owned(), value)).collect();
        }
        for value in map.values_mut() {
            self.redact_value(value);
        }
    }

    fn redact_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.redact_text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_value(item)),
            Value::Object(map) => self.redact_map(map),
            // A secret of digits is one without quotes as well.
            Value::Number(number) => {
                if let Cow::Owned(clean) = self.redact(&number.to_string()) {
                    *value = Value::String(clean);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn redact_text(&self, text: &mut String) {
        if let Cow::Owned(clean) = self.redact(text) {
            *text = clean;
        }
    }

    /// Says of each byte of the text whether it is the secret's; of none where none is.
    fn mark(&self, text: &str) -> Vec<bool> {
        if self.length == 0 {
            return Vec::new();
        }
        let mut marked = Vec::new();
        let mut mark = |start: usize, end: usize| {
            if start < end {
                marked.resize(text.len(), false);
                marked[start..end].fill(true);
            }
        };
        let (bytes, gram) = (text.as_bytes(), self.length.min(GRAM));
        let mut run = 0;
        for (at, slot) in slots(bytes, gram).enumerate() {
            run = if self.grams[slot] { run + 1 } else { 0 };
            let end = at + gram;
            // So many grams in a row are as long as a piece.
            if self.length < run + gram && self.pieces().contains(&bytes[end - self.length..end]) {
                mark(end - self.length, end);
            }
        }
        if let Some(kept) = text.strip_suffix('…') {
            mark(kept.len() - self.beginning_at_end_of(kept.as_bytes()), kept.len());
        }
        marked
    }

    fn pieces(&self) -> &HashSet<&'s [u8]> {
        // `windows` takes no length of 0; of nothing there is no window of 1.
        self.pieces.get_or_init(|| self.whole.windows(self.length.max(1)).collect())
    }

    /// Returns how many bytes at the end of a text that was cut are the beginning of the secret;
    /// fewer than tell anything count as none.
    fn beginning_at_end_of(&self, kept: &[u8]) -> usize {
        let longest = self.whole.len().min(kept.len());
        let lengths = (TELLING..=longest).rev();
        lengths.into_iter().find(|&length| kept.ends_with(&self.whole[..length])).unwrap_or(0)
    }
}

/// Returns a number below [`SLOTS`] for each gram; others may have the same.
///
/// A gram is as long as what is looked for, and at most [`GRAM`].
fn slots(bytes: &[u8], length: usize) -> impl Iterator<Item = usize> {
    let gram = length.clamp(1, GRAM);
    let mask = u32::MAX >> (u8::BITS as usize * (GRAM - gram));
    let mut last = 0_u32;
    let each = bytes.iter().map(move |&byte| {
        last = (last << u8::BITS | u32::from(byte)) & mask;
        (last.wrapping_mul(SPREAD) >> SLOT_SHIFT) as usize
    });
    each.skip(gram - 1)
}

/// Stands for a secret.
const MARK: &str = "REDACTED";
/// So many bytes of a secret in a row are taken for an echo of it.
const TELLTALE: usize = 12;
/// So many are, where the text was cut right behind them.
const TELLING: usize = 4;
/// Bytes of a gram.
const GRAM: usize = 4;
/// Room for the grams of a token of some thousand bytes.
const SLOTS: usize = 1 << (u32::BITS - SLOT_SHIFT);
const SLOT_SHIFT: u32 = 20;
/// The golden ratio in 32 bits: neighbours fall far apart.
const SPREAD: u32 = 0x9e37_79b1;

#[cfg(test)]
mod tests {
    use super::redact;
    use crate::{Challenge, Denied, ErrorBody, Failure, Kind, Origin};

    #[test]
    fn r56_an_echoed_token_is_taken_out_of_every_text() {
        let body = ErrorBody::read(
            br#"{"error": "s3cret", "error_description": "token s3cret is bad", "error_code": "s3cret",
                "timestamp": "s3cret", "request_id": "s3cret", "s3cret": 1,
                "details": {"value": ["s3cret", {"s3cret": "s3cret"}]}}"#,
        )
        .unwrap();
        let denied = Denied {
            permissions: vec!["s3cret".to_owned()],
            scopes: vec!["s3cret".to_owned()],
            role: Some("s3cret".to_owned()),
            organization: Some("s3cret".to_owned()),
            resource: Some("s3cret".to_owned()),
        };
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
            .body(body)
            .denied(denied)
            .challenge(Challenge::new("s3cret").token68("s3cret").param("s3cret", "s3cret"))
            .because("text s3cret")
            .build();

        let clean = failure.redact("s3cret");

        let everything = serde_json::to_string(&clean).unwrap();
        assert!(!everything.contains("s3cret"), "{everything}");
        assert_eq!(clean.description(), Some("token REDACTED is bad"));
    }

    #[test]
    fn r56_a_secret_that_the_bound_cut_in_two_is_taken_out_too() {
        let secret = "s3cret-".repeat(20);
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
            .description(format!("{}{secret}", "x".repeat(480)))
            .build();

        let clean = failure.redact(&secret);

        let shown = clean.description().unwrap();
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.ends_with("xREDACTED…"), "{shown}");
    }

    #[test]
    fn r56_what_is_left_of_a_secret_before_a_cut_is_taken_out() {
        assert_eq!(redact("token 0123…", "0123456789abcdef"), "token REDACTED…");
        assert_eq!(redact("token 012…", "0123456789abcdef"), "token 012…");
        assert_eq!(redact("token 0123", "0123456789abcdef"), "token 0123");
        assert_eq!(redact("…", "0123456789abcdef"), "…");
    }

    #[test]
    fn r56_a_short_secret_is_redacted_whole() {
        assert_eq!(redact("(pä)", "pä"), "(REDACTED)");
        assert_eq!(redact("(p)", "pä"), "(p)");
        assert_eq!(redact("plain", ""), "plain");
    }

    #[test]
    fn r56_a_secret_of_digits_is_taken_out_of_numbers() {
        let body = ErrorBody::read(br#"{"details": {"value": 493817, "limit": 100}}"#).unwrap();
        let failure = Failure::builder(Kind::ValidationFailed, Origin::Local).body(body).build();

        let clean = failure.redact("493817");

        assert_eq!(clean.details().value(), Some(&"REDACTED".into()));
        assert_eq!(clean.details().limit(), Some(100));
    }

    #[test]
    fn r56_a_number_is_found_by_its_value_and_not_by_its_spelling() {
        let failure = Failure::builder(Kind::ValidationFailed, Origin::Local)
            .json(r#"{"details": {"value": 4.93817e5, "limit": 1e2}}"#)
            .build();

        let clean = failure.redact("493817");

        assert_eq!(clean.details().value(), Some(&"REDACTED.0".into()));
        assert_eq!(clean.details().get("limit"), Some(&100.0.into()));
    }

    #[test]
    fn r56_two_secrets_side_by_side_are_one_mark() {
        assert_eq!(redact("s3crets3cret!", "s3cret"), "REDACTED!");
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        let failure = Failure::builder(Kind::Unknown, Origin::Local).description("abc").build();

        assert_eq!(failure.clone().redact(""), failure);
    }
}
