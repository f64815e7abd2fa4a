#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod adaptive;
mod change;
mod config;
mod config_error;
mod denied;
mod feedback;
mod gate;
mod limiter;
mod limiters;
mod mutants;
mod origin;
mod pace;
mod place;
mod plain;
mod queue;
mod quota;
mod shared;
mod snapshot;
mod sync;
mod waiting;
mod window;
mod word;

pub use crate::adaptive::Adaptive;
pub use crate::change::Change;
pub use crate::config::Config;
pub use crate::config_error::ConfigError;
pub use crate::denied::{Denied, Why};
pub use crate::feedback::Feedback;
pub use crate::limiter::Limiter;
pub use crate::limiters::{Full, Limiters};
pub use crate::quota::Quota;
pub use crate::shared::Shared;
pub use crate::snapshot::Snapshot;
