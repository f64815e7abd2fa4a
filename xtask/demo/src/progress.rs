use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::print;
use crate::report::Row;

/// What is going on, on the standard error: a bar where it is a terminal, else a line a scenario.
pub(crate) struct Progress {
    bar: ProgressBar,
    in_lines: bool,
    /// The calls that are over, of all scenarios.
    calls: AtomicU32,
}

impl Progress {
    pub(crate) fn new(scenarios: usize, json: bool, traced: bool) -> Progress {
        let in_lines = traced || !stderr().is_terminal();
        let bar = ProgressBar::new(scenarios as u64);
        if in_lines {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        if !json {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Progress { bar, in_lines, calls: AtomicU32::new(0) }
    }

    pub(crate) fn begin(&self, name: &'static str, what: &'static str) {
        self.bar.set_message(format!("{name}: {what}"));
        if self.in_lines {
            print::line(stderr(), format_args!("{name}: {what}"));
        }
    }

    /// One more call is over.
    pub(crate) fn tick(&self) {
        // Relaxed: it is shown, and decides nothing.
        let calls = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_prefix(format!("{calls} calls"));
    }

    pub(crate) fn end(&self, row: &Row) {
        let line = row.line();
        if self.in_lines {
            print::line(stderr(), line);
        } else {
            self.bar.println(line);
        }
        self.bar.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The message is cut off at the edge of the terminal.
const TEMPLATE: &str = "{spinner} {pos}/{len} {prefix} {wide_msg}";
