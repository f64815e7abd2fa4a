//! What readmit costs a call beside the crates that do the same, all in one run.
//!
//! `cargo xtask bench --peers` measures and writes `target/bench/peers.json`; with `--smoke` each
//! subject makes a few calls, to see that it works.
//! The peers are dependencies of this package and of no other.

mod breaker;
mod budget;
mod classify;
mod client;
mod credential;
mod delays;
mod harness;
mod limit;
#[path = "../../src/print.rs"]
mod print;
mod report;
mod retry;
mod server;
mod waiter;

use std::env;
use std::error::Error;
use std::io;

use crate::harness::{Case, Effort};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let smoke = words.iter().any(|word| word == "--smoke");
    let effort = if smoke { Effort::SMOKE } else { Effort::MEASURE };
    let wanted = words.iter().find(|word| !word.starts_with("--"));

    let mut cases = Vec::new();
    for group in GROUPS {
        cases.extend(group()?);
    }
    let mut rows = Vec::new();
    for case in
        cases.into_iter().filter(|case| wanted.is_none_or(|part| case.name.contains(part.as_str())))
    {
        let measured = case.run(&effort)?;
        if !smoke {
            print::line(io::stdout(), report::table(&measured).trim_end());
        }
        rows.extend(measured);
    }
    if smoke {
        let ran = rows.len();
        print::line(io::stdout(), format_args!("{ran} subjects ran, nothing was measured"));
        return Ok(());
    }
    print::line(io::stdout(), format_args!("\nwritten to {}", report::write(&rows)?.display()));
    Ok(())
}

/// Makes the cases of one part of readmit.
type Group = fn() -> Result<Vec<Case>, Box<dyn Error>>;

const GROUPS: [Group; 8] = [
    breaker::cases,
    retry::cases,
    budget::cases,
    delays::cases,
    limit::cases,
    credential::cases,
    classify::cases,
    client::cases,
];
