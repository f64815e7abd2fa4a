//! The demo: starts the API that misbehaves on loopback, and drives the real client through every
//! way in which it does.
//!
//! Each scenario has invariants. One that is broken, or a call that ends otherwise than it must,
//! fails the demo.

#![warn(clippy::print_stderr, clippy::print_stdout)]

mod arguments;
mod counter;
mod folder;
mod lab;
#[path = "../../src/print.rs"]
mod print;
mod progress;
mod report;
mod scenarios;
mod tally;

use std::io::{IsTerminal, stderr, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use console::Term;
use tokio::task::JoinSet;

use crate::arguments::Arguments;
use crate::progress::Progress;
use crate::report::{Report, Row};
use crate::scenarios::Scenario;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    if std::env::args().any(|word| word == "--help") {
        print::line(stdout(), arguments::help());
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            print::line(stderr(), message);
            return ExitCode::from(64);
        }
    };
    let traced = std::env::var_os("RUST_LOG").is_some();
    if traced {
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_writer(std::io::stderr)
            .init();
    }

    let chosen = arguments.scenarios();
    let progress = Arc::new(Progress::new(chosen.len(), arguments.json, traced));
    let rows = play(&chosen, &progress).await;
    progress.finish();

    let report = Report::of(rows);
    if arguments.json {
        print::line(stdout(), report.json());
    } else {
        print::line(stdout(), report.table(width()));
    }
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays the scenarios one after the other, and those that mostly wait beside them.
async fn play(chosen: &[&'static Scenario], progress: &Arc<Progress>) -> Vec<Row> {
    let (aside, others): (Vec<&Scenario>, Vec<_>) =
        chosen.iter().partition(|scenario| scenario.is_aside);
    let mut beside = JoinSet::new();
    for scenario in aside {
        let progress = Arc::clone(progress);
        beside.spawn(async move { scenarios::run(scenario, &progress).await });
    }
    let mut rows = Vec::new();
    for scenario in others {
        rows.push(scenarios::run(scenario, progress).await);
    }
    rows.extend(beside.join_all().await);
    rows.sort_by_key(|row| chosen.iter().position(|scenario| scenario.name == row.scenario));
    rows
}

/// Returns how wide the table may be; a file or a program takes any width.
fn width() -> usize {
    let terminal = stdout().is_terminal().then(Term::stdout);
    terminal.map_or(usize::MAX, |terminal| usize::from(terminal.size().1))
}
