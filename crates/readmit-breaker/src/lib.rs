#![doc = include_str!("../README.md")]

#[macro_use]
mod mutant;

mod breaker;
mod call_error;
mod change;
mod config;
mod config_error;
mod evidence;
mod hint;
mod in_flight;
mod nanos;
mod open_time;
mod outcome;
mod permit;
mod probes;
mod ramp;
mod registry;
mod rejected;
mod shared;
mod snapshot;
mod state;
mod sync;
mod tally;
mod under_way;
mod window;

pub use crate::breaker::Breaker;
pub use crate::call_error::CallError;
pub use crate::change::Change;
pub use crate::config::{Builder, Config, InARow, Windowed};
pub use crate::config_error::ConfigError;
pub use crate::evidence::{Evidence, Reason, Threshold};
pub use crate::in_flight::{InFlight, OwnedInFlight};
pub use crate::outcome::{Outcome, Report};
pub use crate::permit::Permit;
pub use crate::registry::{Full, Registry};
pub use crate::rejected::{Refusal, Rejected};
pub use crate::shared::Shared;
pub use crate::snapshot::Snapshot;
pub use crate::state::State;
pub use crate::tally::Tally;
