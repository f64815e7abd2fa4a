//! The ways through a step that decide nothing, which a wrapper tries first.

use std::sync::Arc;
use std::time::Instant;

use crate::breaker::Phase;
use crate::hint::Hint;
use crate::mutants::mutate;
use crate::tally::Sample;
use crate::{Breaker, Permit, Refusal, Rejected, nanos};

impl Breaker {
    /// Returns what needs neither the lock nor the clock, until the next change.
    pub(crate) fn hint(&self) -> Hint {
        let watches_slow = self.under_way.is_some();
        let (admits, clear) = match self.phase {
            Phase::Closed { ramp } => (
                mutate!(26, ramp.is_none(), true) && !watches_slow,
                !watches_slow && self.window.is_clear(),
            ),
            Phase::Disabled => (true, true),
            Phase::MetricsOnly { .. } => (!watches_slow, false),
            Phase::HalfOpen { .. } | Phase::Isolated { .. } | Phase::Open { .. } => (false, false),
        };
        Hint::new(self.epoch, admits, clear)
    }

    /// Returns whether the circuit is closed, which is so at whatever instant.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed { .. })
    }

    /// Rejects a call that is certain to be rejected, and counts that.
    #[inline]
    pub(crate) fn refuse(&mut self, now: Instant) -> Option<Rejected> {
        // On its own, because everyone asks an open circuit, and this is a few nanoseconds faster.
        if let Phase::Open { until, evidence } = &self.phase
            && !self.is_due(now)
        {
            self.rejections = self.rejections.saturating_add(1);
            return Some(Rejected::new(Refusal::Open, *until, Some(Arc::clone(evidence))));
        }
        let rejected = self.rejection(now)?;
        self.rejections = self.rejections.saturating_add(1);
        Some(rejected)
    }

    /// Admits a call where nothing else is to be decided, and nothing can change by it.
    #[inline]
    pub(crate) fn admit_calmly(&mut self, now: Instant) -> Option<Permit> {
        if !matches!(self.phase, Phase::Closed { ramp: None }) {
            return None;
        }
        let at = self.at(now);
        if let Some(under_way) = &mut self.under_way {
            if !under_way.is_calm(at) {
                return None;
            }
            under_way.enter(at);
        }
        Some(Permit::new(self.epoch, Some(now)))
    }

    /// Counts a success that was not slow in a closed circuit, where it can decide nothing
    /// (rule 57); `None` for any other permit, and then nothing is done.
    #[inline(always)]
    pub(crate) fn succeed_calmly(&mut self, now: Instant, permit: &Permit) -> Option<()> {
        if !matches!(self.phase, Phase::Closed { .. }) || permit.epoch() != self.epoch {
            return None;
        }
        let at = self.at(now);
        if let (Some(under_way), Some(rule), Some(began_at)) =
            (&mut self.under_way, &self.config.rule.slow, permit.acquired_at())
        {
            let is_young = self.timeline.known(began_at) == Some(at);
            let is_slow = !is_young && rule.after < nanos::since(began_at, now);
            if mutate!(25, is_slow, false) {
                return None;
            }
            under_way.leave(self.timeline.at(began_at));
        }
        self.window.add(at, Sample::default());
        Some(())
    }

    /// The present, for what divides time into parts.
    #[inline]
    pub(super) fn at(&mut self, now: Instant) -> u64 {
        match self.timeline.known(now) {
            Some(at) => at,
            None => self.locate(now),
        }
    }

    #[inline(never)]
    fn locate(&mut self, now: Instant) -> u64 {
        let at = self.timeline.locate(now);
        let mut stretch = self.window.part_around(at);
        if let Some(under_way) = &self.under_way {
            let part = under_way.part_around(at);
            let end = mutate!(20, stretch.end.min(part.end), stretch.end);
            stretch = stretch.start.max(part.start)..end;
        }
        // Parts of less than a nanosecond run out of numbers after nine years.
        if !stretch.contains(&at) {
            return at;
        }
        self.timeline.remember(&stretch);
        stretch.start
    }
}
