//! What stands before each origin: a circuit breaker, a limiter and a retry budget.

mod circuit_events;
mod feedback;
mod gate;
mod gates;
mod origin_key;
mod refused;
mod settings;
mod traffic;

pub(crate) use self::feedback::{Hold, tightest};
pub(crate) use self::gate::{Entry, Gate};
pub(crate) use self::gates::Gates;
pub(crate) use self::origin_key::OriginKey;
pub(crate) use self::refused::Refused;
pub(crate) use self::settings::{Circuit, Settings};
