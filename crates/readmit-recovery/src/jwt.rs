use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::signer::{NotSigned, Signer};

/// Returns a signed token of these claims in its compact form (RFC 7515 section 3.1).
///
/// `header` has what belongs there beside the algorithm and the name of the key.
pub(crate) fn signed(
    mut header: Map<String, Value>,
    claims: &Map<String, Value>,
    key: &(impl Signer + ?Sized),
) -> Result<Zeroizing<String>, NotSigned> {
    header.insert("alg".to_owned(), key.algorithm().into());
    if let Some(id) = key.key_id() {
        header.insert("kid".to_owned(), id.into());
    }
    let part = |object: &Map<String, Value>| {
        serde_json::to_vec(object).map(|json| base64url(&json)).map_err(|_| unwritable())
    };
    let input = Zeroizing::new([part(&header)?, part(claims)?].join("."));
    let signature = key.sign(input.as_bytes())?;
    Ok(Zeroizing::new([input.as_str(), ".", &base64url(&signature)].concat()))
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Cannot be: every object of this crate is one that JSON can write.
fn unwritable() -> NotSigned {
    NotSigned::new("the claims cannot be written as JSON")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::signer::ProofKey;

    #[test]
    fn a_signed_token_has_three_parts() {
        let claims = Map::from_iter([("a".to_owned(), Value::from(1))]);

        let token = signed(Map::new(), &claims, &Key::new("ES256")).unwrap();

        // {"alg":"ES256","kid":"k1"} and {"a":1}, signed by their length.
        let parts = ["eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0", "eyJhIjoxfQ", "Lg"];
        assert_eq!(*token, parts.join("."));
    }

    #[test]
    fn a_key_that_cannot_sign_says_so() {
        let refused = signed(Map::new(), &Map::new(), &Key::new("broken"));

        assert_eq!(refused, Err(NotSigned::new("no")));
    }

    /// Signs with the length of the input, and hashes to its first bytes.
    #[derive(Debug)]
    pub(crate) struct Key {
        pub(crate) algorithm: &'static str,
        pub(crate) jwk: &'static str,
    }

    impl Key {
        pub(crate) fn new(algorithm: &'static str) -> Key {
            Key { algorithm, jwk: r#"{"kty":"EC","crv":"P-256","x":"eA","y":"eQ"}"# }
        }
    }

    impl Signer for Key {
        fn algorithm(&self) -> &str {
            self.algorithm
        }

        fn key_id(&self) -> Option<&str> {
            Some("k1")
        }

        fn sign(&self, input: &[u8]) -> Result<Vec<u8>, NotSigned> {
            if self.algorithm == "broken" {
                return Err(NotSigned::new("no"));
            }
            Ok(vec![u8::try_from(input.len() % 256).unwrap()])
        }
    }

    impl ProofKey for Key {
        fn public_jwk(&self) -> &str {
            self.jwk
        }

        fn sha256(&self, bytes: &[u8]) -> [u8; 32] {
            let mut hash = [0; 32];
            hash.iter_mut().zip(bytes).for_each(|(hash, byte)| *hash = *byte);
            hash
        }
    }
}
