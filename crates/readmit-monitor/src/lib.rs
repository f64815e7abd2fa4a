#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod alarm;
mod alert;
mod burn;
mod code;
mod codes;
mod config;
mod config_error;
mod delivery;
mod detectors;
mod distinct;
mod expiries;
#[cfg(feature = "metrics")]
mod export;
mod history;
mod hosts;
mod metric;
mod minutes;
mod monitor;
mod mutants;
mod outcomes;
mod recoveries;
mod roster;
mod routes;
mod slo;
mod sync;
mod trend;
mod watcher;
mod window;
mod worked;

pub use readmit_core::Now;

pub use crate::access::{Access, AccessReview, Denial, Drift, ScopeUse};
pub use crate::alert::{Alert, Phase};
pub use crate::burn::BurnRate;
pub use crate::code::code_of;
pub use crate::config::{Builder, Config};
pub use crate::config_error::ConfigError;
#[cfg(feature = "tracing")]
pub use crate::delivery::TracingAlerts;
pub use crate::delivery::{AlertChannel, AlertRecords, AlertSink, Posting, Webhook, WebhookQueue};
pub use crate::expiries::{Expiries, Lateness};
#[cfg(feature = "metrics")]
pub use crate::export::{MetricsExport, RequestLabels};
pub use crate::history::{Buckets, History, HistoryError, Unit};
pub use crate::hosts::HostErrors;
pub use crate::metric::{Instrument, METRICS, Metric};
pub use crate::monitor::Monitor;
pub use crate::recoveries::{Recoveries, Tries};
pub use crate::routes::{LimitHint, Route, RouteRate};
pub use crate::slo::Slo;
pub use crate::trend::{Direction, Trend};
pub use crate::watcher::Watcher;
