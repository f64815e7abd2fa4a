//! What can be seen of a breaker.

use std::time::Instant;

use crate::breaker::Phase;
use crate::config::Limit;
use crate::{Breaker, Snapshot, Tally};

impl Breaker {
    /// Returns what there is to show at `now`.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Snapshot {
        let min_calls = |limit: Option<Limit>| limit.map_or(0, |limit| limit.min_calls);
        Snapshot {
            state: self.state(now),
            epoch: self.epoch,
            tally: self.tally(now),
            failure_min: min_calls(self.config.rule.failures),
            slow_min: min_calls(self.config.rule.slow.map(|rule| rule.limit)),
            rejections: self.rejections,
            openings: self.open_times.in_a_row(),
            retry_at: self.rejection(now).and_then(|rejected| rejected.retry_at()),
            evidence: self.evidence().map(|evidence| **evidence),
        }
    }

    pub(super) fn tally(&self, now: Instant) -> Tally {
        match &self.phase {
            Phase::HalfOpen { probes, .. } => probes.tally(),
            Phase::Open { .. } if self.is_due(now) => Tally::default(),
            Phase::Open { evidence, .. } => evidence.tally(),
            Phase::Closed { .. }
            | Phase::Disabled
            | Phase::Isolated { .. }
            | Phase::MetricsOnly { .. } => {
                let at = self.timeline.at(now);
                self.window.tally(at).with_slow(self.slow_under_way(at))
            }
        }
    }
}
