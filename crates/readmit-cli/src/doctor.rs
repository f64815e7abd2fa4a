//! `readmit doctor`: what keeps a client out, looked for step by step.

mod answers;
mod bundle;
mod check;
mod credential;
mod examination;
mod exchange;
mod history;
mod ladder;
mod options;
mod permissions;
mod proxy;
mod report;
mod secret;
mod shown;
mod target;
mod token;
mod verdict;

use std::process::ExitCode;

use self::examination::Examination;
pub(crate) use self::options::Options;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Examines, and says what was found; the last line is one verdict.
///
/// # Errors
///
/// The arguments make no sense, or the bundle cannot be written.
pub(crate) fn run(options: &Options, screen: &mut Screen) -> Result<ExitCode, Trouble> {
    let mut examination = Examination::prepare(options)?;
    bundle::check(options)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::system("cannot start", &error))?;
    runtime.block_on(examination.run());
    // A look-up that never ends must not keep the program.
    runtime.shutdown_background();

    let report = examination.report();
    if options.json {
        shown::json(&report, screen)?;
    } else {
        shown::text(&report, screen)?;
    }
    screen.flush()?;
    if let Some(path) = &options.bundle {
        bundle::write(&report, path, options, screen)?;
    }
    Ok(ExitCode::from(report.exit_status()))
}
