use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::mutants::mutate;

use super::form::{Form, encode};

/// How an OAuth client says who it is, to its token endpoint.
///
/// # Example
///
/// ```
/// use readmit_recovery::ClientAuth;
///
/// let auth = ClientAuth::basic("reports", "s3cr3t");
///
/// assert_eq!(format!("{auth:?}"), r#"ClientAuth { id: "reports", method: Basic }"#);
/// ```
#[derive(Clone)]
pub struct ClientAuth {
    id: String,
    secret: SecretString,
    method: Method,
}

#[derive(Clone, Copy, Debug)]
enum Method {
    Assertion,
    Basic,
    Body,
    Public,
}

impl ClientAuth {
    /// Id and secret in the `Authorization` header, the way that every server must know
    /// (`client_secret_basic`, RFC 6749 section 2.3.1).
    #[must_use]
    pub fn basic(id: impl Into<String>, secret: impl Into<SecretString>) -> ClientAuth {
        ClientAuth { id: id.into(), secret: secret.into(), method: Method::Basic }
    }

    /// Id and secret in the body, for servers that want it so (`client_secret_post`).
    #[must_use]
    pub fn body(id: impl Into<String>, secret: impl Into<SecretString>) -> ClientAuth {
        ClientAuth { id: id.into(), secret: secret.into(), method: Method::Body }
    }

    /// The id, and a signed statement that lives shortly, in the body (`private_key_jwt` or
    /// `client_secret_jwt`, RFC 7523 section 2.2).
    ///
    /// The statement is good for one request: make one with [`Assertion`](crate::Assertion) each
    /// time.
    #[must_use]
    pub fn assertion(id: impl Into<String>, assertion: impl Into<SecretString>) -> ClientAuth {
        ClientAuth { id: id.into(), secret: assertion.into(), method: Method::Assertion }
    }

    /// The id alone, in the body: a client that has no secret (RFC 6749 section 2.1, `none`).
    #[must_use]
    pub fn public(id: impl Into<String>) -> ClientAuth {
        ClientAuth { id: id.into(), secret: SecretString::default(), method: Method::Public }
    }

    /// Writes what belongs into the body, and returns what belongs after `Basic` in the header.
    pub(super) fn apply(&self, form: &mut Form) -> Option<Zeroizing<String>> {
        match self.method {
            Method::Basic => {
                let id = mutate!(33, encode(&self.id), Zeroizing::new(self.id.clone()));
                let secret = encode(self.secret.expose_secret());
                let pair = Zeroizing::new([id.as_str(), ":", secret.as_str()].concat());
                Some(Zeroizing::new(STANDARD.encode(pair.as_bytes())))
            }
            Method::Assertion => {
                form.push("client_id", &self.id);
                form.push("client_assertion_type", ASSERTION_TYPE);
                form.push("client_assertion", self.secret.expose_secret());
                None
            }
            Method::Body => {
                form.push("client_id", &self.id);
                form.push("client_secret", self.secret.expose_secret());
                None
            }
            Method::Public => {
                form.push("client_id", &self.id);
                None
            }
        }
    }

    /// Returns whether what it says may be said again: a server may refuse a statement that it has
    /// seen.
    pub(super) fn is_repeatable(&self) -> bool {
        match self.method {
            Method::Assertion => false,
            Method::Basic | Method::Body | Method::Public => true,
        }
    }

    pub(super) fn secret(&self) -> &SecretString {
        &self.secret
    }
}

impl fmt::Debug for ClientAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAuth").field("id", &self.id).field("method", &self.method).finish()
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
