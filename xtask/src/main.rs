//! The project's chores, as one program: `cargo xtask help` lists them.
//!
//! CI runs these commands and nothing else, so a laptop runs what CI runs.
//! What is heavy lives in packages of its own under `xtask/` and is built by the command that needs
//! it, so that this program compiles in seconds.

#![warn(clippy::print_stderr, clippy::print_stdout)]

mod alerts;
mod api;
mod bench;
mod ci;
mod conformance;
mod demo;
mod deny;
mod dialects;
mod docs;
mod examples;
mod features;
mod fmt;
mod fuzz;
mod interop;
mod job;
mod links;
mod lint;
mod loom;
mod minimal;
mod model;
mod mutants;
mod print;
mod process;
mod release;
mod source;
mod test;
mod tidy;
mod wasm;
mod workspace;

use std::env;
use std::io;
use std::process::ExitCode;

use crate::job::{JOBS, Job, MORE_JOBS, Verdict};
use crate::workspace::Workspace;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (name, rest) = match args.split_first() {
        Some((name, rest)) => (name.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    match docs::stand_in(&args).unwrap_or_else(|| run(name, rest)) {
        Ok(code) => code,
        Err(error) => {
            print::line(io::stderr(), format_args!("xtask {name}: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str, rest: &[String]) -> io::Result<ExitCode> {
    match name {
        "help" | "--help" | "-h" => {
            print::line(io::stdout(), help().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        "api" => api::command(rest),
        "bench" => bench::command(rest),
        "conformance" => conformance::command(rest),
        "demo" => demo::command(rest),
        "dialects" => dialects::command(rest),
        "docs" => docs::command(rest),
        "fuzz" => fuzz::command(rest),
        "model" => model::command(rest),
        "mutants" => mutants::command(rest),
        "release" => release::command(rest),
        _ if !rest.is_empty() => Ok(misused(&format!("`{name}` takes no arguments"))),
        "ci" => ci::command(&Workspace::load()?),
        _ => match JOBS.iter().chain(MORE_JOBS).find(|job| job.name == name) {
            Some(job) => alone(job),
            None => Ok(misused(&format!("there is no command `{name}`"))),
        },
    }
}

/// Runs one job by itself and prints its verdict; tests end in their total.
fn alone(job: &Job) -> io::Result<ExitCode> {
    let report = ci::demanded((job.run)(&Workspace::load()?)?, job.name);
    let told = format!("{}: {} ({})", job.name, report.verdict.word(), report.note);
    print::line(io::stdout(), told);
    if report.tally.ran() {
        print::line(io::stdout(), report.tally);
    }
    Ok(match report.verdict {
        Verdict::Failed => ExitCode::FAILURE,
        Verdict::Passed | Verdict::Skipped => ExitCode::SUCCESS,
    })
}

fn misused(complaint: &str) -> ExitCode {
    print::line(io::stderr(), format_args!("xtask: {complaint}\n\n{}", help().trim_end()));
    ExitCode::from(USAGE)
}

fn help() -> String {
    let mut text = String::from("cargo xtask <command>\n\n");
    let others = [
        ("ci", "every job below, in order, then a table"),
        ("api [--check]", "writes what each crate offers to docs/api; --check compares alone"),
        ("bench [--smoke]", "what it costs, beside a yardstick in the same run"),
        ("bench --peers", "what it costs beside the crates that do the same"),
        ("conformance [ARGS]", "the cases of a folder: what ends otherwise than it must, and why"),
        ("demo [ARGS]", "the client against an API that misbehaves on purpose"),
        ("dialects", "makes the table of the shipped dialects; --check compares alone"),
        ("docs --site DIR", "a site of the book and the documentation of the crates"),
        ("fuzz [ARGS]", "what reads servers, with whatever libFuzzer makes up"),
        ("model [--cases N]", "the model tests, with more random cases"),
        ("mutants [CRATES]", "whether the tests notice the faults that a crate keeps for them"),
        ("release --dry-run", "whether the crates can be published; without it, what to do"),
        ("help", "this list"),
    ];
    for (name, about) in others {
        text += &format!("  {name:<18} {about}\n");
    }
    for (title, jobs) in [("Jobs of ci", JOBS), ("Jobs that take longer", MORE_JOBS)] {
        text += &format!("\n{title}:\n\n");
        for job in jobs {
            text += &format!("  {:<18} {}\n", job.name, job.about);
        }
    }
    text
}

/// The exit code of a command line that could not be understood, as in `sysexits.h`.
const USAGE: u8 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_job() {
        let text = help();

        for job in JOBS.iter().chain(MORE_JOBS) {
            assert!(text.contains(job.name), "{}", job.name);
        }
    }

    #[test]
    fn an_unknown_command_is_misuse() {
        let code = run("no-such-command", &[]);

        assert_eq!(format!("{:?}", code.unwrap()), format!("{:?}", ExitCode::from(USAGE)));
    }
}
