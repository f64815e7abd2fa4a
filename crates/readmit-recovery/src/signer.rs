use std::fmt;

/// A key that signs: the caller's own, or one in a keychain, a module or a service.
///
/// No cryptography is done in this crate.
///
/// # Example
///
/// ```
/// use readmit_recovery::{NotSigned, Signer};
///
/// #[derive(Debug)]
/// struct InHardware;
///
/// impl Signer for InHardware {
///     fn algorithm(&self) -> &str {
///         "ES256"
///     }
///
///     fn sign(&self, _input: &[u8]) -> Result<Vec<u8>, NotSigned> {
///         Err(NotSigned::new("the module is not plugged in"))
///     }
/// }
///
/// assert_eq!(InHardware.sign(b"").unwrap_err().to_string(), "the module is not plugged in");
/// ```
pub trait Signer: fmt::Debug + Send + Sync {
    /// Returns the algorithm by its name in the registry of JSON Web Algorithms, such as `ES256`.
    fn algorithm(&self) -> &str;

    /// Returns the name of the key, where the server wants one (`kid`).
    fn key_id(&self) -> Option<&str> {
        None
    }

    /// Returns the signature in the form that RFC 7518 gives it: for `ES256` the two numbers, 32
    /// bytes each, and no ASN.1.
    ///
    /// # Errors
    ///
    /// [`NotSigned`], where the key cannot be used.
    fn sign(&self, input: &[u8]) -> Result<Vec<u8>, NotSigned>;
}

/// A key pair that proofs of possession are made with (RFC 9449).
pub trait ProofKey: Signer {
    /// Returns the public key as a JSON Web Key (RFC 7517): the text of a JSON object.
    fn public_jwk(&self) -> &str;

    /// Returns the SHA-256 of some bytes, which stands in a proof for the token that goes with it.
    fn sha256(&self, bytes: &[u8]) -> [u8; 32];
}

/// A key could not be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct NotSigned {
    message: String,
}

impl NotSigned {
    /// Returns an error with this message, which is shown to people and must hold no secret.
    #[must_use]
    pub fn new(message: impl Into<String>) -> NotSigned {
        NotSigned { message: message.into() }
    }
}
