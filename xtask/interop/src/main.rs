//! The client against an OpenID provider that nobody here wrote, started on loopback with Node.
//!
//! The only argument is the folder in which the provider is installed; `cargo xtask interop` makes
//! it. Each check begins with a session of its own, so that none depends on another.

mod checks;
#[path = "../../src/print.rs"]
mod print;
mod provider;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use readmit::BoxError;

use crate::provider::Provider;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        print::line(io::stderr(), USAGE);
        return ExitCode::from(64);
    };
    match run(&folder).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            print::line(io::stdout(), format_args!("{failed} went wrong"));
            ExitCode::FAILURE
        }
        Err(error) => {
            print::line(io::stderr(), format_args!("the provider did not start: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs every check, tells of each, and returns how many went wrong.
async fn run(folder: &std::path::Path) -> Result<usize, BoxError> {
    let provider = Provider::start(folder).await?;
    let outcomes = [
        ("client credentials in a header", checks::credentials_in_a_header(&provider).await),
        ("client credentials in the body", checks::credentials_in_the_body(&provider).await),
        ("a wrong client secret", checks::a_wrong_secret(&provider).await),
        ("a refresh token that rotates", checks::rotation(&provider).await),
        ("64 calls with a token that was taken back", checks::a_crowd(&provider).await),
        ("a refresh token that was used twice", checks::reuse(&provider).await),
        ("a person who signs out", checks::sign_out(&provider).await),
        ("a person on another device", checks::a_person(&provider).await),
        ("a person who says no", checks::a_person_who_says_no(&provider).await),
        ("proofs of possession, with nonces", checks::a_person_with_a_key(&provider).await),
    ];
    let mut failed = 0;
    for (name, outcome) in outcomes {
        match outcome {
            Ok(()) => print::line(io::stdout(), format_args!("ok      {name}")),
            Err(error) => {
                failed += 1;
                print::line(io::stdout(), format_args!("FAILED  {name}: {error}"));
            }
        }
    }
    Ok(failed)
}

const USAGE: &str = "usage: xtask-interop FOLDER\n\n`cargo xtask interop` installs the provider";
