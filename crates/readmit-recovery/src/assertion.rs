use std::fmt;
use std::time::{Duration, SystemTime};

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::jwt::{base64url, signed};
use crate::signer::{NotSigned, Signer};

/// A signed statement of who is calling: a grant of its own, or how a client authenticates
/// (RFC 7523).
///
/// # Example
///
/// ```
/// use std::time::SystemTime;
///
/// use http::Uri;
/// use readmit_recovery::{Assertion, NotSigned, Signer, TokenRequest};
/// # #[derive(Debug)]
/// # struct MyKey;
/// # impl Signer for MyKey {
/// #     fn algorithm(&self) -> &str { "RS256" }
/// #     fn sign(&self, _: &[u8]) -> Result<Vec<u8>, NotSigned> { Ok(vec![1; 256]) }
/// # }
///
/// let assertion = Assertion::new("robot@example.com", "https://auth.example.com/token")
///     .claim("scope", "read");
/// let signed = assertion.sign(&MyKey, SystemTime::UNIX_EPOCH, [7; 16])?;
///
/// let url = Uri::from_static("https://auth.example.com/token");
/// let request = TokenRequest::jwt_bearer(&url, &signed, None, None)?;
/// assert!(request.body().starts_with(b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Assertion {
    claims: Map<String, Value>,
    lifetime: Duration,
}

impl Assertion {
    /// Returns the statement of an issuer, about itself, to an audience: the address of the token
    /// endpoint, or the issuer's name of the server.
    ///
    /// It lives for 5 minutes, and is good for one request.
    pub fn new(issuer: &str, audience: &str) -> Assertion {
        let claims = [("aud", audience), ("iss", issuer), ("sub", issuer)];
        let claims = claims.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        Assertion { claims: claims.collect(), lifetime: LIFETIME }
    }

    /// Sets whom it is about, where that is somebody else than the issuer.
    pub fn subject(self, subject: &str) -> Assertion {
        self.claim("sub", subject)
    }

    /// Sets how long it lives; servers seldom take more than an hour.
    pub fn lifetime(mut self, lifetime: Duration) -> Assertion {
        self.lifetime = lifetime;
        self
    }

    /// Adds a claim that the server wants, or replaces one.
    ///
    /// `exp`, `iat` and `jti` are those of the moment at which it is signed, whatever is set here.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Assertion {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the statement as signed at a time, by the server's clock
    /// ([`signing_time`](crate::ServerClock::signing_time)).
    ///
    /// `id` comes from a source of randomness, and is never used twice: servers refuse a statement
    /// that they have seen.
    ///
    /// # Errors
    ///
    /// [`NotSigned`], where the key cannot be used, or the algorithm is `none`.
    pub fn sign(
        &self,
        key: &(impl Signer + ?Sized),
        at: SystemTime,
        id: [u8; 16],
    ) -> Result<SecretString, NotSigned> {
        if key.algorithm().eq_ignore_ascii_case("none") {
            return Err(NotSigned::new("an assertion without a signature states nothing"));
        }
        let issued = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let expires = issued.saturating_add(self.lifetime.as_secs());
        let mut claims = self.claims.clone();
        claims.insert("iat".to_owned(), issued.into());
        claims.insert("exp".to_owned(), expires.into());
        claims.insert("jti".to_owned(), base64url(&id).into());
        let header = Map::from_iter([("typ".to_owned(), Value::from("JWT"))]);
        Ok(SecretString::from(signed(header, &claims, key)?.as_str()))
    }
}

/// Shows the names of the claims, and not what they say.
impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assertion")
            .field("claims", &self.claims.keys().collect::<Vec<_>>())
            .field("lifetime", &self.lifetime)
            .finish()
    }
}

const LIFETIME: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use secrecy::ExposeSecret;

    use super::*;
    use crate::jwt::tests::Key;

    #[test]
    fn an_assertion_says_who_to_whom_and_until_when() {
        let assertion =
            Assertion::new("me", "them").subject("you").claim("exp", 1).claim("x", true);

        let signed = assertion.sign(&Key::new("RS256"), at(1_000), [7; 16]).unwrap();

        let mut parts = signed.expose_secret().split('.');
        let [header, claims] = [(); 2].map(|()| {
            let json = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
            String::from_utf8(json).unwrap()
        });
        assert_eq!(header, r#"{"alg":"RS256","kid":"k1","typ":"JWT"}"#);
        let expected = concat!(
            r#"{"aud":"them","exp":1300,"iat":1000,"iss":"me","#,
            r#""jti":"BwcHBwcHBwcHBwcHBwcHBw","sub":"you","x":true}"#,
        );
        assert_eq!(claims, expected);
    }

    #[test]
    fn r15_the_longest_lifetime_saturates() {
        let assertion = Assertion::new("me", "them").lifetime(Duration::MAX);

        let signed = assertion.sign(&Key::new("RS256"), at(1_000), [7; 16]).unwrap();

        let claims = signed.expose_secret().split('.').nth(1).unwrap();
        let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert!(claims.contains("18446744073709551615"), "{claims}");
    }

    #[test]
    fn an_assertion_without_a_signature_is_refused() {
        let refused = Assertion::new("me", "them").sign(&Key::new("none"), at(0), [7; 16]);

        assert!(refused.is_err());
    }

    #[test]
    fn r55_what_a_claim_says_is_not_printed() {
        let assertion = Assertion::new("me", "them").claim("pin", "planted");

        assert!(!format!("{assertion:?}").contains("planted"));
    }

    fn at(secs: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(secs)
    }
}
