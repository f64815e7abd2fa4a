#![doc = include_str!("../README.md")]

mod age;
mod assertion;
mod change;
mod config;
mod config_error;
mod demand;
mod dpop;
mod failure;
mod generation;
mod jwt;
mod lifecycle;
mod lifetime;
mod mutants;
mod offset;
mod permit;
mod phase;
mod plan;
mod record;
mod recoveries;
mod refused;
mod renewal;
mod server_clock;
mod signer;
mod strategy;
mod token;
mod usable;
mod using;
mod windows;

pub use readmit_core::Now;

pub use crate::assertion::Assertion;
pub use crate::change::Change;
pub use crate::config::{Config, ConfigBuilder};
pub use crate::config_error::ConfigError;
pub use crate::demand::{Demand, Undecodable};
pub use crate::dpop::{Ath, Heard, Nonce, Nonces, Proof, ProofError};
pub use crate::failure::{NotKept, RefreshFailure};
pub use crate::generation::Generation;
pub use crate::lifecycle::Lifecycle;
pub use crate::lifetime::Lifetime;
pub use crate::offset::Offset;
pub use crate::permit::RefreshPermit;
pub use crate::phase::Phase;
pub use crate::plan::{Means, NoPlan, Plan};
pub use crate::record::{Record, RecordError, Unreplaced};
pub use crate::recoveries::{Recoveries, Spent};
pub use crate::refused::{Cause, Refused};
pub use crate::renewal::{Effect, NotRenewed, Renewal, Renewed, Rotation, Told};
pub use crate::server_clock::{Dated, NotLearned, ServerClock, Suspicion};
pub use crate::signer::{NotSigned, ProofKey, Signer};
pub use crate::strategy::Strategy;
pub use crate::token::{
    ClientAuth, DeviceAuthorization, Fault, Polled, Polling, RequestError, TokenAnswer, TokenError,
    TokenExchange, TokenHint, TokenRequest, WhoseMove,
};
pub use crate::usable::Usable;
pub use crate::using::Use;
