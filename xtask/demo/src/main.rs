//! The demo: starts the API that misbehaves on loopback, and drives the real client through every
//! way in which it does.
//!
//! Each scenario has invariants. One that is broken, or a call that ends otherwise than it must,
//! fails the demo.

mod arguments;
mod counter;
mod lab;
mod progress;
mod report;
mod scenarios;
mod tally;

use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::progress::Progress;
use crate::report::Report;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    if std::env::args().any(|word| word == "--help") {
        println!("{}", arguments::help());
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
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
    let progress = Progress::new(chosen.len(), arguments.json, traced);
    let mut report = Report::default();
    for scenario in chosen {
        progress.begin(scenario.name, scenario.what);
        let row = scenarios::run(scenario, &progress).await;
        progress.end(&row);
        report.add(row);
    }
    progress.finish();

    if arguments.json {
        println!("{}", report.json());
    } else {
        println!("{}", report.table());
    }
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
