#![doc = include_str!("../README.md")]

mod allowance;
mod attempts;
mod blocking;
mod budget;
mod call;
mod config_error;
mod failed;
mod give_up;
mod jitter;
#[cfg(feature = "tokio")]
mod operation;
mod policy;
mod retry;
mod shared;
mod sync;
mod verdict;

pub use crate::allowance::{Allowance, AllowanceBuilder};
pub use crate::attempts::{Attempts, Next};
pub use crate::blocking::{RetryBlocking, retry_blocking};
pub use crate::budget::Empty;
pub use crate::call::Call;
pub use crate::config_error::ConfigError;
pub use crate::failed::Failed;
pub use crate::give_up::GiveUp;
pub use crate::jitter::{Jitter, Percent};
#[cfg(feature = "tokio")]
pub use crate::operation::Operation;
pub use crate::policy::{Policy, PolicyBuilder};
pub use crate::retry::{Retry, retry};
pub use crate::shared::{Budget, Credit};
pub use crate::verdict::{Opinion, Verdict};
