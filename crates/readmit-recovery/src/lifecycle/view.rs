use std::time::{Duration, Instant};

use readmit_core::Now;

use crate::generation::Generation;
use crate::phase::Phase;
use crate::usable::Usable;

use super::held::Standing;
use super::verdict::Verdict;
use super::{Lifecycle, State};

/// What can be seen without changing anything.
impl Lifecycle {
    /// Returns when to ask again: before this instant no answer changes by itself.
    ///
    /// It is `None` where nothing changes until somebody tells something. The wall clock may bring
    /// a change forward, where the machine was suspended.
    #[must_use]
    pub fn wake_at(&self, now: Now) -> Option<Instant> {
        let phase = self.held.as_ref().and_then(|held| held.next_phase_at(now));
        let ends = match self.state {
            State::Idle => [None, None],
            State::Fetching { deadline } => [Some(deadline), None],
            State::Resting { calm_until, stranded_until, .. } => {
                [Some(calm_until), Some(stranded_until)]
            }
        };
        let ends = ends.into_iter().flatten().filter(|end| now.mono < *end);
        phase.into_iter().chain(ends).min()
    }

    /// Returns what may be used without asking, if anything: as long as it
    /// [covers](Usable::covers) the time, [`try_use`](Lifecycle::try_use) would answer
    /// [`Use::Held`](crate::Use::Held).
    #[must_use]
    pub fn usable(&self, now: Now) -> Option<Usable> {
        match self.verdict(now) {
            Verdict::Held(generation) => {
                let wake_at = self.wake_at(now);
                let left = wake_at.map(|at| at.saturating_duration_since(now.mono));
                Some(Usable { generation, since: now, until: left.map(|left| now.later(left)) })
            }
            Verdict::HeldAndLead(_) | Verdict::Lead | Verdict::Wait(_) | Verdict::Refused(_) => {
                None
            }
        }
    }

    /// Returns the generation that is held, usable or not.
    #[must_use]
    pub fn generation(&self) -> Option<Generation> {
        self.held.as_ref().map(|held| held.generation)
    }

    /// Returns where the credential stands in its life.
    #[must_use]
    pub fn phase(&self, now: Now) -> Phase {
        self.held.as_ref().map_or(Phase::Absent, |held| held.phase(now))
    }

    /// Returns how long the held credential has to live, zero if it has expired; `None` where none
    /// is held or its lifetime is unknown.
    #[must_use]
    pub fn expires_in(&self, now: Now) -> Option<Duration> {
        self.held.as_ref()?.expires_in(now)
    }

    /// Returns how many credentials were rejected in a row.
    #[must_use]
    pub fn rejections(&self) -> u32 {
        self.rejections
    }

    /// Returns whether the lock-out guard keeps another credential from being fetched.
    #[must_use]
    pub fn is_locked_out(&self) -> bool {
        let rejected = self.held.as_ref().is_some_and(|held| held.standing == Standing::Rejected);
        rejected && self.config.lock_out_after().get() <= self.rejections
    }
}
