#![doc = include_str!("../README.md")]

mod action;
mod answer;
mod challenge;
mod denied;
mod details;
mod error_body;
pub mod event;
mod failure;
mod failure_builder;
mod kind;
mod meaning;
mod origin;
mod problem;
mod redact;
mod replay;
mod retry_after;
pub mod rfc3339;
mod transport;
mod untrusted;
mod wire;

pub use crate::action::Action;
pub use crate::answer::Answer;
pub use crate::challenge::Challenge;
pub use crate::denied::Denied;
pub use crate::details::Details;
pub use crate::error_body::{ErrorBody, NotAnErrorBody};
pub use crate::failure::Failure;
pub use crate::failure_builder::FailureBuilder;
pub use crate::kind::{Category, Kind, Party};
pub use crate::origin::Origin;
pub use crate::problem::Problem;
pub use crate::redact::redact;
pub use crate::replay::Replay;
pub use crate::retry_after::RetryAfter;
pub use crate::transport::{Stage, Transport};
pub use crate::untrusted::neutralise;
