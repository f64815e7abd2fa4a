use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use readmit_recovery::{NotSigned, ProofKey, Signer};
use secrecy::SecretSlice;

/// A key that proofs of possession are made with (RFC 9449): P-256 and `ES256`, which every server
/// with DPoP takes.
///
/// A client has one key for as long as its tokens live: a refresh token that is bound to a key
/// works with no other, so whoever keeps one keeps the key with it.
/// For a key in hardware implement [`ProofKey`].
///
/// # Example
///
/// ```
/// use readmit::recovery::Signer;
/// use readmit::{Client, DpopKey, credentials};
///
/// let key = DpopKey::generate()?;
/// assert_eq!(key.algorithm(), "ES256");
///
/// let client = Client::builder("https://api.example.com")
///     .credentials(credentials::service_key("https://api.example.com/token", "s3cret"))
///     .dpop(key)
///     .build()?;
/// # let _ = client;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct DpopKey {
    pair: EcdsaKeyPair,
    jwk: String,
}

impl DpopKey {
    /// Makes a key.
    ///
    /// # Errors
    ///
    /// [`NotSigned`], where the system has no randomness to make one of.
    pub fn generate() -> Result<DpopKey, NotSigned> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        DpopKey::of(pair.map_err(|_| NotSigned::new("the key cannot be made"))?)
    }

    /// Reads a key as [`to_pkcs8`](DpopKey::to_pkcs8) wrote it, or another program: PKCS #8 in DER.
    ///
    /// # Errors
    ///
    /// [`NotSigned`], where it is no private key on P-256.
    pub fn from_pkcs8(der: &[u8]) -> Result<DpopKey, NotSigned> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der);
        DpopKey::of(pair.map_err(|_| NotSigned::new("it is no private key on P-256 in PKCS #8"))?)
    }

    /// Returns the private key as PKCS #8 in DER, to be kept where secrets are.
    ///
    /// # Errors
    ///
    /// [`NotSigned`], where it cannot be written.
    pub fn to_pkcs8(&self) -> Result<SecretSlice<u8>, NotSigned> {
        let der = self.pair.to_pkcs8v1();
        let der = der.map_err(|_| NotSigned::new("the key cannot be written"))?;
        Ok(SecretSlice::from(der.as_ref().to_vec()))
    }

    fn of(pair: EcdsaKeyPair) -> Result<DpopKey, NotSigned> {
        // 4, and the two coordinates (SEC 1 section 2.3.3).
        let [4, point @ ..] = pair.public_key().as_ref() else {
            return Err(NotSigned::new("the public key is no point"));
        };
        let (x, y) = point.split_at_checked(32).ok_or_else(|| NotSigned::new("a short key"))?;
        let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
        let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Ok(DpopKey { pair, jwk })
    }
}

impl Signer for DpopKey {
    fn algorithm(&self) -> &str {
        "ES256"
    }

    fn sign(&self, input: &[u8]) -> Result<Vec<u8>, NotSigned> {
        let signature = self.pair.sign(&SystemRandom::new(), input);
        let signature = signature.map_err(|_| NotSigned::new("the key cannot be used"))?;
        Ok(signature.as_ref().to_vec())
    }
}

impl ProofKey for DpopKey {
    fn public_jwk(&self) -> &str {
        &self.jwk
    }

    fn sha256(&self, bytes: &[u8]) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
        hash
    }
}

/// Shows the public half.
impl fmt::Debug for DpopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DpopKey").field(&self.jwk).finish()
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn r33_a_signature_is_two_numbers_that_the_public_key_verifies() {
        let key = DpopKey::generate().unwrap();

        let signature = key.sign(b"input").unwrap();

        assert_eq!(signature.len(), 64);
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.pair.public_key());
        assert!(public.verify(b"input", &signature).is_ok());
        assert!(public.verify(b"other", &signature).is_err());
    }

    #[test]
    fn a_key_that_was_kept_is_the_same_key() {
        let key = DpopKey::generate().unwrap();
        let kept = key.to_pkcs8().unwrap();

        let again = DpopKey::from_pkcs8(kept.expose_secret()).unwrap();

        assert_eq!(again.public_jwk(), key.public_jwk());
        assert!(DpopKey::from_pkcs8(b"planted").is_err());
    }

    #[test]
    fn r55_debug_shows_the_public_half_alone() {
        let shown = format!("{:?}", DpopKey::generate().unwrap());

        assert!(shown.contains("P-256") && !shown.contains(r#"\"d\""#), "{shown}");
    }
}
