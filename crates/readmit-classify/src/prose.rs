//! The wait that a sentence tells: `Please try again in 6m0s.`
//!
//! This is the last resort, and a sentence has many numbers that are no wait: limits, windows,
//! counts, ages. A wait has a shape of its own: a word of waiting, a preposition, an amount with
//! its unit or an instant with its offset. Whatever is not of this shape says nothing.

use std::time::{Duration, SystemTime};

use crate::rate_limit::instant;
use crate::rate_limit::span::{self, Decimal, Unit};

/// Returns how long a text asks to wait, from `now` by the server's clock.
///
/// Of several waits the first counts. Only the first 2 KiB are read, and nothing is allocated.
pub(crate) fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.as_bytes();
    let text = text.get(..LIMIT + SPARE).unwrap_or(text);
    if !text.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let mut reader = Reader { rest: text, sentence: Sentence::default() };
    // What begins within the bound is read to its end, so that no amount is cut.
    let spare = text.len().saturating_sub(LIMIT);
    while let Some(word) = reader.next().filter(|_| spare <= reader.rest.len()) {
        if let Some(cue) = reader.sentence.cue(word)
            && let Some(wait) = told(reader.rest, cue, now)
        {
            return Some(wait);
        }
        reader.sentence.hear(word);
    }
    None
}

/// What a word of waiting lets one expect behind it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Cue {
    /// `available`, `reset`: a preposition, and an amount or an instant.
    Due,
    /// `retry`, `try again`: the same, and a bare number behind `after` is one of seconds.
    Retry,
    /// `wait`: the same, and the preposition may be missing.
    Wait,
}

/// What the sentence has said so far that bears on the words of waiting.
#[derive(Clone, Copy, Debug, Default)]
struct Sentence {
    /// A word that asks to do something: `request` it again, `come` back.
    asks: bool,
    /// A word that makes `available` the report of a failure: `no server was available`.
    denies: bool,
    /// The word just before is about something else: `connection reset`, `failed again`.
    precluded: bool,
}

impl Sentence {
    fn cue(self, word: &[u8]) -> Option<Cue> {
        let mut buffer = [0; WORD_LIMIT];
        let cue = match lower(word, &mut buffer)? {
            b"again" | b"back" if self.asks => Cue::Retry,
            b"available" if !self.denies => Cue::Due,
            b"reset" | b"resets" => Cue::Due,
            b"retry" | b"retrying" | b"try" => Cue::Retry,
            b"wait" => Cue::Wait,
            _ => return None,
        };
        (!self.precluded).then_some(cue)
    }

    fn hear(&mut self, word: &[u8]) {
        let mut buffer = [0; WORD_LIMIT];
        self.precluded = false;
        match lower(word, &mut buffer).unwrap_or_default() {
            b"attempt" | b"call" | b"check" | b"come" | b"log" | b"make" | b"request"
            | b"requests" | b"retry" | b"send" | b"sign" | b"submit" | b"try" => self.asks = true,
            b"never" | b"none" | b"not" | b"without" => self.denies = true,
            b"no" => (self.denies, self.precluded) = (true, true),
            b"been" | b"connection" | b"each" | b"every" | b"failed" | b"final" | b"first"
            | b"key" | b"last" | b"lock" | b"max" | b"maximum" | b"on" | b"out" | b"password"
            | b"socket" | b"stream" | b"token" | b"tried" | b"was" | b"were" => {
                self.precluded = true;
            }
            _ => {}
        }
    }

    /// Hears a mark: a comma parts what is denied from what is asked, a full stop everything.
    fn pause(&mut self, mark: u8, apart: bool) {
        match mark {
            b'\n' => *self = Sentence::default(),
            b'.' | b'!' | b'?' | b';' if apart => *self = Sentence::default(),
            b' ' | b'\'' | b'"' | b'`' => {}
            _ => (self.denies, self.precluded) = (false, false),
        }
    }
}

/// The preposition behind a word of waiting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lead {
    /// `after`: whatever says how long, or when.
    After,
    /// `at`, `on`, `until`: an instant.
    At,
    /// `in`, `for`, or nothing behind `wait`: the same as `after`, with a unit.
    In,
}

/// Reads what stands behind a word of waiting.
fn told(mut rest: &[u8], cue: Cue, now: SystemTime) -> Option<Duration> {
    let mut lead = (cue == Cue::Wait).then_some(Lead::In);
    let mut led = false;
    // `Retry-After: 5` is the same in words.
    if let [b'-', next, ..] = rest
        && next.is_ascii_alphabetic()
    {
        rest = rest.get(1..)?;
    }
    // A handful of words may stand between: `wait for at least another`.
    for _ in 0..FILLER_LIMIT {
        rest = skip_marks(rest);
        if rest.first().is_some_and(u8::is_ascii_digit) {
            return amount(rest, cue, lead?, now);
        }
        if let Some(at) = led.then(|| date(rest)).flatten() {
            return Some(at.duration_since(now).unwrap_or_default());
        }
        let (word, behind) = split_word(rest)?;
        let mut buffer = [0; WORD_LIMIT];
        match lower(word, &mut buffer)? {
            b"after" => (lead, led) = (Some(Lead::After), true),
            b"at" | b"on" | b"until" => (lead, led) = (Some(Lead::At), true),
            b"in" => (lead, led) = (Some(Lead::In), true),
            b"for" if cue == Cue::Wait => led = true,
            b"about" | b"again" | b"another" | b"approximately" | b"around" | b"automatically"
            | b"is" | b"minimum" | b"roughly" | b"time" => {}
            // `at least` is about how long, and not about when.
            b"least" => lead = Some(Lead::In),
            b"it" | b"request" | b"requests" | b"the" | b"this" | b"your" if !led => {}
            _ => return None,
        }
        // A sentence that ends here says no more of this.
        if behind.first().is_some_and(|mark| matches!(mark, b'.' | b'!' | b'?' | b';' | b',')) {
            return None;
        }
        rest = behind;
    }
    None
}

/// Reads an instant, a length of time, or the bare number that stands for seconds.
fn amount(rest: &[u8], cue: Cue, lead: Lead, now: SystemTime) -> Option<Duration> {
    if let Some(at) = timestamp(rest) {
        return Some(at.duration_since(now).unwrap_or_default());
    }
    if lead == Lead::At {
        return None;
    }
    if let Some((delay, behind)) = span::split(rest) {
        let ends = behind.first().is_none_or(|byte| !is_word_byte(*byte) && *byte != b'/');
        let past = split_word(skip_marks(behind)).is_some_and(|(word, _)| word == b"ago");
        return (ends && !past).then_some(delay);
    }
    let (number, behind) = Decimal::split(rest)?;
    let is_time = PLAUSIBLE <= number.whole();
    let is_bare = cue == Cue::Retry && lead == Lead::After && ends_here(behind);
    (is_bare && !is_time).then(|| number.of(Unit::Second))
}

/// Reads the instant of ISO 8601 at the start; `UTC` and `GMT` are offsets too.
fn timestamp(rest: &[u8]) -> Option<SystemTime> {
    let of_instant = |(at, byte): (usize, &u8)| {
        byte.is_ascii_digit()
            || matches!(byte, b'-' | b':' | b'.' | b'+' | b'T' | b't' | b'Z' | b'z')
            || (*byte == b' ' && at == DATE)
    };
    let length = rest.iter().enumerate().take_while(|it| of_instant(*it)).count();
    if length <= DATE {
        return None;
    }
    let (told, behind) = rest.split_at_checked(length)?;
    let told = told.trim_ascii_end();
    let told = told.strip_suffix(b".").unwrap_or(told);
    if let Some(at) = instant(told) {
        return Some(at);
    }
    let (zone, _) = split_word(behind.trim_ascii_start())?;
    let mut buffer = [0; INSTANT_LIMIT];
    let whole = buffer.get_mut(..=told.len()).filter(|_| matches!(zone, b"UTC" | b"GMT"))?;
    let (offset, head) = whole.split_last_mut()?;
    head.copy_from_slice(told);
    *offset = b'Z';
    instant(whole)
}

/// Reads the date of HTTP at the start: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn date(rest: &[u8]) -> Option<SystemTime> {
    let told = rest.get(..HTTP_DATE)?;
    let is_date = told.get(3) == Some(&b',') && told.ends_with(b"GMT");
    is_date.then(|| instant(told)).flatten()
}

/// The words of a text, one by one.
struct Reader<'a> {
    rest: &'a [u8],
    sentence: Sentence,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            if let Some((word, rest)) = split_word(self.rest) {
                self.rest = rest;
                return Some(word);
            }
            let (mark, rest) = self.rest.split_first()?;
            let apart = rest.first().is_none_or(u8::is_ascii_whitespace);
            self.sentence.pause(*mark, apart);
            self.rest = rest;
        }
    }
}

fn split_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = text.iter().take_while(|byte| is_word_byte(**byte)).count();
    text.split_at_checked(length).filter(|(word, _)| !word.is_empty())
}

/// Letters beyond ASCII are letters: a word that only begins like one of ours is another.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Passes over space, quotation marks and what joins a word to its value.
fn skip_marks(text: &[u8]) -> &[u8] {
    let is_mark = |byte: &u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'\'' | b'"' | b'`' | b':' | b'~' | b'(')
    };
    let marks = text.iter().take_while(|byte| is_mark(byte)).count();
    text.get(marks..).unwrap_or_default()
}

/// Whether no word belongs to the number before: the text ends, or the sentence does.
fn ends_here(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        [b'\n' | b'\r' | b'"' | b'\'' | b'`' | b')' | b'}' | b']', ..] => true,
        [b'.' | b',' | b';' | b'!' | b'?', rest @ ..] => {
            rest.first().is_none_or(u8::is_ascii_whitespace)
        }
        [b' ', rest @ ..] => rest.trim_ascii().is_empty(),
        _ => false,
    }
}

fn lower<'a>(word: &[u8], buffer: &'a mut [u8; WORD_LIMIT]) -> Option<&'a [u8]> {
    let lower = buffer.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    Some(lower)
}

/// Bytes of a text that are read.
const LIMIT: usize = 2_048;
/// Bytes behind the bound in which what begins before it may end.
const SPARE: usize = 256;
/// Letters of the longest word that matters.
const WORD_LIMIT: usize = 13;
/// Words between a word of waiting and what it says.
const FILLER_LIMIT: usize = 6;
/// A bare number from here on is a time, or nonsense: thirty years in seconds.
const PLAUSIBLE: u64 = 1_000_000_000;
/// Bytes of a date without its time.
const DATE: usize = "2024-01-15".len();
/// Bytes of the longest instant, with nine digits of a second.
const INSTANT_LIMIT: usize = "2024-01-15T10:30:00.000000000+00:00".len();
/// Bytes of the date that HTTP prefers.
const HTTP_DATE: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();

#[cfg(test)]
mod tests;
