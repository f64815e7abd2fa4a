use std::collections::VecDeque;
use std::fmt;

use crate::mutants::mutate;

/// The nonces that servers want in proofs, by origin (rule 33).
///
/// It holds the last one of each of 64 origins at most, and forgets the one unheard of for the
/// longest time. Authorisation and resource servers are origins like any other: name them the same
/// way each time, as in `https://api.example.com`.
///
/// # Example
///
/// ```
/// use readmit_recovery::{Heard, Nonces};
///
/// let mut nonces = Nonces::default();
/// let sent = nonces.of("https://api.example.com").cloned();
/// assert_eq!(sent, None);
///
/// // The 401 has a `DPoP-Nonce`: it differs from what was sent, so a resend is due.
/// assert_eq!(nonces.heard("https://api.example.com", ["eyJ7S_zG"]), Heard::Kept);
/// let nonce = nonces.resend("https://api.example.com", sent.as_ref());
/// assert_eq!(nonce.map(|nonce| nonce.as_str()), Some("eyJ7S_zG"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Nonces {
    /// The one heard of last at the end.
    kept: VecDeque<(String, Nonce)>,
}

/// A nonce of a server, fit to stand in a proof.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Nonce(String);

/// What became of the nonces in an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there was one, none, or none to be trusted")]
pub enum Heard {
    /// There was none.
    None,
    /// It is the origin's nonce from here on.
    Kept,
    /// It is no nonce, or there was more than one: the answer is taken as having none.
    Ignored,
}

impl Nonces {
    /// Takes note of the `DPoP-Nonce` fields of an answer, be it a success or a failure
    /// (RFC 9449 section 8.2).
    pub fn heard<'a>(&mut self, origin: &str, fields: impl IntoIterator<Item = &'a str>) -> Heard {
        let mut fields = fields.into_iter();
        let Some(field) = fields.next() else {
            return Heard::None;
        };
        let (Some(nonce), None) = (Nonce::new(field), mutate!(20, fields.next(), None)) else {
            return Heard::Ignored;
        };
        self.forget(origin);
        while MAX_ORIGINS <= self.kept.len() {
            self.kept.pop_front();
        }
        self.kept.push_back((origin.to_owned(), nonce));
        Heard::Kept
    }

    /// Returns the nonce to put into the next proof for an origin; without one the proof has none.
    #[must_use]
    pub fn of(&self, origin: &str) -> Option<&Nonce> {
        self.kept.iter().find(|(other, _)| other == origin).map(|(_, nonce)| nonce)
    }

    /// Returns the nonce to send a request again with that was refused for the one it had, if any;
    /// `None` where there is no other (rule 33).
    ///
    /// It is worth one resend in a call (rule 27). It need not be the nonce of that answer: another
    /// answer may have brought a later one meanwhile.
    #[must_use]
    pub fn resend(&self, origin: &str, sent: Option<&Nonce>) -> Option<&Nonce> {
        self.of(origin).filter(|nonce| mutate!(21, Some(*nonce) != sent, true))
    }

    fn forget(&mut self, origin: &str) {
        self.kept.retain(|(other, _)| other != origin);
    }
}

impl Nonce {
    /// Returns the nonce in a field, or `None` where it has another form than RFC 9449 section 8.1
    /// gives it, or more than 2,048 bytes.
    #[must_use]
    pub fn new(field: &str) -> Option<Nonce> {
        let is_nqchar = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let is_nonce = (1..=MAX_BYTES).contains(&field.len()) && field.bytes().all(is_nqchar);
        is_nonce.then(|| Nonce(field.to_owned()))
    }

    /// Returns the nonce as it stands in a proof.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows how long it is: whoever has it may make proofs in advance.
impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

const MAX_ORIGINS: usize = 64;

const MAX_BYTES: usize = 2_048;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r33_the_last_nonce_of_each_origin_counts() {
        let mut nonces = Nonces::default();

        nonces.heard(API, ["a"]);
        nonces.heard(AUTH, ["b"]);
        nonces.heard(API, ["c"]);

        assert_eq!(nonces.of(API).map(Nonce::as_str), Some("c"));
        assert_eq!(nonces.of(AUTH).map(Nonce::as_str), Some("b"));
        assert_eq!(nonces.of("https://else.example.com"), None);
    }

    #[test]
    fn r33_more_than_one_field_is_ignored() {
        let mut nonces = Nonces::default();
        nonces.heard(API, ["a"]);

        assert_eq!(nonces.heard(API, ["b", "c"]), Heard::Ignored);

        assert_eq!(nonces.of(API).map(Nonce::as_str), Some("a"));
        assert_eq!(nonces.heard(API, []), Heard::None);
    }

    #[test]
    fn r33_what_is_no_nonce_is_ignored() {
        let mut nonces = Nonces::default();
        let long = "a".repeat(MAX_BYTES + 1);

        for field in ["", "a b", "a\"", "a\\", "ä", "a\u{7f}", &long] {
            assert_eq!(nonces.heard(API, [field]), Heard::Ignored, "{field:.5}");
        }
        assert_eq!(nonces.heard(API, ["!#[]~"]), Heard::Kept);
        assert_eq!(nonces.heard(API, [&long[1..]]), Heard::Kept);
    }

    #[test]
    fn r33_a_resend_is_due_only_with_another_nonce() {
        let mut nonces = Nonces::default();
        assert_eq!(nonces.resend(API, None), None);
        nonces.heard(API, ["a"]);
        let sent = nonces.of(API).cloned();

        assert_eq!(nonces.resend(API, sent.as_ref()), None);

        assert_eq!(nonces.resend(API, None).map(Nonce::as_str), Some("a"));
        nonces.heard(API, ["b"]);
        assert_eq!(nonces.resend(API, sent.as_ref()).map(Nonce::as_str), Some("b"));
    }

    #[test]
    fn r33_the_memory_is_bounded_and_forgets_the_oldest() {
        let mut nonces = Nonces::default();
        for n in 0..MAX_ORIGINS {
            nonces.heard(&n.to_string(), ["a"]);
        }
        nonces.heard("0", ["a"]);

        nonces.heard("one more", ["a"]);

        assert_eq!(nonces.kept.len(), MAX_ORIGINS);
        assert!(nonces.of("0").is_some());
        assert_eq!(nonces.of("1"), None);
    }

    #[test]
    fn r55_a_nonce_is_not_printed() {
        let mut nonces = Nonces::default();
        nonces.heard(API, ["planted"]);

        assert!(!format!("{nonces:?}").contains("planted"));
    }

    const API: &str = "https://api.example.com";
    const AUTH: &str = "https://auth.example.com";
}
