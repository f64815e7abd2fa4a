//! The conformance runner: runs the cases of a folder and says which end otherwise than they must.
//!
//! `docs/conformance.md` describes the formats, the output and how to read `--explain`.
//! The same files give the same output, byte for byte: no clock is read.

mod arguments;
mod breaker;
mod challenges;
mod classify;
mod command;
mod credential;
mod explain;
mod folder;
mod gaps;
mod headers;
mod instant;
mod line;
mod page;
mod rate_limit;
mod redaction;
mod report;
mod retry;
mod retry_after;
mod skew;
mod suite;
mod timing;

use std::env;
use std::io;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    ExitCode::from(command::run(env::args().skip(1), project, &mut out, &mut err))
}
