use std::io::IsTerminal;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::report::Row;

/// What is going on, on the standard error: a bar where it is a terminal, else a line a scenario.
pub(crate) struct Progress {
    bar: ProgressBar,
    in_lines: bool,
    /// The calls of the scenario that are over.
    calls: AtomicU32,
}

impl Progress {
    pub(crate) fn new(scenarios: usize, json: bool, traced: bool) -> Progress {
        let in_lines = traced || !std::io::stderr().is_terminal();
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
        // Relaxed: it is shown, and decides nothing.
        self.calls.store(0, Ordering::Relaxed);
        self.bar.set_prefix(format!("{name}: {what}"));
        self.bar.set_message("");
        if self.in_lines {
            eprintln!("{name}: {what}");
        }
    }

    /// One more call is over.
    pub(crate) fn tick(&self) {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_message(format!("{calls} calls"));
    }

    pub(crate) fn end(&self, row: &Row) {
        let line = row.line();
        if self.in_lines {
            eprintln!("{line}");
        } else {
            self.bar.println(line);
        }
        self.bar.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

const TEMPLATE: &str = "{spinner} {pos}/{len} {prefix}, {msg}";
