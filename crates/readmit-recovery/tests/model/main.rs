//! The machines beside references that remember everything.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says no by panicking")]

mod events;
mod history;
mod lifecycle;
mod reference;
mod renewal;
