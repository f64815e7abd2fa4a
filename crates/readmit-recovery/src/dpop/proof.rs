use std::time::SystemTime;

use http::{HeaderValue, Method, Uri};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::nonces::Nonce;
use crate::jwt::{base64url, signed};
use crate::signer::{NotSigned, ProofKey};

/// A proof that a request comes from who holds the key, for its `DPoP` field (RFC 9449 section 4).
///
/// Make a new one for every attempt, after the wait and not before (rules 33 and 47): each has an
/// id of its own and the time at which it is sent.
///
/// # Example
///
/// ```
/// use std::time::SystemTime;
///
/// use http::{Method, Uri};
/// use readmit_recovery::{Ath, NotSigned, Proof, ProofKey, Signer};
/// # #[derive(Debug)]
/// # struct MyKey;
/// # impl Signer for MyKey {
/// #     fn algorithm(&self) -> &str { "ES256" }
/// #     fn sign(&self, _: &[u8]) -> Result<Vec<u8>, NotSigned> { Ok(vec![1; 64]) }
/// # }
/// # impl ProofKey for MyKey {
/// #     fn public_jwk(&self) -> &str { r#"{"kty":"EC","crv":"P-256","x":"eA","y":"eQ"}"# }
/// #     fn sha256(&self, _: &[u8]) -> [u8; 32] { [0; 32] }
/// # }
///
/// let url = Uri::from_static("https://api.example.com/flows?page=2");
/// let (id, at) = ([7; 16], SystemTime::UNIX_EPOCH);
/// let token = Ath::new(&MyKey, &"t0k3n".into());
///
/// let proof = Proof::new(&Method::GET, &url, at, id).token(&token).sign(&MyKey)?;
///
/// assert_eq!(proof.to_str()?.split('.').count(), 3);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Proof {
    claims: Map<String, Value>,
}

impl Proof {
    /// Returns a proof for a request of this method to this address.
    ///
    /// `at` is the time by the server's clock: [`signing_time`](crate::ServerClock::signing_time).
    /// `id` comes from a source of randomness that nobody can predict, and is never used twice.
    pub fn new(method: &Method, url: &Uri, at: SystemTime, id: [u8; 16]) -> Proof {
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let claims = [
            ("htm", Value::from(method.as_str())),
            ("htu", target(url).into()),
            ("iat", since.as_secs().into()),
            ("jti", base64url(&id).into()),
        ];
        Proof { claims: claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
    }

    /// Adds the server's nonce: [`Nonces::of`](crate::Nonces::of) the origin.
    pub fn nonce(mut self, nonce: &Nonce) -> Proof {
        self.claims.insert("nonce".to_owned(), nonce.as_str().into());
        self
    }

    /// Adds the access token that goes with the request; a token request has none yet.
    pub fn token(mut self, token: &Ath) -> Proof {
        self.claims.insert("ath".to_owned(), token.0.clone().into());
        self
    }

    /// Returns the proof as the value of its header field, marked as sensitive.
    ///
    /// # Errors
    ///
    /// [`ProofError`], where the key is unfit or cannot be used.
    pub fn sign(&self, key: &(impl ProofKey + ?Sized)) -> Result<HeaderValue, ProofError> {
        let algorithm = key.algorithm();
        if algorithm == "none" || algorithm.starts_with("HS") {
            return Err(ProofError::UnfitAlgorithm);
        }
        let header = [("typ", Value::from("dpop+jwt")), ("jwk", public(key.public_jwk())?.into())];
        let header = header.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let proof = signed(header, &self.claims, key)?;
        // Cannot fail: the alphabet of base64, and points.
        let mut value = HeaderValue::from_str(&proof).map_err(|_| ProofError::UnfitKey)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// The hash of an access token, as proofs have it (`ath`).
///
/// Make it once for each token: it is what a proof needs of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ath(String);

impl Ath {
    /// Returns the hash of a token.
    #[must_use]
    pub fn new(key: &(impl ProofKey + ?Sized), token: &SecretString) -> Ath {
        Ath(base64url(&key.sha256(token.expose_secret().as_bytes())))
    }
}

/// A proof that cannot be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The key could not be used.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// The key would be public as soon as it is used: the JSON Web Key has a private part.
    #[error("the public key has a private part in it")]
    PrivateKey,
    /// The algorithm proves nothing, because who verifies it could have signed.
    #[error("the algorithm is none with a public and a private key")]
    UnfitAlgorithm,
    /// The public key is no JSON Web Key.
    #[error("the public key is no JSON Web Key")]
    UnfitKey,
}

/// Reads a public key, and refuses one that is not.
fn public(jwk: &str) -> Result<Map<String, Value>, ProofError> {
    let jwk: Map<String, Value> = serde_json::from_str(jwk).map_err(|_| ProofError::UnfitKey)?;
    if PRIVATE_MEMBERS.iter().any(|member| jwk.contains_key(*member)) {
        return Err(ProofError::PrivateKey);
    }
    if !jwk.get("kty").is_some_and(Value::is_string) {
        return Err(ProofError::UnfitKey);
    }
    Ok(jwk)
}

/// Returns the address without query, user and default port (RFC 9449 section 4.2, `htu`).
fn target(url: &Uri) -> String {
    let scheme = url.scheme_str().unwrap_or("https").to_ascii_lowercase();
    let host = url.host().unwrap_or_default().to_ascii_lowercase();
    let path = if url.path().is_empty() { "/" } else { url.path() };
    match (url.port_u16(), scheme.as_str()) {
        (None, _) | (Some(443), "https") | (Some(80), "http") => format!("{scheme}://{host}{path}"),
        (Some(port), _) => format!("{scheme}://{host}:{port}{path}"),
    }
}

/// What makes a JSON Web Key a private or a shared one (RFC 7518 section 6).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "dp", "dq", "k", "oth", "p", "q", "qi"];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::jwt::tests::Key;

    #[test]
    fn r33_a_proof_says_what_it_is_for() {
        let token = Ath::new(&Key::new("ES256"), &SecretString::from("abc"));
        let nonce = Nonce::new("n1").unwrap();

        let proof = proof("https://API.example.com:443/a?b=c").nonce(&nonce).token(&token);
        let value = proof.sign(&Key::new("ES256")).unwrap();

        assert!(value.is_sensitive());
        let [header, claims] = parts(&value);
        assert_eq!(header["typ"], "dpop+jwt");
        assert_eq!(header["alg"], "ES256");
        assert_eq!(header["jwk"]["kty"], "EC");
        assert_eq!(claims["htm"], "POST");
        assert_eq!(claims["htu"], "https://api.example.com/a");
        assert_eq!(claims["iat"], 1_000);
        assert_eq!(claims["jti"], "BwcHBwcHBwcHBwcHBwcHBw");
        assert_eq!(claims["nonce"], "n1");
        assert_eq!(claims["ath"], format!("YWJj{}", "A".repeat(39)));
    }

    #[test]
    fn r33_a_proof_for_a_token_request_has_neither_token_nor_nonce() {
        let value = proof("https://auth.example.com").sign(&Key::new("ES256")).unwrap();

        let [_, claims] = parts(&value);
        assert_eq!(claims["htu"], "https://auth.example.com/");
        assert!(claims.get("ath").is_none() && claims.get("nonce").is_none());
    }

    #[test]
    fn r35_the_address_has_no_user_and_keeps_a_port_of_its_own() {
        for (url, htu) in [
            ("http://h:8080/a", "http://h:8080/a"),
            ("http://h:80/a", "http://h/a"),
            ("https://h:80/a", "https://h:80/a"),
            ("https://user:planted@h/a", "https://h/a"),
            ("https://[::1]:444/a", "https://[::1]:444/a"),
        ] {
            assert_eq!(target(&Uri::try_from(url).unwrap()), htu);
        }
    }

    #[test]
    fn r55_a_private_key_is_not_published() {
        for (jwk, error) in [
            (r#"{"kty":"EC","d":"planted"}"#, ProofError::PrivateKey),
            (r#"{"kty":"oct","k":"planted"}"#, ProofError::PrivateKey),
            (r#"{"crv":"P-256"}"#, ProofError::UnfitKey),
            ("[]", ProofError::UnfitKey),
        ] {
            let key = Key { jwk, ..Key::new("ES256") };
            assert_eq!(proof("https://h/").sign(&key), Err(error), "{jwk}");
        }
    }

    #[test]
    fn r33_a_proof_is_signed_with_a_key_of_two_halves() {
        for algorithm in ["none", "HS256"] {
            let refused = proof("https://h/").sign(&Key::new(algorithm));
            assert_eq!(refused, Err(ProofError::UnfitAlgorithm));
        }
        let broken = proof("https://h/").sign(&Key::new("broken"));
        assert_eq!(broken, Err(ProofError::NotSigned(NotSigned::new("no"))));
    }

    fn proof(url: &str) -> Proof {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_900);
        Proof::new(&Method::POST, &Uri::try_from(url).unwrap(), at, [7; 16])
    }

    fn parts(value: &HeaderValue) -> [Value; 2] {
        let mut parts = value.to_str().unwrap().split('.');
        [(); 2].map(|()| {
            let json = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
            serde_json::from_slice(&json).unwrap()
        })
    }
}
