//! What is secret in a text that nothing is known of: an error, a line of a log, a page.
//!
//! One pass from the beginning to the end. Words are looked at for what they are (a token of a known
//! shape) and for what they announce (a name or a scheme with a value behind it); most of them are
//! ordinary at a glance.

use std::ops::Range;

use crate::redact::name::Class;
use crate::redact::rules::Rules;
use crate::redact::sieve::{self, SHORTEST_TOKEN};
use crate::redact::spans::Spans;
use crate::redact::stops::{Stops, Which};
use crate::redact::word::Meaning;
use crate::redact::{looks, percent, shape, url, value};

/// Finds the secrets of a text.
pub(crate) fn scan(rules: &Rules, text: &[u8], depth: u8) -> Spans {
    let has_percent = text.contains(&b'%');
    let mut scan = Scan { rules, text, depth, has_percent, spans: Spans::default() };
    // A name that the application has added may be any word.
    scan.run(if rules.has_added_names() { Which::All } else { Which::Odd });
    scan.spans
}

#[derive(Debug)]
pub(crate) struct Scan<'t> {
    pub(super) rules: &'t Rules,
    pub(super) text: &'t [u8],
    /// How many encodings this text was taken out of.
    depth: u8,
    has_percent: bool,
    pub(super) spans: Spans,
}

impl Scan<'_> {
    fn run(&mut self, which: Which) {
        let mut stops = Stops::new(self.text, which);
        let mut at = 0;
        while let Some(stop) = stops.next(at) {
            at = match self.text[stop] {
                b'/' => self.network_path(stop),
                b'<' => self.tag(stop),
                b'\\' | b'~' => stop + 1,
                _ => {
                    let (start, end) = stops.word(at, stop);
                    let is_encoded = self.has_percent && self.text[start..end].contains(&b'%');
                    let is_odd = which == Which::All
                        || is_encoded
                        || !sieve::is_ordinary(self.text, start, end);
                    if is_odd { self.word(start, end) } else { end }
                }
            };
        }
    }

    /// Looks at a word thoroughly, and returns where to go on.
    fn word(&mut self, start: usize, end: usize) -> usize {
        let text = self.text;
        // The letter of an escape such as `\n` is none of the word.
        let inner = (start + escape_length(text, start)).min(end);
        // The first line of a key may follow upon a word, such as the end of a certificate.
        if text[inner..end].ends_with(b"-----BEGIN")
            && let Some(key_end) = shape::pem_end(text, end - b"-----BEGIN".len())
        {
            self.spans.hide(end - b"-----BEGIN".len()..key_end);
            return key_end;
        }
        let next = text.get(end).copied().unwrap_or(b'\n');
        if let Some(end) = self.shape(start, inner, end, next) {
            return end;
        }
        match next {
            b' ' | b'\t' => self.before_blank(start, inner, end),
            b':' if text[end..].starts_with(b"://") => self.url(start),
            b'=' | b':' | b'"' | b'\'' | b'`' | b'\\' | b']' => {
                self.before_sign(start, inner, end).or_else(|| self.encoded(start, end))
            }
            b'(' => self.before_bracket(start, inner, end).or_else(|| self.encoded(start, end)),
            _ => self.encoded(start, end),
        }
        .unwrap_or(end)
    }

    /// Hides a token of a known shape within the word.
    fn shape(&mut self, start: usize, inner: usize, end: usize, next: u8) -> Option<usize> {
        if end - start < SHORTEST_TOKEN && !matches!(next, b'|' | b'/' | b'+' | b'~' | b':') {
            return None;
        }
        let is_digit = |at: usize| self.text[at].is_ascii_digit();
        for at in start..end {
            let begins = at == start
                || at == inner
                || !self.text[at - 1].is_ascii_alphanumeric()
                || (is_digit(at) && !is_digit(at - 1));
            if !begins || !self.text[at].is_ascii_alphanumeric() {
                continue;
            }
            if let Some(end) = shape::end_at(self.text, at, end) {
                self.spans.hide(at..end);
                return Some(end);
            }
        }
        None
    }

    /// Hides the value behind a name and a sign.
    fn before_sign(&mut self, start: usize, inner: usize, end: usize) -> Option<usize> {
        // Looked for first: it costs less than to understand a name.
        let sign = self.sign(start, end)?;
        let class = self.class(start, inner, end);
        self.announced(class, &sign)
    }

    /// Hides what a type of this name holds, as `ApiKey("abc")` shows it.
    fn before_bracket(&mut self, start: usize, inner: usize, end: usize) -> Option<usize> {
        let value = value::begin(self.text, end + 1);
        value::quoted(self.text, value)?;
        let class = self.class(start, inner, end);
        self.announced(class, &Sign::blank(value))
    }

    /// Hides what a word announces that a blank follows.
    fn before_blank(&mut self, start: usize, inner: usize, end: usize) -> Option<usize> {
        let next = value::skip_blanks(self.text, end);
        let is_flag = self.text[start] == b'-';
        if is_flag && LOGINS.contains(&&self.text[start..end]) {
            return self.login(next);
        }
        let has_sign = matches!(self.text.get(next), Some(b'=' | b':'));
        if is_flag || has_sign {
            let class = self.class(start, inner, end);
            if class != Class::Plain {
                let sign = if has_sign { self.sign(start, end)? } else { Sign::blank(next) };
                return self.announced(class, &sign);
            }
        }
        let meaning = Meaning::of(last_word(&self.text[inner..end]));
        if meaning == Meaning::default() {
            return self.encoded(start, end);
        }
        self.scheme(meaning, next)
            .or_else(|| self.prose(meaning, next))
            .or_else(|| self.encoded(start, end))
    }

    /// Hides the password behind a name and a colon, as `curl -u` takes them.
    fn login(&mut self, at: usize) -> Option<usize> {
        let (login, after) = value::quoted(self.text, at).unwrap_or_else(|| {
            let end = value::plain_end(self.text, at);
            (at..end, end)
        });
        let colon = self.text[login.clone()].iter().position(|byte| *byte == b':')?;
        self.spans.hide(login.start + colon + 1..login.end);
        Some(after)
    }

    /// Hides the credential behind `Bearer` and its like, where it is one.
    fn scheme(&mut self, meaning: Meaning, next: usize) -> Option<usize> {
        if !meaning.has(Meaning::SCHEME) {
            return None;
        }
        let word = value::word(self.text, next);
        let found = &self.text[word.clone()];
        // The parameter of a challenge is none; at the end of a token there may be signs of it.
        let is_parameter = found.iter().position(|byte| *byte == b'=').is_some_and(|at| {
            found[at..].iter().any(|byte| *byte != b'=') || self.text.get(word.end) == Some(&b'"')
        });
        let has_digit = found.iter().any(u8::is_ascii_digit);
        let is_credential = looks::is_unusual(found, 8) && (has_digit || 16 <= found.len());
        if is_parameter || !is_credential {
            return None;
        }
        self.spans.hide(word.clone());
        Some(word.end)
    }

    /// Hides what a sentence tells: `the token abc… expired`, `the password is abc…`.
    fn prose(&mut self, meaning: Meaning, next: usize) -> Option<usize> {
        let told = Noun::of(meaning)?;
        let mut next = next;
        let verb = value::word(self.text, next);
        let is_told = matches!(&self.text[verb.clone()], b"is" | b"was" | b"are" | b"value");
        if is_told {
            next = value::skip_blanks(self.text, verb.end);
        }
        let quote = self.text.get(next).is_some_and(|byte| b"\"'`".contains(byte));
        let word = value::word(self.text, next + usize::from(quote));
        let found = &self.text[word.clone()];
        let is_secret = match told {
            Noun::Password if is_told || quote => looks::is_unusual(found, 4),
            Noun::Password => looks::is_unusual(found, 8),
            Noun::Code if is_told || quote => {
                (6..=8).contains(&found.len()) && found.iter().all(u8::is_ascii_digit)
            }
            Noun::Token if is_told => looks::is_unusual(found, 8) && !is_instant(found),
            Noun::Code | Noun::Token => looks::is_random(found),
        };
        if !is_secret {
            return None;
        }
        self.spans.hide(word.clone());
        Some(word.end)
    }

    /// Hides a word that holds a secret in percent-encoding.
    fn encoded(&mut self, start: usize, end: usize) -> Option<usize> {
        let word = &self.text[start..end];
        if !self.has_percent || self.depth == DEEPEST || !percent::is_encoded(word) {
            return None;
        }
        let decoded = percent::decode(word, false);
        let is_secret = !scan(self.rules, &decoded, self.depth + 1).is_empty();
        is_secret.then(|| self.spans.hide(start..end))?;
        Some(end)
    }

    /// Hides what is secret in a URL, which the text goes on with.
    fn url(&mut self, start: usize) -> Option<usize> {
        let end = url::end(self.text, start);
        for part in url::secrets(self.rules, &self.text[start..end], self.depth).iter() {
            self.spans.hide(start + part.start..start + part.end);
        }
        Some(end)
    }

    /// A URL without a scheme is one where there is somebody's name in it.
    fn network_path(&mut self, at: usize) -> usize {
        if self.text.get(at + 1) != Some(&b'/') {
            return at + 1;
        }
        let rest = &self.text[at + 2..];
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/?#\"'<>`".contains(byte);
        let authority = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
        if !authority.contains(&b'@') {
            return at + 2;
        }
        self.url(at).unwrap_or(at + 2)
    }

    fn class(&self, start: usize, inner: usize, end: usize) -> Class {
        let class = self.rules.class(&self.text[start..end]);
        if class == Class::Plain && start < inner {
            return self.rules.class(&self.text[inner..end]);
        }
        class
    }
}

/// What stands between a name and its value.
#[derive(Debug)]
pub(super) struct Sign {
    /// Where the value begins.
    pub(super) value: usize,
    /// Whether it is the colon of a sentence or a header rather than that of a structure.
    pub(super) is_colon: bool,
    /// Whether the name is within quotes.
    pub(super) is_quoted: bool,
}

impl Sign {
    fn blank(value: usize) -> Sign {
        Sign { value, is_colon: false, is_quoted: false }
    }
}

impl Scan<'_> {
    /// Finds the sign that makes what follows the value of a name.
    fn sign(&self, start: usize, end: usize) -> Option<Sign> {
        let text = self.text;
        let closers =
            text[end..].iter().take(8).take_while(|byte| b"\"'`\\]".contains(byte)).count();
        let at = value::skip_blanks(text, end + closers);
        let is_quoted = 0 < closers;
        let after = |width: usize| value::begin(text, at + width);
        let sign = |value, is_colon| Some(Sign { value, is_colon, is_quoted });
        match (text.get(at)?, text.get(at + 1)) {
            (b':', Some(b':')) => None,
            (b':', Some(b'=')) | (b'=', Some(b'=' | b'>')) => sign(after(2), false),
            (b':', _) => sign(after(1), true),
            (b'=', _) => sign(after(1), false),
            // A pair in a list: a name within quotes at its beginning, or a flag.
            (b',', _) if is_quoted && self.begins_pair(start) => sign(after(1), false),
            _ => None,
        }
    }

    fn begins_pair(&self, start: usize) -> bool {
        let before = self.text[..start].iter().rev();
        let opener = before.take(16).find(|byte| !b"\"'`\\ ".contains(byte));
        self.text[start] == b'-' || opener.is_some_and(|byte| b"([".contains(byte))
    }
}

/// What kind of secret a noun means.
#[derive(Clone, Copy, Debug)]
enum Noun {
    /// One that a person made up.
    Password,
    /// Digits that somebody types, or the code of an error.
    Code,
    /// One that a machine made up.
    Token,
}

impl Noun {
    fn of(meaning: Meaning) -> Option<Noun> {
        if meaning.has(Meaning::PASSWORD_NOUN) {
            Some(Noun::Password)
        } else if meaning.has(Meaning::CODE_NOUN) {
            Some(Noun::Code)
        } else {
            meaning.has(Meaning::TOKEN_NOUN).then_some(Noun::Token)
        }
    }
}

fn is_instant(word: &[u8]) -> bool {
    word.iter().take_while(|byte| byte.is_ascii_digit()).count() == 4 && word.get(4) == Some(&b'-')
}

/// Whether a word is the scheme of a credential.
pub(crate) fn is_scheme(word: &[u8]) -> bool {
    Meaning::of(word).has(Meaning::SCHEME)
}

/// The letters at the end of a name.
fn last_word(name: &[u8]) -> &[u8] {
    let letters = name.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    &name[name.len() - letters..]
}

/// Returns how many characters behind a backslash belong to the escape.
fn escape_length(text: &[u8], start: usize) -> usize {
    match (start.checked_sub(1).map(|before| text[before]), text[start]) {
        (Some(b'\\'), b'n' | b'r' | b't' | b'b' | b'f' | b'0') => 1,
        (Some(b'\\'), b'u') => 5,
        (Some(b'\\'), b'x') => 3,
        _ => 0,
    }
}

/// Options of curl and its like that take a name and a password.
const LOGINS: &[&[u8]] = &[b"-u", b"-U", b"--user", b"--proxy-user"];
/// Encodings within encodings that are undone.
const DEEPEST: u8 = 3;

/// A part of the text.
pub(super) type Part = Range<usize>;

#[cfg(test)]
mod tests;
