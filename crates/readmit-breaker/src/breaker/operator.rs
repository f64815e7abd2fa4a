//! What an operator may do (rule 69).
//!
//! Whoever speaks last is obeyed, except that an isolated circuit stays so until it is released.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use readmit_core::Draw;

use crate::breaker::{Exceeded, Phase};
use crate::mutants::mutate;
use crate::{Breaker, Change, Evidence, Reason, Tally};

impl Breaker {
    /// Opens the circuit as failures would have done, or opens it anew.
    ///
    /// It counts as an opening, so the next one lasts longer.
    /// Returns `None` for an isolated circuit, as do all of these but [`release`](Breaker::release)
    /// and [`reset`](Breaker::reset), because it stays as it is.
    pub fn trip(&mut self, now: Instant, draw: Draw) -> Option<Change> {
        self.unless_isolated(|breaker| {
            let evidence = breaker.by_operator(now);
            breaker.open(now, draw, evidence, None)
        })
    }

    /// Opens the circuit for exactly so long; openings that follow are as long as without it.
    pub fn trip_for(&mut self, now: Instant, length: Duration) -> Option<Change> {
        self.unless_isolated(|breaker| {
            let evidence = breaker.by_operator(now);
            let evidence = Arc::new(evidence);
            breaker.enter(Phase::Open { until: now.checked_add(length), evidence })
        })
    }

    /// Makes the circuit half-open, so that the next calls are probes.
    ///
    /// It works on a closed circuit too; probes that are under way have no say any more.
    pub fn probe_now(&mut self, now: Instant) -> Option<Change> {
        self.unless_isolated(|breaker| {
            let before = breaker.evidence().map(Arc::clone);
            breaker.half_open(before.unwrap_or_else(|| Arc::new(breaker.by_operator(now))))
        })
    }

    /// Closes the circuit and begins to count anew, without a ramp; ends [`disable`](Breaker::disable)
    /// and [`metrics_only`](Breaker::metrics_only) too.
    ///
    /// The next opening is a first one.
    pub fn close(&mut self) -> Option<Change> {
        self.unless_isolated(Breaker::begin_anew)
    }

    /// Makes the circuit what it was at first, isolated or not.
    pub fn reset(&mut self) -> Option<Change> {
        Some(self.begin_anew())
    }

    /// Rejects all calls until the circuit is [released](Breaker::release) as many times as it was
    /// isolated.
    ///
    /// Returns the change the first time.
    pub fn isolate(&mut self) -> Option<Change> {
        if let Phase::Isolated { times } = &mut self.phase {
            *times = mutate!(18, times.saturating_add(1), *times);
            return None;
        }
        Some(self.enter(Phase::Isolated { times: NonZeroU32::MIN }))
    }

    /// Takes one isolation back, and closes the circuit with the last of them.
    ///
    /// Does nothing to a circuit that is not isolated.
    pub fn release(&mut self) -> Option<Change> {
        let Phase::Isolated { times } = &mut self.phase else { return None };
        match NonZeroU32::new(times.get() - 1) {
            Some(left) => {
                *times = left;
                None
            }
            None => Some(self.begin_anew()),
        }
    }

    /// Admits all calls and counts none, until the circuit is [closed](Breaker::close).
    pub fn disable(&mut self) -> Option<Change> {
        self.unless_isolated(|breaker| breaker.enter(Phase::Disabled))
    }

    /// Admits all calls, counts them, and tells where a closed circuit would have opened
    /// ([`Change::Exceeded`]), until the circuit is [closed](Breaker::close).
    pub fn metrics_only(&mut self) -> Option<Change> {
        self.unless_isolated(|breaker| {
            breaker.enter(Phase::MetricsOnly { told: Exceeded::default() })
        })
    }

    fn unless_isolated(&mut self, change: impl FnOnce(&mut Breaker) -> Change) -> Option<Change> {
        if let Phase::Isolated { .. } = self.phase { None } else { Some(change(self)) }
    }

    fn begin_anew(&mut self) -> Change {
        self.open_times.reset();
        self.enter(Phase::Closed { ramp: None })
    }

    fn by_operator(&self, now: Instant) -> Evidence {
        let tally: Tally = self.tally(now);
        Evidence::new(Reason::Operator, tally).because(self.cause)
    }
}
