//! Codes and sentences, compared as words (rule 78).
//!
//! `ExpiredToken`, `expired_token`, `TOKEN_EXPIRED` and `token has expired` have the same words in
//! them. A text is reduced to the set of the words that matter, one bit for each; a rule is a set
//! that must be there. Neither case nor order nor punctuation counts, and nothing is allocated.

mod index;
mod rules;
mod spellings;
mod vocabulary;

use self::rules::{IDEMPOTENCY, RULES, SIGNS_IN, UNDER_WAY};
pub(crate) use self::rules::{OF_A_MINUTE, Rule};
use self::spellings::SPELLINGS;
use self::vocabulary::{WORDS, Word};
use crate::eights;

/// Returns the rule that a code fits.
pub(crate) fn of_code(code: &str) -> Option<&'static Rule> {
    let set = set_of(last_segment(code));
    RULES.get(index::first(set, RULES.len(), |rule| rule.fits_code(set))?)
}

/// Returns the first of the rules that a sentence of the text fits.
///
/// Words of different sentences are not taken together.
pub(crate) fn of_text(text: &str) -> Option<&'static Rule> {
    ranked(text).map(|(_, rule)| rule)
}

/// Returns the same with its place among the rules: the lower, the more special.
pub(crate) fn ranked(text: &str) -> Option<(usize, &'static Rule)> {
    let mut best = RULES.len();
    let mut set = Set::EMPTY;
    let mut judge = |set: Set| {
        if set != Set::EMPTY {
            best = index::first(set, best, |rule| rule.fits_text(set)).unwrap_or(best);
        }
    };
    each_word(bounded(text), |item| match item {
        Item::Word(word) => set.insert(word),
        Item::EndOfSentence => judge(std::mem::replace(&mut set, Set::EMPTY)),
    });
    judge(set);
    Some((best, RULES.get(best)?))
}

/// Returns the rule that a field of the request fits together with what is said of it.
///
/// Only of what a client signs in with: an invalid password may be one for a new account.
pub(crate) fn of_field(field: &str, code: &str) -> Option<&'static Rule> {
    let set = set_of(field);
    if !set.overlaps(SIGNS_IN) {
        return None;
    }
    let set = set.union(set_of(code));
    RULES.get(index::first(set, RULES.len(), |rule| rule.fits_code(set))?)
}

/// Returns whether a text speaks of a token whose time is over, in whatever words.
pub(crate) fn speaks_of_expiry(text: &str) -> bool {
    let mut found = false;
    each_word(bounded(text), |item| {
        found |= matches!(item, Item::Word(Word::Expired | Word::Active));
    });
    found
}

/// Returns whether a text says that the first request with this idempotency key is still under way,
/// in one sentence.
pub(crate) fn says_in_progress(text: &str) -> bool {
    let mut found = false;
    let mut set = Set::EMPTY;
    let mut judge = |set: Set| found |= set.contains(IDEMPOTENCY) && set.overlaps(UNDER_WAY);
    each_word(bounded(text), |item| match item {
        Item::Word(word) => set.insert(word),
        Item::EndOfSentence => judge(std::mem::replace(&mut set, Set::EMPTY)),
    });
    judge(set);
    found
}

/// Returns whether a text is one word, however compound: a code, and neither a sentence nor what
/// may be an address or a credential.
pub(crate) fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= CODE_LIMIT
        && eights::position(text.as_bytes(), *b" \t\n\x0c\r@=").is_none()
}

fn set_of(text: &str) -> Set {
    let mut set = Set::EMPTY;
    each_word(bounded(text), |item| {
        if let Item::Word(word) = item {
            set.insert(word);
        }
    });
    set
}

/// A set of words, one bit for each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Set([u64; SET_BLOCKS]);

impl Set {
    pub(crate) const EMPTY: Set = Set([0; SET_BLOCKS]);

    pub(crate) const fn of(words: &[Word]) -> Set {
        let mut set = Set::EMPTY;
        let mut at = 0;
        while at < words.len() {
            set.insert(words[at]);
            at += 1;
        }
        set
    }

    const fn insert(&mut self, word: Word) {
        let word = word as usize;
        self.0[word / 64] |= 1 << (word % 64);
    }

    const fn has(self, word: usize) -> bool {
        self.0[word / 64] >> (word % 64) & 1 == 1
    }

    fn union(self, other: Set) -> Set {
        Set(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    pub(crate) fn contains(self, all: Set) -> bool {
        self.0.iter().zip(all.0).all(|(mine, all)| mine & all == all)
    }

    pub(crate) fn overlaps(self, any: Set) -> bool {
        self.0.iter().zip(any.0).any(|(mine, any)| mine & any != 0)
    }

    fn words(self) -> impl Iterator<Item = usize> {
        self.0
            .into_iter()
            .enumerate()
            .flat_map(|(block, bits)| ones(bits).map(move |bit| block * 64 + bit))
    }
}

/// Returns the places of the bits that are set, from the lowest on.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = (bits != 0).then(|| bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        next
    })
}

enum Item {
    EndOfSentence,
    Word(Word),
}

/// Splits at whatever is no letter or digit, and at the humps of `camelCase` and `JWTExpired`.
fn each_word(text: &str, mut each: impl FnMut(Item)) {
    let bytes = text.as_bytes();
    let mut previous = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if !is_word_byte(byte) {
            let ends = matches!(byte, b'.' | b'!' | b'?' | b';');
            let apart = bytes.get(at + 1).is_none_or(|next| next.is_ascii_whitespace());
            if byte == b'\n' || (ends && apart) {
                previous = None;
                each(Item::EndOfSentence);
            }
            at += 1;
            continue;
        }
        let end = word_end(bytes, at);
        let word = look_up(&bytes[at..end]);
        // A refresh token is not the token: a refused refresh is no expiry.
        let word = match (previous, word) {
            (Some(Word::Refresh), Some(Word::Token)) => Some(Word::RefreshToken),
            (Some(Word::Sign), Some(Word::In)) => Some(Word::Login),
            (Some(Word::Per), Some(Word::Minute)) => Some(Word::PerMinute),
            (Some(Word::Time), Some(Word::Out)) => Some(Word::Timeout),
            _ => word,
        };
        if let Some(word) = word {
            each(Item::Word(word));
        }
        // `5 per 1 second` is as much a rate as `5 per second`.
        if !byte.is_ascii_digit() {
            previous = word;
        }
        at = end;
    }
}

fn word_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        let before = bytes[at - 1];
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let hump = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && next_is_lower));
        if !is_word_byte(byte) || hump {
            return at;
        }
        at += 1;
    }
    at
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

fn look_up(word: &[u8]) -> Option<Word> {
    SPELLINGS.get(word)
}

/// Cuts the namespace and the link off `com.amazon.coral#FooException:http://…` and
/// `https://example.com/problems/out-of-credit`.
pub(crate) fn last_segment(code: &str) -> &str {
    let code = bounded(code);
    let is_mark = |byte: u8| matches!(byte, b'/' | b':' | b'#');
    if !code.bytes().any(is_mark) {
        return code;
    }
    let linked = if code.starts_with("http") { None } else { code.find(":http") };
    let code = linked.and_then(|at| code.get(..at)).unwrap_or(code);
    let code = code.trim_end_matches(['/', ':', '#']);
    code.rsplit(['/', ':', '#']).next().unwrap_or(code)
}

/// What a server has to say, it says in the first 2 KiB.
pub(crate) fn bounded(text: &str) -> &str {
    let mut end = TEXT_LIMIT.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

const SET_BLOCKS: usize = WORDS.div_ceil(64);
/// Bytes of the longest code.
const CODE_LIMIT: usize = 128;
/// Bytes of a text that are read.
const TEXT_LIMIT: usize = 2_048;

#[cfg(test)]
mod tests {
    use readmit_error::Kind;

    use super::*;

    #[test]
    fn r78_one_code_in_many_spellings_is_one() {
        for code in [
            "ExpiredToken",
            "expired_token",
            "TOKEN_EXPIRED",
            "token-expired",
            "ExpiredTokenException",
            "JWTExpired",
            "urn:example:error:expiredToken",
            "com.example#ExpiredTokenException:http://internal.example.com/x",
            "https://example.com/problems/token-expired/",
        ] {
            let rule = of_code(code).map(Rule::kind);

            assert_eq!(rule, Some(Kind::TokenExpired), "{code}");
        }
        assert_eq!(of_text("The token has Expired.").map(Rule::kind), Some(Kind::TokenExpired));
    }

    #[test]
    fn r78_words_of_two_sentences_are_not_taken_together() {
        assert_eq!(of_text("The link expired. Send a token").map(Rule::kind), None);
    }

    #[test]
    fn a_refused_refresh_is_no_expiry() {
        for code in ["refresh_token_expired", "RefreshTokenNotFound"] {
            assert_eq!(of_code(code).map(Rule::kind), Some(Kind::InvalidCredentials), "{code}");
        }
        let helpful = "Token has expired. Please refresh your existing token.";
        assert_eq!(of_text(helpful).map(Rule::kind), Some(Kind::TokenExpired));
    }

    #[test]
    fn what_was_given_is_not_missing() {
        for (text, kind) in [
            ("You did not provide credentials", Kind::MissingCredentials),
            ("You did not provide correct credentials", Kind::InvalidCredentials),
            (
                "Not provided invalid_token: The access token provided is invalid",
                Kind::InvalidCredentials,
            ),
            ("This api key is no longer active", Kind::InvalidCredentials),
            ("A credential header was present but could not be parsed", Kind::InvalidCredentials),
            ("You need to sign in or sign up before continuing", Kind::MissingCredentials),
            ("cookie 'connect.sid' required", Kind::MissingCredentials),
        ] {
            assert_eq!(of_text(text).map(Rule::kind), Some(kind), "{text}");
        }
    }

    #[test]
    fn a_word_that_means_much_elsewhere_means_nothing_alone() {
        for text in [
            "The security code has expired",
            "The option of the drop-down is not one of these",
            "The maximum allowed depth is exceeded",
            "Your storage capacity is exceeded",
        ] {
            let kind = of_text(text).map(Rule::kind);

            assert!(
                !matches!(kind, Some(Kind::ClockSkew | Kind::Unavailable | Kind::QuotaExhausted)),
                "{text}: {kind:?}",
            );
        }
        assert_ne!(of_code("INVALID_DROP_DOWN_VALUE").map(Rule::kind), Some(Kind::Unavailable));
        assert_ne!(of_code("ACCOUNT_PENDING_KYC").map(Rule::kind), Some(Kind::Pending));
        let asked = "Authorization is required for the interaction that was attempted";
        assert_eq!(of_text(asked).map(Rule::kind), Some(Kind::MissingCredentials));
        assert_eq!(of_text("Login Time-out").map(Rule::kind), Some(Kind::TokenExpired));
    }

    #[test]
    fn a_clock_is_off_in_many_words() {
        for text in [
            "Timestamp for this request was 1000ms ahead of the server's time",
            "Timestamp is too old",
            "Timestamp Outside Tolerance",
            "Timestamp too far in the future",
            "Stale request - reported time is more than 1 hour ago",
            "Bad request timestamp",
        ] {
            assert_eq!(of_text(text).map(Rule::kind), Some(Kind::ClockSkew), "{text}");
        }
        for text in [
            "entry for stream 'a' has timestamp too old",
            "The timestamp of the event must lie in the future",
        ] {
            assert_ne!(of_text(text).map(Rule::kind), Some(Kind::ClockSkew), "{text}");
        }
    }

    #[test]
    fn r75_a_text_without_an_end_is_left_after_2_kib() {
        let text = format!("{} token expired", "é".repeat(TEXT_LIMIT));

        assert_eq!(of_text(&text).map(Rule::kind), None);
    }
}
