use indicatif::{ProgressBar, ProgressStyle};

use super::source::Source;

/// How much was read, on the standard error, where that is a terminal and there is much to read.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn of(sources: &[Source]) -> Progress {
        let sizes: Option<u64> = sources.iter().map(|source| source.bytes).sum();
        // Over before a person looks, or written to a file: indicatif hides it by itself there.
        if sizes.is_some_and(|bytes| bytes < WORTH_IT) {
            return Progress(ProgressBar::hidden());
        }
        let bar = match sizes {
            Some(bytes) => ProgressBar::new(bytes),
            None => ProgressBar::no_length(),
        };
        let template = match sizes {
            Some(_) => "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}, {bytes_per_sec}",
        };
        match ProgressStyle::with_template(template) {
            Ok(style) => Progress(bar.with_style(style.progress_chars("#>-"))),
            Err(_) => Progress(bar),
        }
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// Bytes below which there is no bar.
const WORTH_IT: u64 = 16 << 20;
