//! The program as a whole, as a person and a script meet it; on loopback alone.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the functions below the tests are tests too"
)]

mod doctor;
mod explain;
mod logs;
mod manual;
mod program;
#[cfg(unix)]
mod readme;
mod serve_faults;
#[cfg(unix)]
mod terminal;
