//! What to let a client in with.
//!
//! The plain ones ([`bearer`], [`basic`], [`header`]) are what most APIs have, and stay what they
//! are. The others fetch a token and renew it: before it expires, and once for everybody when a
//! server rejects it.
//!
//! # Example
//!
//! ```
//! use readmit::credentials;
//!
//! let key = credentials::service_key("https://api.example.com/token", "s3cret");
//! let client = readmit::Client::builder("https://api.example.com").credentials(key).build()?;
//! # let _ = client;
//! # Ok::<_, readmit::BuildError>(())
//! ```

mod assertions;
mod cached;
mod chain;
mod closure;
#[cfg(feature = "command")]
mod command;
mod device_flow;
mod exchanged;
mod given;
mod grant;
mod renewing;
mod storable;
mod stored;

use std::sync::Arc;

use http::HeaderName;
use http::header::AUTHORIZATION;
use readmit_recovery::{ClientAuth, Rotation};
use secrecy::{ExposeSecret, SecretString};

pub use self::assertions::{client_credentials_signed, jwt_bearer, jwt_bearer_from};
pub use self::chain::{chain, chain_any};
use self::closure::Closure;
#[cfg(feature = "command")]
pub use self::command::command;
pub use self::device_flow::device_flow;
pub use self::exchanged::token_exchange;
pub(crate) use self::given::Given;
use self::grant::{Grant, TokenGrant};
use self::renewing::Renewing;
use self::storable::Storable;
use crate::account::Revocation;
use crate::store::Store;
use crate::{BuildError, Source, SourceError, Token, UnfitToken};

/// What to let a client in with; made by the functions of [this module](self).
#[derive(Debug)]
pub struct Credentials {
    pub(crate) given: Result<Given, BuildError>,
    pub(crate) revocation: Option<Result<Revocation, BuildError>>,
}

impl Credentials {
    /// Says where tokens are revoked when a person [signs out](crate::Client::sign_out) (RFC 7009).
    ///
    /// `auth` is for clients that the server knows by a secret; others pass
    /// [`ClientAuth::public`], or `None`. Of a chain, and of a token that is traded, that of the
    /// whole counts, and not that of its parts.
    #[must_use]
    pub fn revoked_at(mut self, url: impl AsRef<str>, auth: Option<ClientAuth>) -> Credentials {
        let url = grant::endpoint(url.as_ref());
        self.revocation = Some(url.map(|url| Revocation { url, auth }));
        self
    }

    /// Keeps the session in this store, for the next start and for other processes that share it.
    ///
    /// What the store has comes first: an access token in it that is good is used without asking
    /// anybody, and a refresh token in it is newer than the one that was given here, which is tried
    /// where the store has none, or one that is refused (rules 21 and 22).
    /// A refresh token that comes back is stored before its access token is used (rule 20), and a
    /// store that fails by then costs nobody the access token (rule 18).
    ///
    /// One store is for one session: it does not know what server a token is for.
    ///
    /// Of a client or a service key the access token is stored, so that a program that is started
    /// often does not fetch one at each start.
    ///
    /// What could not be stored is told to whoever watches: the event of the refresh that succeeded
    /// has it as its failure.
    ///
    /// # Errors
    ///
    /// Building the client fails with [`BuildError::NothingToStore`] for credentials of other kinds
    /// than [`refresh_token`], [`service_key`] and [`client_credentials`].
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{Client, credentials, store};
    ///
    /// let session = credentials::refresh_token("https://auth.example.com/token", "r1", None)
    ///     .stored_in(store::memory());
    /// let client = Client::builder("https://api.example.com").credentials(session).build()?;
    /// # let _ = client;
    /// # Ok::<_, readmit::BuildError>(())
    /// ```
    #[must_use]
    pub fn stored_in(self, store: impl Store + 'static) -> Credentials {
        let given = self.given.and_then(|given| match given {
            Given::Storable(source) => Ok(Given::Source(source.stored_in(Arc::new(store)))),
            Given::Source(_) | Given::Token(_) => Err(BuildError::NothingToStore),
        });
        Credentials { given, revocation: self.revocation }
    }

    fn of(given: Result<Given, BuildError>) -> Credentials {
        Credentials { given, revocation: None }
    }
}

/// A token that is presented as `Authorization: Bearer …` and never renewed.
#[must_use]
pub fn bearer(token: impl Into<SecretString>) -> Credentials {
    fixed(Token::bearer(token))
}

/// A user and a password (RFC 7617).
#[must_use]
pub fn basic(user: &str, password: impl Into<SecretString>) -> Credentials {
    if user.contains(':') {
        return Credentials::of(Err(BuildError::ColonInUser));
    }
    let password = password.into();
    let pair = format!("{user}:{}", password.expose_secret());
    let encoded = SecretString::from(base64_of(pair.as_bytes()));
    let token = Token::prefixed(AUTHORIZATION, "Basic ", encoded);
    fixed(token.map(|token| token.made_of(password)))
}

/// A secret in a header field of its own, such as `X-Api-Key`.
#[must_use]
pub fn header(name: impl TryInto<HeaderName>, secret: impl Into<SecretString>) -> Credentials {
    fixed(Token::header(name, secret))
}

/// A service key that is traded for short-lived tokens: `POST` to the token URL with
/// `Authorization: Basic <key>`, the key as it is.
#[must_use]
pub fn service_key(token_url: impl AsRef<str>, key: impl Into<SecretString>) -> Credentials {
    granted(token_url.as_ref(), Grant::ServiceKey { key: key.into() })
}

/// OAuth 2.0 client credentials (RFC 6749 section 4.4), without a scope.
///
/// `auth` says how the client proves itself: [`ClientAuth::basic`] is what the RFC prefers.
#[must_use]
pub fn client_credentials(token_url: impl AsRef<str>, auth: ClientAuth) -> Credentials {
    granted(token_url.as_ref(), Grant::ClientCredentials { auth, scope: None })
}

/// OAuth 2.0 client credentials (RFC 6749 section 4.4) for these scopes, separated by spaces.
#[must_use]
pub fn client_credentials_for(
    token_url: impl AsRef<str>,
    auth: ClientAuth,
    scope: impl Into<String>,
) -> Credentials {
    granted(token_url.as_ref(), Grant::ClientCredentials { auth, scope: Some(scope.into()) })
}

/// A refresh token (RFC 6749 section 6), replaced by whatever the server returns in its place.
///
/// It lives in memory, and one that works once is lost with the process, unless it is
/// [`stored_in`](Credentials::stored_in) a store.
/// `auth` is for clients that the server knows by a secret; others pass `None`.
///
/// Where the answer to a refresh is lost, the token may be spent. It is then not presented while the
/// access token is good, and tried once more when nothing is left; after that the calls fail with
/// [`Kind::OutcomeUnknown`](crate::error::Kind::OutcomeUnknown) (rule 23), until a person signs in: see
/// [`store::sign_in`](crate::store::sign_in).
/// [`refresh_token_with`] knows other ways.
#[must_use]
pub fn refresh_token(
    token_url: impl AsRef<str>,
    token: impl Into<SecretString>,
    auth: Option<ClientAuth>,
) -> Credentials {
    refresh_token_with(Rotation::DEFAULT.last_resort(), token_url, token, auth)
}

/// A refresh token, of a provider that treats it in this way (rules 19 and 23).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit::credentials;
/// use readmit::recovery::Rotation;
///
/// // The provider takes the token before the last one for 30 seconds more.
/// let overlap = Rotation::DEFAULT.grace(Duration::from_secs(30));
/// let session =
///     credentials::refresh_token_with(overlap, "https://auth.example.com/token", "r1", None);
/// # let _ = session;
/// ```
#[must_use]
pub fn refresh_token_with(
    rotation: Rotation,
    token_url: impl AsRef<str>,
    token: impl Into<SecretString>,
    auth: Option<ClientAuth>,
) -> Credentials {
    let url = grant::endpoint(token_url.as_ref());
    storable(url.and_then(|url| Ok(Renewing::new(url, token, auth, rotation)?)))
}

/// The session that a store has, such as one that a person signed in to earlier.
///
/// Where the store has none, the calls fail until it does: a person has to sign in.
#[must_use]
pub fn stored_session(
    token_url: impl AsRef<str>,
    auth: Option<ClientAuth>,
    store: impl Store + 'static,
) -> Credentials {
    let rotation = Rotation::DEFAULT.last_resort();
    let url = grant::endpoint(token_url.as_ref());
    sourced(url.map(|url| Renewing::stored(url, auth, rotation, Arc::new(store))))
}

/// Whatever the closure fetches.
///
/// # Example
///
/// ```
/// use readmit::{SourceError, Token, credentials};
///
/// let vault = credentials::from_fn(|| async {
///     let secret = "read from somewhere";
///     Ok(Token::bearer(secret)?)
/// });
/// # let _ = vault;
/// ```
#[must_use]
pub fn from_fn<F, Fut>(fetch: F) -> Credentials
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Token, SourceError>> + Send + 'static,
{
    from_source(Closure::new(fetch))
}

/// Whatever the source fetches.
#[must_use]
pub fn from_source(source: impl Source + 'static) -> Credentials {
    Credentials::of(Ok(Given::Source(Box::new(source))))
}

fn fixed(token: Result<Token, UnfitToken>) -> Credentials {
    Credentials::of(token.map(Given::Token).map_err(BuildError::from))
}

fn granted(token_url: &str, grant: Grant) -> Credentials {
    storable(TokenGrant::new(token_url, grant))
}

fn storable(source: Result<impl Storable + 'static, BuildError>) -> Credentials {
    Credentials::of(source.map(|source| Given::Storable(Box::new(source))))
}

fn sourced(source: Result<impl Source + 'static, BuildError>) -> Credentials {
    Credentials::of(source.map(|source| Given::Source(Box::new(source))))
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_with_a_colon_would_be_another_user() {
        assert!(matches!(basic("a:b", "c").given, Err(BuildError::ColonInUser)));
    }

    #[test]
    fn r35_a_secret_is_not_sent_to_a_token_url_that_others_can_read() {
        for readable in ["http://auth.example.com/token", "ftp://auth.example.com", "token"] {
            let given = service_key(readable, "s3cret").given;

            assert!(matches!(given, Err(BuildError::TokenUrl { .. })), "{readable}");
        }
        assert!(service_key("http://127.0.0.1:8080/token", "s3cret").given.is_ok());
    }

    #[test]
    fn r55_debug_shows_no_secret() {
        let auth = ClientAuth::basic("reports", "s3cret");
        let url = "https://auth.example.com/token";
        let all = [
            bearer("s3cret"),
            basic("user", "s3cret"),
            header(HeaderName::from_static("x-api-key"), "s3cret"),
            service_key(url, "s3cret"),
            client_credentials(url, auth.clone()),
            refresh_token(url, "s3cret", Some(auth)),
            bearer("s3cret\n"),
        ];

        let shown = format!("{all:?}");

        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(!shown.contains(&base64_of(b"user:s3cret")), "{shown}");
    }
}
