use std::time::Instant;

use readmit_core::Now;

use crate::generation::Generation;
use crate::mutants::mutate;
use crate::phase::Phase;
use crate::refused::{Cause, Refused};

use super::held::Held;
use super::{Lifecycle, State};

/// What somebody who asks is told, before it is acted upon.
pub(super) enum Verdict {
    Held(Generation),
    HeldAndLead(Generation),
    Lead,
    Wait(Instant),
    Refused(Refused),
}

impl Lifecycle {
    /// Says what `try_use` would, and changes nothing.
    pub(super) fn verdict(&self, now: Now) -> Verdict {
        let Some(held) = &self.held else {
            return self.verdict_on_nothing(now);
        };
        let generation = held.generation;
        let phase = held.phase(now);
        if let (Phase::Advisory | Phase::Mandatory, Some(refused)) = (phase, self.raised(now)) {
            return Verdict::Refused(refused);
        }
        match phase {
            Phase::Fresh => Verdict::Held(generation),
            Phase::Advisory => match self.state {
                State::Fetching { deadline: until } | State::Resting { calm_until: until, .. }
                    if now.mono < until =>
                {
                    Verdict::Held(generation)
                }
                State::Idle | State::Fetching { .. } | State::Resting { .. } => {
                    Verdict::HeldAndLead(generation)
                }
            },
            Phase::Mandatory => match self.state {
                State::Fetching { deadline } if now.mono < deadline => Verdict::Wait(deadline),
                State::Resting { calm_until, .. } if now.mono < calm_until => {
                    Verdict::Held(generation)
                }
                State::Idle | State::Fetching { .. } | State::Resting { .. } => Verdict::Lead,
            },
            Phase::Expired | Phase::Rejected if self.is_served_for_lack_of_better(held, now) => {
                Verdict::Held(generation)
            }
            Phase::Absent | Phase::Expired | Phase::Rejected => self.verdict_on_nothing(now),
        }
    }

    /// Returns the terminal failure that answers for everybody, where it is to.
    fn raised(&self, now: Now) -> Option<Refused> {
        match self.state {
            State::Resting { stranded_until, cause: cause @ Cause::RefreshRefused, .. }
                if self.config.raises_terminal() && now.mono < stranded_until =>
            {
                Some(Refused { cause, retry_at: Some(stranded_until) })
            }
            State::Idle | State::Fetching { .. } | State::Resting { .. } => None,
        }
    }

    /// Returns whether what expired or was rejected is used between two attempts to replace it.
    fn is_served_for_lack_of_better(&self, held: &Held, now: Now) -> bool {
        match self.state {
            State::Resting { calm_until, cause: Cause::RefreshFailed, .. } => {
                now.mono < calm_until
                    && !self.config.serve_expired_for().is_zero()
                    && mutate!(15, !self.is_locked_out(), true)
                    && held.is_within_grace(now)
            }
            State::Idle | State::Fetching { .. } | State::Resting { .. } => false,
        }
    }

    /// Says it to somebody whom what is held does not serve.
    pub(super) fn verdict_on_nothing(&self, now: Now) -> Verdict {
        match self.state {
            State::Fetching { deadline }
                if mutate!(4, now.mono < deadline, now.mono <= deadline) =>
            {
                Verdict::Wait(deadline)
            }
            State::Idle | State::Fetching { .. } | State::Resting { .. }
                if self.is_locked_out() =>
            {
                Verdict::Refused(Refused { cause: Cause::LockedOut, retry_at: None })
            }
            State::Resting { stranded_until, cause, .. }
                if mutate!(6, now.mono < stranded_until, now.mono <= stranded_until) =>
            {
                Verdict::Refused(Refused { cause, retry_at: Some(stranded_until) })
            }
            State::Idle | State::Fetching { .. } | State::Resting { .. } => Verdict::Lead,
        }
    }
}
