//! Files that are written beside what is shown.

use std::fs;
use std::path::Path;

use readmit_error::neutralise;

use super::options::Options;
use super::report::Report;
use super::{page, svg};
use crate::trouble::Trouble;

/// Refuses to write where a log is read from.
pub(super) fn check(options: &Options) -> Result<(), Trouble> {
    let logs: Vec<_> = options.files.iter().filter_map(|path| path.canonicalize().ok()).collect();
    for path in [&options.svg, &options.html].into_iter().flatten() {
        if path.canonicalize().is_ok_and(|path| logs.contains(&path)) {
            return Err(Trouble::usage(format!("{} is the log itself", shown(path)))
                .cure("write the chart to another file"));
        }
    }
    Ok(())
}

pub(super) fn write(report: &Report, options: &Options) -> Result<(), Trouble> {
    if let Some(path) = &options.svg {
        put(path, &svg::draw(report))?;
    }
    if let Some(path) = &options.html {
        put(path, &page::draw(report))?;
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> Result<(), Trouble> {
    let what = format!("cannot write {}", shown(path));
    fs::write(path, text).map_err(|error| Trouble::system(&what, &error))
}

fn shown(path: &Path) -> String {
    neutralise(&path.display().to_string(), 200)
}
