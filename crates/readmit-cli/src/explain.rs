//! `readmit explain`: what an answer means, whose move it is, and what to do next.

mod answer;
mod body;
mod curl;
mod entry;
mod explanation;
mod har;
mod head;
mod input;
mod options;
mod shown;
mod success;
mod way;

use std::process::ExitCode;

use readmit_core::{Clock, SystemClock};

pub(crate) use self::answer::Answer;
pub(crate) use self::explanation::Explanation;
use self::explanation::Report;
pub(crate) use self::options::{Context, Options};
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Reads what is to be explained, and explains it.
///
/// # Errors
///
/// What was given is nothing that can be explained.
pub(crate) fn run(options: &Options, screen: &mut Screen) -> Result<ExitCode, Trouble> {
    let now = SystemClock.wall();
    let context = Context::of(options)?;
    let report = match options.given(now)? {
        Some(given) => Report::of(given.into(), &context),
        None => {
            let read = input::read(options.file.as_deref())?;
            Report::of(input::subjects(&read, now)?, &context)
        }
    };
    if options.json {
        shown::json(&report, screen)?;
    } else {
        shown::text(&report, screen)?;
    }
    screen.flush()?;
    let failed = options.check && report.ends_in_failure();
    Ok(if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// The exit status of `--check` where the last answer is a failure.
const FAILED: u8 = 1;
