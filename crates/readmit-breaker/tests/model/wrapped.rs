use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use readmit_breaker::{InFlight, Outcome, Report, Shared};
use readmit_core::{Clock, SystemClock};

use crate::reference::Answer;
use crate::{Action, Shown};

/// The wrapper, which leaves out of the machine what it can, on a clock of milliseconds.
pub(crate) struct Wrapped<'b> {
    breaker: &'b Shared<&'b Hand>,
    hand: &'b Hand,
    calls: Vec<Option<InFlight<'b, &'b Hand>>>,
}

/// A clock that is moved by hand.
#[derive(Debug)]
pub(crate) struct Hand {
    t0: Instant,
    now: Mutex<Instant>,
}

impl<'b> Wrapped<'b> {
    pub(crate) fn new(breaker: &'b Shared<&'b Hand>, hand: &'b Hand) -> Wrapped<'b> {
        Wrapped { breaker, hand, calls: Vec::new() }
    }

    pub(crate) fn acquire(&mut self) -> Answer {
        match self.breaker.try_acquire_at(self.hand.now()) {
            Ok(call) => {
                let is_probe = call.is_probe();
                self.calls.push(Some(call));
                Answer::Admitted { is_probe }
            }
            Err(rejected) => {
                Answer::Rejected { retry_at: rejected.retry_at().map(|at| self.hand.ms(at)) }
            }
        }
    }

    /// Settles a call; with a guard that is dropped, where it is abandoned.
    pub(crate) fn settle(&mut self, call: usize, outcome: Outcome, server: Option<u64>) {
        let call = self.calls[call].take().unwrap();
        match (outcome, server) {
            (Outcome::Abandon, None) => drop(call),
            (outcome, None) => call.settle(outcome),
            (outcome, Some(ms)) => {
                let report = Report::from(outcome).retry_after(Duration::from_millis(ms));
                call.settle_at(self.hand.now(), report);
            }
        }
    }

    pub(crate) fn operate(&self, action: Action) {
        match action {
            Action::Close => self.breaker.close(),
            Action::Disable => self.breaker.disable(),
            Action::Isolate => self.breaker.isolate(),
            Action::MetricsOnly => self.breaker.metrics_only(),
            Action::ProbeNow => self.breaker.probe_now(),
            Action::Release => self.breaker.release(),
            Action::Reset => self.breaker.reset(),
            Action::Trip => self.breaker.trip(),
            Action::TripFor(ms) => self.breaker.trip_for(Duration::from_millis(ms)),
        }
    }

    /// What there is to show, and what is expected where the wrapper does not say it: it leaves
    /// out successes that decide nothing where failures are counted in a row.
    pub(crate) fn shown(&self, expected: Shown, leaves_out: bool) -> Shown {
        let snapshot = self.breaker.snapshot();
        let tally = snapshot.tally();
        let [calls, failures, slow, in_a_row] =
            [tally.calls(), tally.failures(), tally.slow(), tally.consecutive_failures()]
                .map(|count| count as usize);
        let calls = if leaves_out { expected.tally[0] } else { calls };
        Shown {
            state: snapshot.state(),
            tally: [calls, failures, slow, in_a_row],
            rejections: snapshot.rejections(),
            is_rejecting: self.breaker.rejection().is_some(),
            ..expected
        }
    }
}

impl Hand {
    pub(crate) fn new() -> Hand {
        let t0 = SystemClock.now();
        Hand { t0, now: Mutex::new(t0) }
    }

    pub(crate) fn set(&self, ms: u64) {
        *self.now.lock().unwrap() = self.t0 + Duration::from_millis(ms);
    }

    fn ms(&self, at: Instant) -> u64 {
        u64::try_from((at - self.t0).as_millis()).unwrap()
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        SystemClock.wall()
    }
}
