//! Prints what a crate offers, a line for each item, made of what rustdoc says in JSON.
//!
//! Run it as `cargo xtask api`, which asks rustdoc and writes the listings to their places. It is
//! two programs: named as cargo's rustdoc it passes its arguments on to the real one, which it
//! lets do what that does on nightly alone; otherwise it prints the listing of a file. The
//! compiler is left as it is, so that what it built for other commands serves this one too.

mod listing;

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    if let Some(rustdoc) = env::var_os(RUSTDOC) {
        return pass_on(&rustdoc, args);
    }
    let Some(file) = args.next() else {
        eprintln!("xtask-api: usage: xtask-api FILE");
        return ExitCode::from(USAGE);
    };
    match listing::of(Path::new(&file)) {
        Ok(lines) => {
            for line in lines {
                println!("{line}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("xtask-api: {}: {error}", Path::new(&file).display());
            ExitCode::FAILURE
        }
    }
}

fn pass_on(rustdoc: &OsStr, args: impl Iterator<Item = OsString>) -> ExitCode {
    let status = Command::new(rustdoc).args(args).env("RUSTC_BOOTSTRAP", "1").status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask-api: {}: {error}", Path::new(rustdoc).display());
            ExitCode::FAILURE
        }
    }
}

/// The variable that names the real rustdoc.
const RUSTDOC: &str = "XTASK_API_RUSTDOC";

/// The exit code of a command line that could not be understood, as in `sysexits.h`.
const USAGE: u8 = 64;
