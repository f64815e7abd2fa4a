#![doc = include_str!("../README.md")]

mod alarm;
mod alert;
mod burn;
mod code;
mod codes;
mod config;
mod config_error;
mod delivery;
mod history;
mod minutes;
mod monitor;
mod mutants;
mod now;
mod outcomes;
mod recoveries;
mod slo;
mod sync;
mod watcher;
mod window;

pub use crate::alert::{Alert, Phase};
pub use crate::burn::BurnRate;
pub use crate::config::{Builder, Config};
pub use crate::config_error::ConfigError;
#[cfg(feature = "tracing")]
pub use crate::delivery::TracingAlerts;
pub use crate::delivery::{AlertChannel, AlertSink, Posting, Webhook, WebhookQueue};
pub use crate::history::{Buckets, History, HistoryError, Unit};
pub use crate::monitor::Monitor;
pub use crate::now::Now;
pub use crate::recoveries::{Recoveries, Tries};
pub use crate::slo::Slo;
pub use crate::watcher::Watcher;
