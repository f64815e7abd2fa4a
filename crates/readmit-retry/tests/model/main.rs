//! The machines against references that keep the whole history and recount it.

#![cfg(not(loom))]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod attempts;
mod budget;
