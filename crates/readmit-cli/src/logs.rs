//! `readmit logs`: what a log comes down to, and what would have raised an alert.

mod blocks;
mod chart;
mod files;
mod filter;
mod follow;
mod options;
mod page;
mod progress;
mod reading;
mod recovered;
mod report;
mod retrospect;
mod shown;
mod source;
mod summary;
mod svg;
mod tail;
mod times;
mod top;
mod verdict;
mod verifying;

use std::process::ExitCode;

use readmit_core::{Clock, SystemClock};

use self::chart::Pen;
pub(crate) use self::options::Options;
use self::progress::Progress;
use self::report::Report;
use self::retrospect::Retrospect;
use crate::number::counted;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Reads the logs, and tells of them.
///
/// # Errors
///
/// A file cannot be read, or there is no entry.
pub(crate) fn run(options: &Options, screen: &mut Screen) -> Result<ExitCode, Trouble> {
    let filter = options.filter(SystemClock.wall())?;
    let mut retrospect = Retrospect::new(SystemClock.now(), options.config()?);
    if options.follow {
        return follow::run(options, retrospect, screen);
    }
    let chains = options.chains()?;
    files::check(options)?;
    let sources = source::open(&options.files)?;
    let names: Vec<_> = sources.iter().map(|source| source.name.clone()).collect();
    chains.check(&sources)?;
    let progress = Progress::of(&sources);
    let read = reading::read(sources, &filter, &chains, &mut retrospect, &mut |bytes| {
        progress.add(bytes);
    });
    progress.end();
    let read = read.map_err(|(file, error)| {
        let name = names.get(file).map_or("the log", String::as_str);
        Trouble::unreadable(name, &error)
    })?;
    if read.summary.entries == 0 && read.chains.is_empty() {
        return Err(nothing(&read.summary));
    }
    let report = Report::of(&read, &names, &retrospect, usize::from(options.top));
    files::write(&report, options)?;
    if options.json {
        shown::json(&report, screen)?;
    } else {
        let pen = if options.ascii { Pen::Ascii } else { Pen::of_the_locale() };
        shown::text(&report, pen, screen)?;
    }
    screen.flush()?;
    Ok(if report.is_broken { ExitCode::from(BROKEN) } else { ExitCode::SUCCESS })
}

fn nothing(summary: &summary::Summary) -> Trouble {
    match (summary.lines, summary.passed_over) {
        (0, _) => Trouble::input("the log is empty"),
        (lines, 0) => Trouble::input(format!("no entry in {}", counted(lines, "line", "lines")))
            .cure("the log must be JSON, one entry a line, as readmit-log writes it"),
        (_, entries) => {
            let entries = counted(entries, "entry", "entries");
            Trouble::input(format!("of {entries}, none was asked for"))
                .cure("look at --since, --until, --code and --origin")
        }
    }
}

/// The exit status where an audit chain is broken.
const BROKEN: u8 = 1;
