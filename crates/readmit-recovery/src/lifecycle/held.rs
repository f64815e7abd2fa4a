use std::time::{Duration, Instant};

use readmit_core::{Draw, Now};

use crate::age::Age;
use crate::config::Config;
use crate::generation::Generation;
use crate::lifetime::Lifetime;
use crate::mutants::mutate;
use crate::phase::Phase;
use crate::windows::Windows;

/// A credential, as far as its life is concerned: the secret is the driver's.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) generation: Generation,
    pub(super) age: Age,
    /// `None` where the lifetime is unknown.
    pub(super) windows: Option<Windows>,
    /// Zero where nobody knows when it was issued.
    pub(super) fresh_for: Duration,
    pub(super) standing: Standing,
}

/// What servers said of a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Standing {
    /// Nothing so far.
    Untried,
    /// One rejected it while it was fresh: it stays in use, and what others say decides.
    Doubted,
    /// One took it.
    Accepted,
    /// One rejected it, and it is out of use.
    Rejected,
}

impl Held {
    /// Returns a credential that came at `now`, or `None` if its life was over by then (rule 13).
    ///
    /// `issued` is the earliest time at which it can have been issued, where that is known.
    pub(super) fn new(
        config: &Config,
        generation: Generation,
        now: Now,
        issued: Option<Now>,
        lifetime: Lifetime,
        draw: Draw,
    ) -> Option<Held> {
        let since_issue = issued.map_or(Duration::ZERO, |issued| now.elapsed_since(issued));
        let (lifetime, age) = match lifetime {
            Lifetime::Unknown => (None, since_issue),
            Lifetime::For(lifetime) => (Some(lifetime), mutate!(9, since_issue, Duration::ZERO)),
            Lifetime::Until(end) => {
                (Some(end.duration_since(now.wall).unwrap_or_default()), Duration::ZERO)
            }
        };
        if lifetime.is_some_and(|lifetime| mutate!(8, lifetime <= age, lifetime < age)) {
            return None;
        }
        Some(Held {
            generation,
            age: Age::new(now, age),
            windows: lifetime.map(|lifetime| Windows::new(config, lifetime, draw)),
            fresh_for: issued.map_or(Duration::ZERO, |_| config.fresh_for()),
            standing: Standing::Untried,
        })
    }

    pub(super) fn phase(&self, now: Now) -> Phase {
        if self.standing == Standing::Rejected {
            return Phase::Rejected;
        }
        let Some(windows) = &self.windows else {
            return Phase::Fresh;
        };
        let age = self.age.at(now);
        if age < windows.advisory {
            Phase::Fresh
        } else if age < windows.mandatory {
            Phase::Advisory
        } else if age < windows.expiry {
            Phase::Mandatory
        } else {
            Phase::Expired
        }
    }

    /// Returns how long a rejection says more about the issuer than about this credential: until it
    /// has been accepted, is past its first moments, or has expired (rule 28).
    pub(super) fn fresh_in(&self, now: Now) -> Option<Duration> {
        match self.standing {
            Standing::Accepted | Standing::Rejected => return None,
            Standing::Untried | Standing::Doubted => {}
        }
        let expiry = self.windows.map_or(Duration::MAX, |windows| windows.expiry);
        let left = self.fresh_for.min(expiry).saturating_sub(self.age.at(now));
        (!left.is_zero()).then_some(left)
    }

    pub(super) fn expires_in(&self, now: Now) -> Option<Duration> {
        self.windows.map(|windows| windows.expiry.saturating_sub(self.age.at(now)))
    }

    /// Returns whether its time after its expiry, in which it may be used for lack of a better one,
    /// is not over; a lifetime that nobody knows has none that ends.
    pub(super) fn is_within_grace(&self, now: Now) -> bool {
        self.windows.is_none_or(|windows| self.age.at(now) < windows.grace)
    }

    /// Returns when, by the monotonic clock, the next phase begins, or the last one ends.
    pub(super) fn next_phase_at(&self, now: Now) -> Option<Instant> {
        let age = self.age.at(now);
        let next = self.windows?.ages().into_iter().find(|at| age < *at)?;
        Some(now.later(next.saturating_sub(age)).mono)
    }
}
