//! What the misbehaving API does, over both of its fronts.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod client;
mod credentials;
mod data;
mod demands;
mod device;
#[cfg(feature = "dpop")]
mod dpop;
mod faults;
mod grants;
mod hold;
mod loopback;
mod oauth;
#[cfg(feature = "dpop")]
mod prover;
mod revoke;
mod secrecy;
mod seen;
mod sessions;
mod token_faults;
