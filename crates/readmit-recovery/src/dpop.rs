//! Proofs that a request comes from who holds the key of its token (RFC 9449).

mod nonces;
mod proof;

pub use self::nonces::{Heard, Nonce, Nonces};
pub use self::proof::{Ath, Proof, ProofError};
