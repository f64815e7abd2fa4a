//! From the evidence to the signals in it.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use readmit_error::{Challenge, Kind, rfc3339};

use crate::codes::{self, Code};
use crate::dialect::{By, Context, Dialect, Found, Phrase};
use crate::fields::Fields;
use crate::places::Places;
use crate::signal::{Grain, Reading, Signal, Source};
use crate::{rate_limit, retry_after, status, words};

/// Everything that was found in an answer, ready to be judged.
pub(crate) struct Scene<'a> {
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) fields: &'a Fields<'a>,
    pub(crate) dialect: Option<&'a Dialect>,
    pub(crate) credential_sent: Option<bool>,
    pub(crate) challenges: &'a [Challenge],
    /// Fields with a malformed challenge in them; good for words, never for parameters (rule 37).
    pub(crate) malformed: &'a [Cow<'a, str>],
    pub(crate) places: &'a Places<'a>,
    pub(crate) received_at: SystemTime,
}

impl<'a> Scene<'a> {
    /// Returns what the bare answer says, before anything in it is read.
    pub(crate) fn bare(&self) -> Signal<'a> {
        let status = self.by_status();
        let mut challenges = self.challenges.iter();
        challenges.find_map(|challenge| self.bare_challenge(challenge)).unwrap_or(status)
    }

    /// Returns what challenges, codes and headers say.
    ///
    /// A code that the dialect knows says what the dialect says of it.
    pub(crate) fn firm(&self) -> impl Iterator<Item = Signal<'a>> {
        let challenges = self.challenges.iter().filter_map(|challenge| self.challenge(challenge));
        let spoken = self.spoken();
        let by_code = spoken.is_some_and(|(_, found)| found.by() == By::Code);
        let errors = self.fields.errors.iter().flatten().filter(|error| words::is_code(error));
        let codes = self.codes().chain(errors.filter_map(|error| self.code(error)));
        let codes = codes.filter(move |code| !by_code || matches!(code.source, Source::Expiry(_)));
        let spoken = spoken.map(|(name, found)| Signal {
            reading: found.reading(),
            source: Source::Dialect(name, found),
        });
        challenges.chain(spoken).chain(codes).chain(self.limit()).chain(self.field())
    }

    /// Returns what the dialect says of the codes, and else of the texts.
    fn spoken(&self) -> Option<(&'a str, Found<'a>)> {
        let dialect = self.dialect?;
        let in_texts = |phrase: Phrase<'_>| self.sentences().any(|text| phrase.stands_in(text));
        let context = Context { status: self.status, headers: self.headers, texts: &in_texts };
        let in_body =
            self.places.codes.iter().filter_map(|code| dialect.code(&code.text, code.at, &context));
        let names = dialect.code_headers();
        let in_fields = names.filter_map(|name| {
            dialect.code(self.headers.get(name)?.to_str().ok()?, None, &context)
        });
        let by_code = in_body.chain(in_fields).min_by_key(Found::order);
        let by_text = || {
            let found = self.sentences().filter_map(|text| dialect.text(text, &context));
            found.min_by_key(|found| (Reverse(found.by()), found.order()))
        };
        Some((dialect.name(), by_code.or_else(by_text)?))
    }

    /// Returns what the status says, in the dialect if it has a word for it.
    ///
    /// Of a success with a failure in it, the body may know the status.
    fn by_status(&self) -> Signal<'a> {
        let found = self.dialect.and_then(|dialect| {
            let in_texts = |phrase: Phrase<'_>| self.sentences().any(|text| phrase.stands_in(text));
            let context = Context { status: self.status, headers: self.headers, texts: &in_texts };
            Some((dialect.name(), dialect.status(&context)?))
        });
        match found {
            Some((name, found)) => {
                Signal { reading: found.reading(), source: Source::Dialect(name, found) }
            }
            None if self.status < 400 => {
                let told = self.places.codes.iter().find_map(|code| code.as_status());
                let status = status::signal(told.unwrap_or(self.status), self.credential_sent);
                Signal { source: Source::Status(self.status, "with a failure in it"), ..status }
            }
            None => status::signal(self.status, self.credential_sent),
        }
    }

    /// Beside a code proper, a word for the family leaves room for it.
    fn codes(&self) -> impl Iterator<Item = Signal<'a>> {
        let words = self.places.codes.iter().filter(|code| !code.is_number);
        words
            .scan(false, |has_proper, code| {
                let mut signal = self.code(&code.text).or_else(|| self.field_and(&code.text));
                if let Some(signal) = &mut signal {
                    if *has_proper && !code.is_proper {
                        signal.reading.grain = signal.reading.grain.min(Grain::Coarse);
                    }
                    *has_proper |= code.is_proper;
                }
                Some(signal)
            })
            .flatten()
    }

    /// `invalid` says nothing alone, and beside the field `refresh_token` all.
    fn field_and(&self, code: &'a str) -> Option<Signal<'a>> {
        let rule = words::of_field(self.places.field.as_deref()?, code)?;
        Some(Signal { reading: rule.reading, source: Source::Word(code) })
    }

    /// Returns what sentences say: those of the challenges, those of the body, and at last the
    /// words of what is malformed.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Signal<'a>> {
        let malformed = self.malformed.iter().map(Cow::as_ref);
        self.sentences().chain(malformed).filter_map(|text| {
            let (order, rule) = words::ranked(text)?;
            Some(Signal { reading: rule.reading, source: Source::Text(rule.says, order) })
        })
    }

    /// Returns the sentences of the challenges, of the body and of the fields.
    fn sentences(&self) -> impl Iterator<Item = &'a str> {
        let challenges = self.challenges.iter().filter_map(|it| it.value("error_description"));
        let body = self.places.texts.iter().map(|text| &*text.text);
        let errors = self.fields.errors.iter().flatten().copied();
        let sentences = challenges.chain(body).chain(errors);
        sentences.map(words::bounded)
    }

    fn challenge(&self, challenge: &'a Challenge) -> Option<Signal<'a>> {
        let stale = challenge.value("stale").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        if stale && challenge.is("digest") {
            let reading = Reading::specific(Kind::ChallengeNonce);
            return Some(Signal { reading, source: Source::Challenge("stale") });
        }
        let error = challenge.error()?;
        let reading = match codes::known(error) {
            Some(Code::InvalidToken) => invalid_token(challenge.value("error_description")),
            Some(Code::Is(reading)) => reading,
            Some(Code::InvalidOrExpired) => Reading::coarse(Kind::InvalidCredentials),
            None => words::of_code(error)?.reading,
        };
        Some(Signal { reading, source: Source::Challenge(error) })
    }

    /// RFC 6750 section 3.1: no error is told to a request that carried no credential.
    fn bare_challenge(&self, challenge: &'a Challenge) -> Option<Signal<'a>> {
        let tells_errors = challenge.is("bearer") || challenge.is("dpop");
        let carried_none = !self.credential_sent.unwrap_or(!tells_errors);
        let is_bare = self.status == 401 && challenge.error().is_none();
        let reading = Reading::coarse(Kind::MissingCredentials);
        let source = Source::BareChallenge(challenge.scheme());
        (is_bare && carried_none).then_some(Signal { reading, source })
    }

    fn code(&self, code: &'a str) -> Option<Signal<'a>> {
        let source = Source::Code(code);
        let reading = match codes::known(code) {
            Some(Code::Is(reading)) => reading,
            Some(Code::InvalidToken) => invalid_token(self.places.description()),
            Some(Code::InvalidOrExpired) => return Some(self.invalid_or_expired(code)),
            None => {
                let reading = words::of_code(code)?.reading;
                return Some(Signal { reading, source: Source::Word(code) });
            }
        };
        Some(Signal { reading, source })
    }

    /// Compares the expiry that the server tells with the server's own time.
    ///
    /// An instant without an offset is no instant: the times of the two would mix zones.
    fn invalid_or_expired(&self, code: &'a str) -> Signal<'a> {
        let Some(expires_at) = instant(self.places.expires_at.as_deref()) else {
            let reading = Reading::coarse(Kind::InvalidCredentials);
            return Signal { reading, source: Source::Code(code) };
        };
        let now = instant(self.places.current_time.as_deref())
            .unwrap_or_else(|| retry_after::server_time(self.headers, self.received_at));
        let kind = if expires_at <= now { Kind::TokenExpired } else { Kind::InvalidCredentials };
        Signal { reading: Reading::specific(kind), source: Source::Expiry(code) }
    }

    /// A 403 with a wait, or with nothing left, is a rate limit (rules 45 and 77); so is a 429 with
    /// a wait that no spent quota has, whatever its sentence calls the limit.
    fn limit(&self) -> Option<Signal<'a>> {
        let says = match self.status {
            403 => {
                let limits = rate_limit::read(self.headers, self.received_at);
                match limits.retry() {
                    Some(_) => "header with a wait on a 403",
                    None if limits.is_exhausted() => {
                        "header with a rate limit that is used up on a 403"
                    }
                    None => return None,
                }
            }
            429 => {
                let wait = retry_after::delay(self.headers, self.received_at)?;
                (wait <= SHORT).then_some("header with a short wait")?
            }
            _ => return None,
        };
        let reading = Reading::specific(Kind::RateLimited);
        Some(Signal { reading, source: Source::Header(says) })
    }

    /// An answer that names a field has read the request; with a 422 that is what it is about.
    fn field(&self) -> Option<Signal<'a>> {
        let reading = match self.status {
            400 => Reading::coarse(Kind::ValidationFailed),
            422 => Reading::specific(Kind::ValidationFailed),
            _ => return None,
        };
        let source = Source::Status(self.status, "and the body names a field");
        self.places.names_a_field.then_some(Signal { reading, source })
    }
}

/// RFC 6750 section 3.1, `invalid_token`: "expired, revoked, malformed, or invalid".
///
/// Without a reason the cheap way out is tried first, which is to refresh; a reason that speaks of
/// no expiry rules it out.
fn invalid_token(description: Option<&str>) -> Reading {
    let Some(text) = description else { return Reading::coarse(Kind::TokenExpired) };
    match words::of_text(text) {
        Some(rule) if rule.kind() == Kind::TokenExpired => rule.reading,
        _ if words::speaks_of_expiry(text) => Reading::coarse(Kind::TokenExpired),
        _ => Reading::coarse(Kind::InvalidCredentials),
    }
}

fn instant(told: Option<&str>) -> Option<SystemTime> {
    rfc3339::parse(told?)
}

/// The longest wait after which a window begins, and no day of a quota.
const SHORT: Duration = Duration::from_secs(3_600);
