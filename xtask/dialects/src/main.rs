//! Prints the table of the shipped dialects, made of the TOML files in a folder.
//!
//! Run it as `cargo xtask dialects`, which writes the table to its place. What is wrong with the
//! files goes to the standard error, all of it, and nothing is printed.

mod files;
mod names;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use readmit_classify::Dialect;

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("xtask-dialects: usage: xtask-dialects FOLDER");
        return ExitCode::from(USAGE);
    };
    match files::read(Path::new(&folder)) {
        Ok(files) => print(files),
        Err(error) => {
            eprintln!("xtask-dialects: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(files: Vec<files::File>) -> ExitCode {
    let mut findings = names::check(&files);
    let mut dialects = Vec::with_capacity(files.len());
    for file in files {
        match file.dialect {
            Ok(dialect) => dialects.push(dialect),
            Err(mistakes) => findings.extend(mistakes),
        }
    }
    if findings.is_empty() {
        print!("{}", Dialect::as_rust(&dialects));
        return ExitCode::SUCCESS;
    }
    findings.sort();
    for finding in findings {
        eprintln!("{finding}");
    }
    ExitCode::FAILURE
}

/// The exit code of a command line that could not be understood, as in `sysexits.h`.
const USAGE: u8 = 64;
