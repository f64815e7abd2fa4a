mod codec;

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::SystemTime;

use readmit_core::Now;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

pub use self::codec::RecordError;
use crate::lifetime::Lifetime;
use crate::mutants::mutate;
use crate::token::TokenAnswer;

/// A credential as it is kept in a store, for the next start and for other processes.
///
/// # Example
///
/// ```
/// use readmit_recovery::Record;
/// use secrecy::ExposeSecret;
///
/// let stored = br#"{"version":1,"epoch":4,"refresh_token":"r1","of_a_later_version":true}"#;
/// let record = Record::read(stored)?;
///
/// assert_eq!(record.epoch(), 4);
/// assert!(record.holds(&"r1".into()));
///
/// // What this version does not know is written as it was read.
/// let bytes = record.to_bytes();
/// assert!(String::from_utf8_lossy(bytes.expose_secret()).contains("of_a_later_version"));
/// # Ok::<_, readmit_recovery::RecordError>(())
/// ```
#[derive(Clone, Default)]
pub struct Record {
    epoch: u64,
    /// Another one after each sign-in and each sign-out; 0 before the first.
    session: u64,
    /// The session in whose place this one came. It is not stored: what is in a store is in nobody's
    /// way.
    over: Option<u64>,
    access_token: Option<SecretString>,
    token_type: Option<String>,
    expires_at: Option<SystemTime>,
    refresh_token: Option<SecretString>,
    scope: Option<String>,
    doubt: Option<Doubt>,
    /// What another version wrote.
    unknown: Map<String, Value>,
}

/// A refresh token was presented, and nobody knows what became of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Doubt {
    /// When it was presented first.
    pub(crate) since: SystemTime,
    pub(crate) times: u32,
}

/// What becomes of the refresh token that was presented, where none comes back (rule 19).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "it stays, or it goes")]
pub enum Unreplaced {
    /// It is good for more, as RFC 6749 section 6 has it.
    #[default]
    Keep,
    /// It is spent, as with AWS SSO.
    Drop,
}

impl Record {
    /// Returns a record that has a refresh token and nothing else: one that a person brought.
    #[must_use]
    pub fn of_refresh_token(token: impl Into<SecretString>) -> Record {
        Record { refresh_token: Some(token.into()), ..Record::default() }
    }

    /// Returns the record that follows upon an answer to a request that was sent at `sent`.
    ///
    /// A refresh token that comes back takes the place of the old one. Where none does, `unreplaced`
    /// says what becomes of that (rule 19). The end is counted from when the request was sent, and
    /// the epoch is the next one.
    #[must_use]
    pub fn renewed(&self, answer: &TokenAnswer, sent: Now, unreplaced: Unreplaced) -> Record {
        let expires_at = match answer.lifetime() {
            Lifetime::Unknown => None,
            Lifetime::For(lifetime) => Some(sent.later(lifetime).wall),
            Lifetime::Until(end) => Some(end),
        };
        let old = match unreplaced {
            Unreplaced::Keep => self.refresh_token.clone(),
            Unreplaced::Drop => None,
        };
        Record {
            epoch: self.epoch.saturating_add(1),
            session: self.session,
            over: self.over,
            access_token: Some(answer.access_token().clone()),
            token_type: Some(answer.token_type().to_owned()),
            expires_at,
            refresh_token: mutate!(32, answer.refresh_token().cloned().or(old), old),
            scope: answer.scope().map(str::to_owned).or_else(|| self.scope.clone()),
            doubt: None,
            unknown: self.unknown.clone(),
        }
    }

    /// Returns the record that follows where a person signed in anew, and brought this refresh token:
    /// nothing of the old session is in it, its doubt neither.
    ///
    /// Its epoch is the next one, so that whoever shares the store takes it for news.
    #[must_use]
    pub fn signed_in(&self, refresh_token: impl Into<SecretString>) -> Record {
        let refresh_token = Some(refresh_token.into());
        Record { refresh_token: refresh_token.clone(), ..self.anew(refresh_token.as_ref()) }
    }

    /// Returns the record that follows where a person signed in anew, and this answer came to a
    /// request that was sent at `sent`: like [`signed_in`](Record::signed_in), with an access token.
    #[must_use]
    pub fn begun(&self, answer: &TokenAnswer, sent: Now) -> Record {
        self.anew(Some(answer.access_token())).renewed(answer, sent, Unreplaced::Keep)
    }

    /// Returns the record that follows where a person signed out: there is no token in it.
    ///
    /// Its epoch is the next one, as that of a [sign-in](Record::signed_in) is.
    #[must_use]
    pub fn signed_out(&self) -> Record {
        self.anew(None)
    }

    /// Returns how often the record was written: who writes compares it with the one in the store.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Returns the access token, if there is one.
    #[must_use]
    pub fn access_token(&self) -> Option<&SecretString> {
        self.access_token.as_ref()
    }

    /// Returns the scheme to send the access token under.
    #[must_use]
    pub fn token_type(&self) -> &str {
        self.token_type.as_deref().unwrap_or("Bearer")
    }

    /// Returns when the access token ends, by the wall clock.
    #[must_use]
    pub fn lifetime(&self) -> Lifetime {
        self.expires_at.map_or(Lifetime::Unknown, Lifetime::Until)
    }

    /// Returns the refresh token, if there is one.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&SecretString> {
        self.refresh_token.as_ref()
    }

    /// Returns the scope that was granted, as far as it was told.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// Returns whether this is the refresh token in it: what a store compares before it deletes
    /// (rule 22).
    #[must_use]
    pub fn holds(&self, refresh_token: &SecretString) -> bool {
        is_same(self.refresh_token.as_ref(), Some(refresh_token))
    }

    /// Returns whether its refresh token was presented, and what became of it is not known
    /// (rule 23).
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.doubt.is_some()
    }

    /// Returns whether it has an access token that has not expired.
    pub(crate) fn is_usable(&self, now: SystemTime) -> bool {
        self.access_token.is_some() && self.expires_at.is_none_or(|end| now < end)
    }

    pub(crate) fn has_access_token_of(&self, other: &Record) -> bool {
        is_same(self.access_token.as_ref(), other.access_token.as_ref())
    }

    pub(crate) fn doubt(&self) -> Option<Doubt> {
        self.doubt
    }

    /// Returns whether it is of another session than that one.
    pub(crate) fn is_of_another_session(&self, other: &Record) -> bool {
        self.session != other.session
    }

    /// Returns whether it was written before that one, as far as that is known: who shares a store
    /// counts the epochs of a session, and not those of two.
    pub(crate) fn is_before(&self, other: &Record) -> bool {
        if self.is_of_another_session(other) {
            return other.over == Some(self.session);
        }
        self.epoch < other.epoch
    }

    /// Returns it as one that follows upon what a store has; what was brought since takes its place.
    pub(crate) fn beside(self, found: &Record) -> Record {
        let session = if self.epoch == 0 { found.session } else { self.session };
        Record { session, ..self }.after(found.epoch)
    }

    /// Returns it as one that follows upon what has this epoch.
    pub(crate) fn after(self, epoch: u64) -> Record {
        Record { epoch: self.epoch.max(epoch), ..self }
    }

    /// Returns it with this doubt, as the next to be written.
    pub(crate) fn doubted(&self, doubt: Option<Doubt>) -> Record {
        Record { doubt, epoch: self.epoch.saturating_add(1), ..self.clone() }
    }

    /// Returns the first record of another session, without a token; this is one that it has.
    fn anew(&self, token: Option<&SecretString>) -> Record {
        // No two sessions have the same, also where the record of one was deleted meanwhile.
        let mut session = DefaultHasher::new();
        (self.session, self.epoch, token.map(ExposeSecret::expose_secret)).hash(&mut session);
        Record {
            epoch: self.epoch.saturating_add(1),
            session: session.finish(),
            over: Some(self.session),
            unknown: self.unknown.clone(),
            ..Record::default()
        }
    }
}

/// Shows neither of the tokens, and nothing of what is not known.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("epoch", &self.epoch)
            .field("has_access_token", &self.access_token.is_some())
            .field("expires_at", &self.expires_at)
            .field("has_refresh_token", &self.refresh_token.is_some())
            .field("doubt", &self.doubt)
            .finish_non_exhaustive()
    }
}

fn is_same(one: Option<&SecretString>, other: Option<&SecretString>) -> bool {
    one.map(ExposeSecret::expose_secret) == other.map(ExposeSecret::expose_secret)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Uri;
    use readmit_core::SystemClock;

    use super::*;
    use crate::TokenRequest;

    #[test]
    fn r19_a_refresh_token_that_comes_back_replaces_the_old_one() {
        let old = Record::of_refresh_token("r1");

        let new = old.renewed(&answer(r#","refresh_token":"r2""#), now(), Unreplaced::Keep);

        assert!(new.holds(&"r2".into()) && !new.holds(&"r1".into()));
        assert_eq!(new.epoch(), 1);
    }

    #[test]
    fn r19_without_another_the_old_one_is_kept_unless_the_provider_drops_it() {
        let old = Record::of_refresh_token("r1");

        let kept = old.renewed(&answer(""), now(), Unreplaced::Keep);
        let dropped = old.renewed(&answer(""), now(), Unreplaced::Drop);

        assert!(kept.holds(&"r1".into()));
        assert!(dropped.refresh_token().is_none());
    }

    #[test]
    fn r23_whoever_signs_in_anew_leaves_the_doubt_behind() {
        let doubt = Doubt { since: now().wall, times: 2 };
        let old = Record::of_refresh_token("r1").doubted(Some(doubt));

        let new = old.signed_in("r9");

        assert!(new.holds(&"r9".into()) && !new.is_in_doubt());
        assert_eq!(new.epoch(), old.epoch() + 1);
    }

    #[test]
    fn a_sign_out_leaves_no_token_and_is_news() {
        let old = Record::of_refresh_token("r1").signed_in("r2");

        let new = old.signed_out();

        assert!(new.refresh_token().is_none() && new.access_token().is_none());
        assert_eq!(new.epoch(), old.epoch() + 1);
    }

    #[test]
    fn r16_the_end_is_kept_by_the_wall_clock_and_counts_from_the_request() {
        let sent = now();

        let record = Record::default().renewed(
            &answer(r#","expires_in":60,"scope":"a""#),
            sent,
            Unreplaced::Keep,
        );

        let end = sent.wall + Duration::from_secs(60);
        let tick = Duration::from_nanos(100); // The least that all systems tell apart.
        assert_eq!(record.lifetime(), Lifetime::Until(end));
        assert!(record.is_usable(end - tick) && !record.is_usable(end));
        assert_eq!((record.scope(), record.token_type()), (Some("a"), "Bearer"));
        let untold = record.renewed(&answer(""), sent, Unreplaced::Keep);
        assert_eq!((untold.lifetime(), untold.scope()), (Lifetime::Unknown, Some("a")));
    }

    #[test]
    fn r55_a_record_prints_no_secret() {
        let mut record = Record::of_refresh_token("planted-r");
        record.access_token = Some("planted-a".into());
        record.unknown.insert("secret".to_owned(), "planted-u".into());

        assert!(!format!("{record:?}").contains("planted"));
    }

    fn answer(more: &str) -> TokenAnswer {
        let url = Uri::from_static("https://auth.example.com/token");
        let request = TokenRequest::refresh_token(&url, &"r1".into(), None, None).unwrap();
        let body = format!(r#"{{"access_token":"a2"{more}}}"#);
        TokenAnswer::read(&request, 200, None, body.as_bytes()).unwrap()
    }

    fn now() -> Now {
        Now::read(&SystemClock)
    }
}
