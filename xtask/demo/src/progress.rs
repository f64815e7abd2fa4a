use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::report::Row;

/// What is going on, on the standard error: a bar where it is a terminal, else a line a scenario.
pub(crate) struct Progress {
    bar: ProgressBar,
    in_lines: bool,
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
        Progress { bar, in_lines }
    }

    pub(crate) fn begin(&self, name: &'static str, what: &'static str) {
        self.bar.set_prefix(name);
        self.bar.set_message(what);
        if self.in_lines {
            eprintln!("{name}: {what}");
        }
    }

    /// One more call is over.
    pub(crate) fn tick(&self) {
        self.bar.tick();
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

const TEMPLATE: &str = "{spinner} {pos}/{len} {prefix}: {wide_msg}";
