#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
pub mod challenges;
mod classify;
mod codes;
mod delay;
mod denial;
mod dialect;
mod eights;
mod evidence;
mod fields;
mod fold;
mod grpc;
mod lookup;
mod places;
mod prose;
pub mod rate_limit;
pub mod retry_after;
mod should_retry;
mod signal;
mod signals;
mod status;
mod success;
mod transport;
mod verdict;
mod words;

pub use crate::classify::classify;
pub use crate::dialect::Dialect;
#[cfg(feature = "dialect-files")]
pub use crate::dialect::{DialectError, Mistake};
pub use crate::evidence::{BODY_LIMIT, Evidence};
pub use crate::grpc::refuses_grpc;
pub use crate::transport::{classify_transport, transport_of};
