//! Secrets that are known by their shape, whatever stands around them.

use crate::redact::looks;
use crate::redact::prefix::{self, Alphabet};
use crate::redact::sieve::SHORTEST_RANDOM;

/// Returns where a secret ends that begins at this place of the text, if one does.
///
/// Whoever asks does so where a word begins; `end` is where that word ends, as far as it has no
/// other signs in it than names have.
pub(crate) fn end_at(text: &[u8], at: usize, end: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let length = end.saturating_sub(at);
    let found = match rest.first()? {
        b'e' | b'W' => encoded_json(rest),
        b'0'..=b'9' => after_digits(rest),
        _ => None,
    };
    let is_long = SHORTEST_RANDOM <= length;
    let found = found
        .or_else(|| prefix::length(rest))
        .or_else(|| entra(rest))
        .or_else(|| is_long.then(|| prefixed_token(rest))?)
        .or_else(|| is_long.then(|| dotted_token(rest))?)?;
    Some(at + found)
}

/// A JWS or JWE, with or without a signature, and any other JSON in base64.
fn encoded_json(rest: &[u8]) -> Option<usize> {
    if !prefix::ENCODED_JSON.iter().any(|begin| rest.starts_with(begin)) {
        return None;
    }
    // The parts of a token are joined by full stops; five at most, of which some may be empty.
    let mut end = 0;
    for part in 0..5 {
        let from = if part == 0 {
            0
        } else if rest.get(end) == Some(&b'.') {
            end + 1
        } else {
            break;
        };
        let length = Alphabet::BASE64.run(&rest[from..]);
        if part == 0 && length < 16 {
            return None;
        }
        // A full stop at the end of a sentence is none of a token with one part.
        if part == 1 && length == 0 && rest.get(from) != Some(&b'.') {
            break;
        }
        end = from + length;
    }
    Some(end)
}

/// A secret of Entra has a digit and `Q~` in fourth and fifth place.
fn entra(rest: &[u8]) -> Option<usize> {
    let length =
        rest.get(4..6).filter(|mark| *mark == b"Q~").map(|_| 6 + Alphabet::ENTRA.run(&rest[6..]));
    length.filter(|length| rest[3].is_ascii_digit() && 34 <= *length)
}

/// What begins with the number of a bot: `123456789:AA…`.
fn after_digits(rest: &[u8]) -> Option<usize> {
    let digits = rest.iter().take(13).take_while(|byte| byte.is_ascii_digit()).count();
    if !(6..=12).contains(&digits) || rest.get(digits) != Some(&b':') {
        return None;
    }
    let secret = Alphabet::WORD.run(&rest[digits + 1..]);
    (30 <= secret).then_some(digits + 1 + secret)
}

/// A short name of the provider, a bar, and a long random rest: `abc_live_…`.
fn prefixed_token(rest: &[u8]) -> Option<usize> {
    let name = rest.iter().take(10).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if name < 2 || !matches!(rest.get(name), Some(b'_' | b'-')) {
        return None;
    }
    // `live`, a version or a number may stand between the two.
    let mut from = name + 1;
    for _ in 0..3 {
        let tail = Alphabet::ALNUM.run(&rest[from..]);
        if looks::is_token(&rest[from..from + tail]) {
            return Some(from + Alphabet::WORD.run(&rest[from..]));
        }
        if 12 < tail || !matches!(rest.get(from + tail), Some(b'_' | b'-')) {
            return None;
        }
        from += tail + 1;
    }
    None
}

/// Three random parts of which the one in the middle is short, as bots of Discord have.
fn dotted_token(rest: &[u8]) -> Option<usize> {
    let part = |from: usize| {
        from + Alphabet::WORD.run(&rest[from..from.saturating_add(80).min(rest.len())])
    };
    let first = part(0);
    if !(18..=30).contains(&first) || rest.get(first) != Some(&b'.') {
        return None;
    }
    let second = part(first + 1);
    if !(first + 6..=first + 9).contains(&second) || rest.get(second) != Some(&b'.') {
        return None;
    }
    let third = part(second + 1);
    (second + 25 <= third && looks::is_random(&rest[..first])).then_some(third)
}

/// Returns where a private key ends that begins at this place: behind its last line, or at the end
/// of the text where that is missing.
pub(crate) fn pem_end(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    if !is_pem_begin(rest) {
        return None;
    }
    let from = PEM_BEGIN.len();
    let end = find(&rest[from..], PEM_END).map_or(rest.len(), |end| {
        let line = from + end + PEM_END.len();
        let dashes = find(&rest[line..rest.len().min(line + 80)], b"-----");
        dashes.map_or(rest.len(), |dashes| line + dashes + 5)
    });
    Some(at + end)
}

/// Whether a private key begins in a line and does not end in it.
pub(crate) fn opens_key(line: &[u8]) -> bool {
    let mut rest = line;
    while let Some(at) = find(rest, PEM_BEGIN) {
        rest = &rest[at..];
        if !is_pem_begin(rest) {
            rest = &rest[PEM_BEGIN.len()..];
        } else if let Some(end) = find(rest, PEM_END) {
            rest = &rest[end..];
        } else {
            return true;
        }
    }
    false
}

/// Whether this is the first line of a key; certificates are public.
fn is_pem_begin(rest: &[u8]) -> bool {
    let Some(label) = rest.strip_prefix(PEM_BEGIN) else { return false };
    let label = &label[..label.len().min(64)];
    let label = &label[..find(label, b"-----").unwrap_or(label.len())];
    !["CERTIFICATE", "PUBLIC KEY", "CERTIFICATE REQUEST", "X509 CRL", "PGP SIGNATURE"]
        .iter()
        .any(|public| label.ends_with(public.as_bytes()))
}

/// Returns where one text stands in another.
pub(crate) fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = text.get(from..)?.iter().position(|byte| *byte == first) {
        if text[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

const PEM_BEGIN: &[u8] = b"-----BEGIN ";
pub(crate) const PEM_END: &[u8] = b"-----END ";
