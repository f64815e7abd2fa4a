//! One rule each, the boundary instants from both sides.

use std::time::Duration;

use readmit_core::{Clock, SystemClock};

use super::*;
use crate::{Builder, InARow, Reason, Threshold};

mod openings;
mod operator;
mod probes;
mod slow;
mod windows;

/// A breaker on a clock of its own, and without luck.
pub(super) struct Bench {
    breaker: Breaker,
    now: Instant,
    changes: Vec<Change>,
}

impl Bench {
    pub(super) fn new(config: Config) -> Bench {
        Bench { breaker: Breaker::new(config), now: SystemClock.now(), changes: Vec::new() }
    }

    /// A circuit that one failure opens for 5 s, to the nanosecond.
    pub(super) fn brittle() -> Bench {
        Bench::new(one_failure().build().unwrap())
    }

    pub(super) fn wait(&mut self, length: Duration) {
        self.now += length;
    }

    pub(super) fn ask(&mut self) -> Result<Permit, Rejected> {
        let step = self.breaker.try_acquire(self.now, Draw::MAX);
        self.changes.extend(step.change);
        step.decision
    }

    pub(super) fn tell(&mut self, permit: Permit, report: impl Into<Report>) {
        let step = self.breaker.settle(self.now, permit, report, Draw::MAX);
        self.changes.extend(step.change);
    }

    /// Makes so many calls, one after the other, all of which must be admitted.
    pub(super) fn calls(&mut self, times: u32, report: impl Copy + Into<Report>) {
        for _ in 0..times {
            let permit = self.ask().unwrap();
            self.tell(permit, report);
        }
    }

    pub(super) fn state(&self) -> State {
        self.breaker.state(self.now)
    }

    pub(super) fn tally(&self) -> Tally {
        self.breaker.snapshot(self.now).tally()
    }
}

pub(super) fn one_failure() -> Builder<InARow> {
    Config::consecutive_failures(1).open_for(secs(5)).jitter(0)
}

pub(super) fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub(super) const NANO: Duration = Duration::from_nanos(1);
