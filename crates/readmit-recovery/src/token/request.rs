use std::fmt;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use readmit_error::Failure;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::client_auth::ClientAuth;
use super::form::{Form, encode};

/// A request to a token endpoint, as data: send it as it is.
///
/// It goes out past the layers that sign, recover and retry ordinary calls (rule 8).
///
/// # Example
///
/// ```
/// use http::Uri;
/// use readmit_recovery::{ClientAuth, TokenRequest};
///
/// let url = Uri::from_static("https://auth.example.com/token");
/// let auth = ClientAuth::basic("reports", "s3cr3t");
///
/// let request = TokenRequest::client_credentials(&url, &auth, Some("read write"))?;
///
/// assert_eq!(request.body(), b"grant_type=client_credentials&scope=read+write");
/// assert_eq!(request.headers()["authorization"], "Basic cmVwb3J0czpzM2NyM3Q=");
/// assert!(request.is_repeatable());
/// # Ok::<_, readmit_recovery::RequestError>(())
/// ```
#[derive(Clone)]
pub struct TokenRequest {
    url: Uri,
    headers: HeaderMap,
    form: Form,
    repeatable: bool,
    /// What an answer must not repeat to anybody, in each spelling that was sent.
    secrets: Vec<SecretString>,
}

impl TokenRequest {
    /// Trades a service key for a token: `Authorization: Basic <key>` with the key as it is, and no
    /// body.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError`] for a key that is empty or cannot stand in a header: a line break
    /// at its end is the usual mistake.
    pub fn service_key(url: &Uri, key: &SecretString) -> Result<TokenRequest, RequestError> {
        if key.expose_secret().is_empty() {
            return Err(RequestError::EmptyServiceKey);
        }
        if let Some(at) = misfit(key.expose_secret()) {
            return Err(RequestError::UnfitServiceKey { at });
        }
        TokenRequest::new(url).authorized(key.expose_secret())
    }

    /// Gets a token for the client itself (RFC 6749 section 4.4).
    ///
    /// # Errors
    ///
    /// Returns [`RequestError`] where the credentials cannot stand in a header.
    pub fn client_credentials(
        url: &Uri,
        auth: &ClientAuth,
        scope: Option<&str>,
    ) -> Result<TokenRequest, RequestError> {
        TokenRequest::new(url)
            .parameter("grant_type", "client_credentials")
            .scoped(scope)
            .authenticated(auth)
    }

    /// Trades a refresh token for a new access token (RFC 6749 section 6).
    ///
    /// It is not [repeatable](TokenRequest::is_repeatable): the server may have replaced the refresh
    /// token by the time its answer is lost (rule 23).
    ///
    /// # Errors
    ///
    /// Returns [`RequestError`] for an empty refresh token, or where the client's credentials
    /// cannot stand in a header.
    pub fn refresh_token(
        url: &Uri,
        token: &SecretString,
        auth: Option<&ClientAuth>,
        scope: Option<&str>,
    ) -> Result<TokenRequest, RequestError> {
        if token.expose_secret().is_empty() {
            return Err(RequestError::EmptyRefreshToken);
        }
        let mut request = TokenRequest::new(url)
            .parameter("grant_type", "refresh_token")
            .parameter("refresh_token", token.expose_secret())
            .scoped(scope);
        request.repeatable = false;
        request.keep_secret(token.expose_secret());
        request.authenticated_by(auth)
    }

    /// Adds a field to the body, such as `audience` or `resource`; its value is not treated as a
    /// secret in the server's answer.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> TokenRequest {
        self.form.push(name, value);
        self.headers.insert(CONTENT_TYPE, FORM);
        self
    }

    /// Puts a header in the place of one of that name, such as the `Accept` that an API insists on.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> TokenRequest {
        self.headers.insert(name, value);
        self
    }

    /// Returns the method: always POST.
    #[must_use]
    pub fn method(&self) -> Method {
        Method::POST
    }

    /// Returns where to send it.
    #[must_use]
    pub fn url(&self) -> &Uri {
        &self.url
    }

    /// Returns its headers; those with a secret are marked as sensitive.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns its body, empty for a service key.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.form.as_bytes()
    }

    /// Returns whether it may be sent again after a failure that leaves open whether it was
    /// processed (rule 23).
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    /// Takes the request's secrets out of what the server wrote in its answer (rule 56).
    #[must_use]
    pub fn redact(&self, failure: Failure) -> Failure {
        let secrets = self.secrets.iter().map(ExposeSecret::expose_secret);
        secrets.fold(failure, |failure, secret| failure.redact(secret))
    }

    /// Returns what nobody may be told of it, in each spelling that is sent: for a log to look for.
    #[must_use]
    pub fn secrets(&self) -> &[SecretString] {
        &self.secrets
    }

    pub(super) fn new(url: &Uri) -> TokenRequest {
        let headers = HeaderMap::from_iter([(ACCEPT, JSON)]);
        let (form, secrets) = (Form::default(), Vec::new());
        TokenRequest { url: url.clone(), headers, form, repeatable: true, secrets }
    }

    /// Adds a field whose value is a secret.
    pub(super) fn secret(mut self, name: &str, value: &SecretString) -> TokenRequest {
        self.keep_secret(value.expose_secret());
        self.parameter(name, value.expose_secret())
    }

    /// Says that it must not be sent again where it may have arrived.
    pub(super) fn once(mut self) -> TokenRequest {
        self.repeatable = false;
        self
    }

    pub(super) fn scoped(self, scope: Option<&str>) -> TokenRequest {
        match scope {
            Some(scope) => self.parameter("scope", scope),
            None => self,
        }
    }

    pub(super) fn authenticated_by(
        self,
        auth: Option<&ClientAuth>,
    ) -> Result<TokenRequest, RequestError> {
        match auth {
            Some(auth) => self.authenticated(auth),
            None => Ok(self),
        }
    }

    fn authenticated(mut self, auth: &ClientAuth) -> Result<TokenRequest, RequestError> {
        self.repeatable &= auth.is_repeatable();
        self.keep_secret(auth.secret().expose_secret());
        let basic = auth.apply(&mut self.form);
        match basic {
            Some(basic) => self.authorized(&basic),
            None => Ok(self),
        }
    }

    fn authorized(mut self, basic: &str) -> Result<TokenRequest, RequestError> {
        let text = Zeroizing::new(["Basic ", basic].concat());
        let mut value =
            HeaderValue::from_str(&text).map_err(|_| RequestError::UnfitServiceKey { at: 0 })?;
        value.set_sensitive(true);
        self.headers.insert(AUTHORIZATION, value);
        self.keep_secret(basic);
        Ok(self)
    }

    /// Remembers a secret, and the spelling that it has in a form.
    fn keep_secret(&mut self, secret: &str) {
        let encoded = encode(secret);
        if encoded.as_str() != secret {
            self.secrets.push(SecretString::from(encoded.as_str()));
        }
        self.secrets.push(SecretString::from(secret));
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest")
            .field("host", &self.url.host())
            .field("path", &self.url.path())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &self.form)
            .finish_non_exhaustive()
    }
}

/// A request that cannot be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// There is no statement to send.
    #[error("the assertion is empty")]
    EmptyAssertion,
    /// There is no device code to ask with.
    #[error("the device code is empty")]
    EmptyDeviceCode,
    /// There is no refresh token to send.
    #[error("the refresh token is empty")]
    EmptyRefreshToken,
    /// There is no key to send.
    #[error("the service key is empty")]
    EmptyServiceKey,
    /// There is no token to trade or to revoke.
    #[error("the token is empty")]
    EmptyToken,
    /// The key has a character that cannot stand in a header.
    #[error("the service key holds a space, a line break or another unfit character at byte {at}")]
    UnfitServiceKey {
        /// Where the first such character is, counted in bytes from 0.
        at: usize,
    },
}

/// Returns where a text has a byte that a credential in a header cannot have.
pub(super) fn misfit(text: &str) -> Option<usize> {
    text.bytes().position(|byte| !byte.is_ascii_graphic())
}

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

const JSON: HeaderValue = HeaderValue::from_static("application/json");

#[cfg(test)]
mod tests {
    use readmit_error::{Kind, Origin};

    use super::*;

    #[test]
    fn a_service_key_goes_out_as_it_is() {
        let request = TokenRequest::service_key(&url(), &SecretString::from("a2V5+/==")).unwrap();

        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.headers()[AUTHORIZATION], "Basic a2V5+/==");
        assert_eq!(request.headers()[ACCEPT], "application/json");
        assert!(request.headers()[AUTHORIZATION].is_sensitive());
        assert!(!request.headers().contains_key(CONTENT_TYPE));
        assert_eq!(request.body(), b"");
    }

    #[test]
    fn r55_a_key_that_no_header_can_hold_is_refused_without_showing_it() {
        for (key, at) in [("planted\n", 7), ("plan ted", 4), ("plänted", 2), ("\0planted", 0)] {
            let error = TokenRequest::service_key(&url(), &SecretString::from(key)).unwrap_err();

            assert_eq!(error, RequestError::UnfitServiceKey { at });
            assert!(!format!("{error} {error:?}").contains("plan"));
        }
        let empty = TokenRequest::service_key(&url(), &SecretString::default());
        assert_eq!(empty.unwrap_err(), RequestError::EmptyServiceKey);
    }

    #[test]
    fn r56_an_echoed_secret_is_taken_out_in_each_spelling_that_was_sent() {
        let auth = ClientAuth::basic("reports", "s3 cret");
        let request = TokenRequest::client_credentials(&url(), &auth, None).unwrap();
        let basic = request.headers()[AUTHORIZATION].to_str().unwrap().to_owned();
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
            .description(format!("s3 cret, s3+cret and {basic} are wrong"))
            .build();

        let clean = request.redact(failure);

        let expected = "REDACTED, REDACTED and Basic REDACTED are wrong";
        assert_eq!(clean.description(), Some(expected));
    }

    #[test]
    fn a_client_is_encoded_before_it_is_joined() {
        // RFC 6749 section 2.3.1: a colon in the id would otherwise move into the secret.
        let auth = ClientAuth::basic("a:b", "c d");

        let request = TokenRequest::client_credentials(&url(), &auth, None).unwrap();

        // base64 of "a%3Ab:c+d"
        assert_eq!(request.headers()[AUTHORIZATION], "Basic YSUzQWI6Yytk");
    }

    #[test]
    fn a_client_may_stand_in_the_body() {
        let auth = ClientAuth::body("id", "s&t");

        let request = TokenRequest::client_credentials(&url(), &auth, None).unwrap();

        let body = b"grant_type=client_credentials&client_id=id&client_secret=s%26t";
        assert_eq!(request.body(), body);
        assert!(!request.headers().contains_key(AUTHORIZATION));
        assert_eq!(request.headers()[CONTENT_TYPE], "application/x-www-form-urlencoded");
    }

    #[test]
    fn r23_a_refresh_is_not_repeatable() {
        let token = SecretString::from("r1");
        let auth = ClientAuth::public("app");

        let request = TokenRequest::refresh_token(&url(), &token, Some(&auth), Some("a")).unwrap();

        let body = b"grant_type=refresh_token&refresh_token=r1&scope=a&client_id=app";
        assert_eq!(request.body(), body);
        assert!(!request.is_repeatable());
    }

    #[test]
    fn r55_nothing_secret_is_printed() {
        let url = Uri::from_static("https://user:planted@host/token?key=planted");
        let auth = ClientAuth::body("id", "planted");
        let requests = [
            TokenRequest::service_key(&url, &SecretString::from("planted")),
            TokenRequest::client_credentials(&url, &auth, None),
            TokenRequest::refresh_token(&url, &SecretString::from("planted"), Some(&auth), None),
        ];

        let printed = format!("{requests:?} {auth:?}");

        assert!(!printed.contains("planted"), "{printed}");
        assert!(printed.contains("host"));
    }

    fn url() -> Uri {
        Uri::from_static("https://auth.example.com/token")
    }
}
