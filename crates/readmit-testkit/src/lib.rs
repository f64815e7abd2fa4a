#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod api;
mod arrival;
mod aside;
mod body;
mod builder;
mod clock;
mod demand;
mod device;
#[cfg(feature = "dpop")]
mod dpop;
#[cfg(not(feature = "dpop"))]
#[path = "dpop/absent.rs"]
mod dpop;
mod effect;
mod error;
mod families;
mod fault;
mod grant;
mod hold;
mod jwt;
mod recorded;
mod refusal;
mod routes;
mod scope;
mod script;
mod seen;
mod server;
mod service;
mod state;
mod timestamp;
mod tokens;

pub use crate::api::Api;
pub use crate::aside::Aside;
pub use crate::body::ApiBody;
pub use crate::builder::{Builder, ExpiryCode};
pub use crate::clock::Skew;
pub use crate::demand::Demand;
#[cfg(feature = "dpop")]
pub use crate::dpop::Dpop;
pub use crate::error::Error;
pub use crate::fault::{Canned, Fault, Hint};
pub use crate::hold::Hold;
pub use crate::recorded::Recorded;
pub use crate::script::FaultScript;
pub use crate::seen::Seen;
pub use crate::server::Server;
pub use crate::service::ApiService;
