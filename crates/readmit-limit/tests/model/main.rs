//! The machine and its queue against references that keep the whole history and recount it.

#![cfg(not(loom))]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod adaptive;
mod clock;
mod limiter;
mod reference;
mod waiting;
