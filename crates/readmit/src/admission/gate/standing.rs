//! How an origin stands: what there is to show, and what its server said of its limit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Gate;
use crate::{CircuitHealth, LimitHealth, OriginHealth, ToldLimit};

/// What a server said last of its limit.
///
/// Some say it with every answer, so it takes no lock. It is for show, where what is left by one
/// answer may stand beside the reset of the next.
pub(super) struct Told {
    begun: Instant,
    remaining: AtomicU64,
    /// When it is over, in milliseconds after `begun`; 0 where nothing was told.
    until: AtomicU64,
}

impl Told {
    pub(super) fn nothing(begun: Instant) -> Told {
        Told { begun, remaining: AtomicU64::new(0), until: AtomicU64::new(0) }
    }

    fn note(&self, now: Instant, remaining: u64, reset: Duration) {
        let until = now.saturating_duration_since(self.begun).saturating_add(reset);
        // Relaxed: each is shown as it is, and orders nothing.
        self.remaining.store(remaining, Ordering::Relaxed);
        self.until.store(millis(until), Ordering::Relaxed);
    }

    fn at(&self, now: Instant) -> Option<ToldLimit> {
        // Relaxed: as above.
        let until = Duration::from_millis(self.until.load(Ordering::Relaxed));
        let remaining = self.remaining.load(Ordering::Relaxed);
        let resets_in = until.checked_sub(now.saturating_duration_since(self.begun))?;
        (!resets_in.is_zero()).then_some(ToldLimit { remaining, resets_in })
    }
}

impl Gate {
    /// Returns how it stands.
    pub(crate) fn health(&self, now: Instant) -> OriginHealth {
        let circuit = self.breaker.as_ref().map(|breaker| breaker.snapshot());
        let limit = self.limiter.as_ref().map(readmit_limit::Shared::peek);
        OriginHealth {
            origin: self.key.borrowed().to_string(),
            circuit: circuit.map(|snapshot| CircuitHealth::of(&snapshot, now)),
            limit: limit.map(|snapshot| LimitHealth::of(snapshot, self.limit_told(now))),
            retries_left: self.budget.credits(now),
        }
    }

    /// Returns what the server said last of its limit, unless that is over.
    pub(super) fn limit_told(&self, now: Instant) -> Option<ToldLimit> {
        self.told.at(now)
    }

    pub(super) fn note_limit(&self, remaining: u64, reset: Duration) {
        let now = self.watch.clock.now();
        self.told.note(now, remaining, reset);
        if let Some(traffic) = &self.traffic {
            traffic.limit_told(now, remaining, reset);
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
