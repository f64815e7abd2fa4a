use std::cmp::Reverse;
use std::fmt;

use readmit_error::Kind;

use crate::dialect::{By, Found};

/// One thing in the evidence that says what happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signal<'a> {
    pub(crate) reading: Reading,
    pub(crate) source: Source<'a>,
}

/// What a signal says, and how exactly.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Reading {
    pub(crate) kind: Kind,
    pub(crate) grain: Grain,
}

/// How exact a signal is; the finer one decides (rule 78).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Grain {
    /// Says little more than that something went wrong: a 400, a 500, `bad_request`.
    Vague,
    /// Names the family: a 401, `access_denied`. A finer signal may still change the kind.
    Coarse,
    /// Leaves no doubt.
    Specific,
}

/// Where a signal stands, in the order of trust from the least to the most.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Rank {
    Status,
    Text,
    Header,
    Word,
    Code,
    Dialect,
    Challenge,
}

/// What a signal was found in, as far as it is to be told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    /// The challenge has this scheme and no error.
    BareChallenge(&'a str),
    /// The error of a challenge.
    Challenge(&'a str),
    /// A code that a standard or the documentation defines.
    Code(&'a str),
    /// A rule of a dialect.
    Dialect(&'a str, Found<'a>),
    /// A code that leaves open whether the token has expired; the times in the details tell.
    Expiry(&'a str),
    /// A header, and what it says.
    Header(&'static str),
    /// The status, and what else was known.
    Status(u16, &'static str),
    /// A sentence with these words in it, and the place of the rule among the rules.
    Text(&'static str, usize),
    /// A code that is made of well-known words.
    Word(&'a str),
}

impl Reading {
    pub(crate) const fn specific(kind: Kind) -> Reading {
        Reading { kind, grain: Grain::Specific }
    }

    pub(crate) const fn coarse(kind: Kind) -> Reading {
        Reading { kind, grain: Grain::Coarse }
    }

    pub(crate) const fn vague(kind: Kind) -> Reading {
        Reading { kind, grain: Grain::Vague }
    }
}

impl Signal<'_> {
    pub(crate) fn rank(&self) -> Rank {
        match self.source {
            Source::Challenge(_) => Rank::Challenge,
            Source::Code(_) | Source::Expiry(_) => Rank::Code,
            // Its status tells what any status tells.
            Source::Dialect(_, found) if found.by() == By::Status => Rank::Status,
            Source::Dialect(..) => Rank::Dialect,
            Source::Header(_) => Rank::Header,
            // It tells no more than the status does.
            Source::BareChallenge(_) | Source::Status(..) => Rank::Status,
            Source::Text(..) => Rank::Text,
            Source::Word(_) => Rank::Word,
        }
    }

    /// Returns how much the signal weighs: of two sentences the more special one.
    pub(crate) fn weight(&self) -> impl Ord {
        let order = match self.source {
            Source::Text(_, order) => order,
            Source::BareChallenge(_)
            | Source::Challenge(_)
            | Source::Code(_)
            | Source::Dialect(..)
            | Source::Expiry(_)
            | Source::Header(_)
            | Source::Status(..)
            | Source::Word(_) => 0,
        };
        (self.reading.grain, self.rank(), Reverse(order))
    }

    /// Returns the rule of the dialect, if it is one.
    pub(crate) fn rule(&self) -> Option<Found<'_>> {
        match self.source {
            Source::Dialect(_, found) => Some(found),
            Source::BareChallenge(_)
            | Source::Challenge(_)
            | Source::Code(_)
            | Source::Expiry(_)
            | Source::Header(_)
            | Source::Status(..)
            | Source::Text(..)
            | Source::Word(_) => None,
        }
    }
}

/// Says in one line which signal this is (rule 79).
impl fmt::Display for Signal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Source::BareChallenge(scheme) => {
                let known = SCHEMES.iter().find(|known| known.eq_ignore_ascii_case(scheme));
                let scheme = known.unwrap_or(&"of an unknown scheme");
                write!(f, "challenge {scheme} without an error")
            }
            Source::Challenge(error) => write!(f, "challenge error {}", Quoted(error)),
            // The most frequent one, without the detour of a format string.
            Source::Code(code) | Source::Word(code) => {
                f.write_str("code ")?;
                Quoted(code).fmt(f)
            }
            Source::Dialect(dialect, found) => match found.by() {
                By::Code => write!(f, "code {} of the dialect {dialect}", found.says()),
                By::Text => {
                    write!(f, "text with the words {} of the dialect {dialect}", found.says())
                }
                By::Status => write!(f, "status of the dialect {dialect}"),
            },
            Source::Expiry(code) => {
                write!(f, "code {} and details.token_expires_at", Quoted(code))
            }
            Source::Header(says) => f.write_str(says),
            Source::Status(status, "") => write!(f, "status {status}"),
            Source::Status(status, note) => write!(f, "status {status}, {note}"),
            Source::Text(words, _) => write!(f, "text with the words {words}"),
        }
    }
}

/// A code is somebody else's text too (rule 56); what shows it makes it neutral.
///
/// It is repeated whole or not at all: what is cut could be the beginning of a token, which nobody
/// would recognise as one any more.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if CODE_LIMIT < self.0.len() {
            return write!(f, "of {} bytes", self.0.len());
        }
        f.write_str(self.0)
    }
}

/// The schemes that are repeated; what stands in the place of another may be a credential.
const SCHEMES: [&str; 9] =
    ["Basic", "Bearer", "Digest", "DPoP", "GNAP", "HOBA", "Mutual", "Negotiate", "NTLM"];
/// Bytes of the longest code that is repeated.
const CODE_LIMIT: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r79_a_signal_explains_itself_in_one_line() {
        let reading = Reading::specific(Kind::TokenExpired);
        for (source, line) in [
            (Source::Code("AUTH_003"), "code AUTH_003"),
            (Source::Challenge("invalid_token"), "challenge error invalid_token"),
            (Source::Status(503, ""), "status 503"),
            (Source::Word(&"x".repeat(65)), "code of 65 bytes"),
        ] {
            assert_eq!(Signal { reading, source }.to_string(), line);
        }
    }
}
