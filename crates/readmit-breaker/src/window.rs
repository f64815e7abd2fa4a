use std::ops::Range;

use crate::Tally;
use crate::config::{Rule, Span};
use crate::tally::Sample;
use crate::window::count::CountWindow;
use crate::window::time::TimeWindow;

mod count;
mod time;

/// The outcomes that are looked at together.
///
/// Each kind takes the same time and memory however many calls there are.
#[derive(Debug)]
pub(crate) enum Window {
    /// The last so many.
    Calls(CountWindow),
    /// All since the circuit closed.
    Everything(Tally),
    /// Those of the last so long.
    Time(TimeWindow),
}

impl Window {
    pub(crate) fn new(rule: &Rule) -> Window {
        match rule.span {
            Span::Calls(calls) => Window::Calls(CountWindow::new(calls)),
            Span::Everything => Window::Everything(Tally::default()),
            Span::Time(length) => Window::Time(TimeWindow::new(length)),
        }
    }

    /// `at` is in nanoseconds, on the [timeline](crate::timeline::Timeline) of the machine.
    #[inline(always)]
    pub(crate) fn add(&mut self, at: u64, sample: Sample) {
        match self {
            Window::Calls(window) => window.add(sample),
            Window::Everything(tally) => tally.add(sample),
            Window::Time(window) => window.add(at, sample),
        }
    }

    pub(crate) fn clear(&mut self) {
        match self {
            Window::Calls(window) => window.clear(),
            Window::Everything(tally) => *tally = Tally::default(),
            Window::Time(window) => window.clear(),
        }
    }

    pub(crate) fn tally(&self, at: u64) -> Tally {
        match self {
            Window::Calls(window) => window.tally(),
            Window::Everything(tally) => *tally,
            Window::Time(window) => window.tally(at),
        }
    }

    /// Returns the part of time that an instant is in, where it matters.
    pub(crate) fn part_around(&self, at: u64) -> Range<u64> {
        match self {
            Window::Calls(_) | Window::Everything(_) => 0..u64::MAX,
            Window::Time(window) => window.part_around(at),
        }
    }

    /// Returns whether one more success would decide nothing.
    ///
    /// In a window of everything it is counted all the same, for show.
    pub(crate) fn is_clear(&self) -> bool {
        match self {
            Window::Calls(window) => window.is_full_of_successes(),
            Window::Everything(tally) => tally.consecutive_failures() == 0,
            // A success always makes failures a smaller share of the calls.
            Window::Time(_) => false,
        }
    }
}
