#![doc = include_str!("../README.md")]

mod address;
mod arguments;
mod doctor;
mod ending;
mod explain;
mod logs;
mod manual;
mod message;
mod nature;
mod number;
mod screen;
mod serve_faults;
mod trouble;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::screen::Screen;
use crate::trouble::{USAGE, report};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => return tell(&told),
    };
    let mut screen = Screen::stdout();
    let ended = match arguments.command {
        Command::Completions { shell } => manual::completions(shell, &mut screen),
        Command::Doctor(options) => doctor::run(&options, &mut screen),
        Command::Explain(options) => explain::run(&options, &mut screen),
        Command::Logs(options) => logs::run(&options, &mut screen),
        Command::Man { command } => manual::page(command.as_deref(), &mut screen),
        Command::ServeFaults(options) => serve_faults::run(&options, &mut screen),
    };
    ended.unwrap_or_else(|trouble| report(&trouble))
}

/// Prints the help, the version, or what is wrong with the arguments.
fn tell(told: &clap::Error) -> ExitCode {
    // A reader that has gone is no reason to fail once more.
    let _ = told.print();
    if told.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}
