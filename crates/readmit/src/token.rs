use std::fmt;
use std::time::{Duration, SystemTime};

use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use readmit_error::{Failure, Kind, Origin};
use readmit_recovery::Lifetime;
use secrecy::{ExposeSecret, SecretString};

use crate::account::Scopes;
use crate::store::StoreError;

/// What a [`Source`](crate::Source) gives: a header field that lets a request in, and for how long.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit::Token;
///
/// let token = Token::bearer("s3cret")?.expires_in(Duration::from_secs(3_600));
/// assert!(!format!("{token:?}").contains("s3cret"));
/// # Ok::<_, readmit::UnfitToken>(())
/// ```
#[derive(Clone)]
pub struct Token {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    pub(crate) secret: SecretString,
    /// What the secret was made of, where a server could repeat that as well: a password.
    pub(crate) origin: Option<SecretString>,
    pub(crate) lifetime: Lifetime,
    /// What it is good for, separated by spaces, where that is known.
    pub(crate) scope: Option<String>,
    /// Whether it is worth nothing without a proof of possession (RFC 9449).
    pub(crate) bound: bool,
    pub(crate) storage: Storage,
}

/// What a store has to do with a token.
#[derive(Clone, Debug)]
pub(crate) enum Storage {
    /// It should be in a store, and is not (rule 18).
    Failed(Failure),
    /// It was just issued, and is in a store if it should be.
    Fine,
    /// It came out of a store: nobody knows how old it is.
    Source,
}

/// A token holds a character that cannot stand in a header field, or nothing at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the token, or its header, is empty or holds a character that no header field can carry")]
#[non_exhaustive]
pub struct UnfitToken;

impl Token {
    /// Returns a token that is presented as `Authorization: Bearer …` (RFC 6750).
    ///
    /// Its lifetime is unknown until [`expires_in`](Token::expires_in) or
    /// [`expires_at`](Token::expires_at) tells it: it is used until a server rejects it (rule 15).
    ///
    /// # Errors
    ///
    /// [`UnfitToken`] where it cannot stand in a header field.
    pub fn bearer(token: impl Into<SecretString>) -> Result<Token, UnfitToken> {
        Token::prefixed(AUTHORIZATION, "Bearer ", token.into())
    }

    /// Returns a token that is presented as `Authorization: DPoP …`, with a proof of possession of
    /// the [client's key](crate::ClientBuilder::dpop) (RFC 9449).
    ///
    /// # Errors
    ///
    /// [`UnfitToken`] where it cannot stand in a header field.
    #[cfg(feature = "dpop")]
    pub fn dpop(token: impl Into<SecretString>) -> Result<Token, UnfitToken> {
        Token::prefixed(AUTHORIZATION, DPOP, token.into())
    }

    /// Returns a token that is presented as a header field of its own, such as `X-Api-Key`.
    ///
    /// # Errors
    ///
    /// [`UnfitToken`] where it cannot stand in a header field.
    pub fn header(
        name: impl TryInto<HeaderName>,
        value: impl Into<SecretString>,
    ) -> Result<Token, UnfitToken> {
        Token::prefixed(name.try_into().map_err(|_| UnfitToken)?, "", value.into())
    }

    /// Sets how long it lives from the moment that the source was asked.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Token {
        self.lifetime = Lifetime::For(lifetime);
        self
    }

    /// Sets when it expires, by the wall clock.
    #[must_use]
    pub fn expires_at(mut self, end: SystemTime) -> Token {
        self.lifetime = Lifetime::Until(end);
        self
    }

    /// Sets what it is good for: scopes separated by spaces.
    ///
    /// A call that [requires](crate::RequestBuilder::requires) another one is then not made. Without
    /// it the server says what the token is good for.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Token {
        self.scope = Some(scope.into());
        self
    }

    /// Returns which of these it is known not to have.
    pub(crate) fn lacks(&self, scopes: &Scopes) -> Option<Scopes> {
        self.scope.as_deref().and_then(|scope| scopes.beyond(scope))
    }

    pub(crate) fn made_of(mut self, origin: SecretString) -> Token {
        self.origin = Some(origin);
        self
    }

    pub(crate) fn out_of_a_store(mut self) -> Token {
        self.storage = Storage::Source;
        self
    }

    pub(crate) fn is_out_of_a_store(&self) -> bool {
        matches!(self.storage, Storage::Source)
    }

    pub(crate) fn not_stored(mut self, error: &StoreError) -> Token {
        let failure = Failure::builder(Kind::Unavailable, Origin::Local).because(error).build();
        self.storage = Storage::Failed(failure);
        self
    }

    /// Returns what a server must not be heard repeating (rule 56).
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.secret).chain(&self.origin).map(ExposeSecret::expose_secret)
    }

    /// Sets its lifetime as a token endpoint told it.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Lifetime) -> Token {
        self.lifetime = lifetime;
        self
    }

    /// Returns the scheme that it is presented with, where that is one that everybody knows.
    pub(crate) fn scheme(&self) -> Option<String> {
        if self.name != AUTHORIZATION {
            return None;
        }
        let (scheme, _) = self.value.to_str().ok()?.split_once(' ')?;
        let known = SCHEMES.iter().find(|known| known.eq_ignore_ascii_case(scheme));
        known.map(|known| (*known).to_owned())
    }

    /// Returns a token whose header value is the prefix followed by the secret.
    pub(crate) fn prefixed(
        name: HeaderName,
        prefix: &str,
        secret: SecretString,
    ) -> Result<Token, UnfitToken> {
        let bound = prefix.eq_ignore_ascii_case(DPOP);
        let prefix = if bound { DPOP } else { prefix };
        let text = secret.expose_secret();
        if text.is_empty() {
            return Err(UnfitToken);
        }
        let mut value = HeaderValue::try_from(format!("{prefix}{text}")).map_err(|_| UnfitToken)?;
        value.set_sensitive(true);
        Ok(Token {
            name,
            value,
            secret,
            origin: None,
            lifetime: Lifetime::Unknown,
            scope: None,
            bound,
            storage: Storage::Fine,
        })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("header", &self.name)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// As RFC 9449 spells it; a scheme is known in any case (RFC 9110 section 11.1).
const DPOP: &str = "DPoP ";

/// Any other word before a space may be a part of the secret.
const SCHEMES: [&str; 3] = ["basic", "bearer", "dpop"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_would_break_a_header_is_refused_without_being_shown() {
        for unfit in ["", "a\nb", "s3cret\0"] {
            let error = Token::bearer(unfit).unwrap_err();

            assert!(!error.to_string().contains("s3cret"));
        }
    }

    #[test]
    fn r82_the_header_value_is_marked_sensitive() {
        let token = Token::header(HeaderName::from_static("x-api-key"), "s3cret").unwrap();

        assert!(token.value.is_sensitive());
        assert_eq!(format!("{:?}", token.value), "Sensitive");
    }
}
