use std::num::NonZeroU32;
use std::time::Instant;

use crate::Tally;
use crate::config::ProbeRule;
use crate::mutants::mutate;
use crate::tally::Sample;

/// The probes of one half-open circuit (rule 60).
///
/// A slot is taken by a probe that is under way and used up by one that has reported; one that
/// ends without an outcome gives its slot back, and so does the end of its lease.
#[derive(Debug)]
pub(crate) struct Probes {
    rule: ProbeRule,
    under_way: Vec<Probe>,
    /// The number of the next probe.
    next: NonZeroU32,
    tally: Tally,
    good: u32,
}

#[derive(Debug)]
struct Probe {
    number: NonZeroU32,
    /// None where that is beyond what the clock can say.
    lease_ends_at: Option<Instant>,
}

/// What the probes say of the circuit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Close,
    Open,
    Undecided,
}

/// All slots are taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Taken {
    /// When the first lease ends.
    pub(crate) until: Option<Instant>,
}

impl Probes {
    pub(crate) fn new(rule: ProbeRule) -> Probes {
        Probes {
            rule,
            under_way: Vec::new(),
            next: NonZeroU32::MIN,
            tally: Tally::default(),
            good: 0,
        }
    }

    /// Takes a slot and returns the number of the probe.
    pub(crate) fn try_take(&mut self, now: Instant) -> Result<NonZeroU32, Taken> {
        self.peek(now)?;
        if !self.has_room() {
            self.under_way.retain(|probe| !probe.has_ended(now));
        }
        let number = self.next;
        self.next = self.next.checked_add(1).unwrap_or(NonZeroU32::MIN);
        let lease_ends_at = now.checked_add(self.rule.lease);
        self.under_way.push(Probe { number, lease_ends_at });
        Ok(number)
    }

    /// Takes note of what became of a probe; `None` says nothing of the service.
    pub(crate) fn settle(&mut self, number: NonZeroU32, sample: Option<Sample>) -> Verdict {
        let Some(at) = self.under_way.iter().position(|probe| probe.number == number) else {
            return Verdict::Undecided; // It was replaced.
        };
        self.under_way.swap_remove(at);
        let Some(sample) = sample else { return Verdict::Undecided };
        self.tally.add(sample);
        self.good += u32::from(!sample.is_bad());
        let bad = self.tally.calls() - self.good;
        if self.rule.needed <= self.good {
            Verdict::Close
        } else if mutate!(6, self.rule.of - self.rule.needed < bad, self.rule.of <= bad) {
            Verdict::Open
        } else {
            Verdict::Undecided
        }
    }

    /// Returns whether a slot could be taken.
    pub(crate) fn peek(&self, now: Instant) -> Result<(), Taken> {
        if self.has_room() || self.under_way.iter().any(|probe| probe.has_ended(now)) {
            return Ok(());
        }
        Err(Taken { until: self.first_end() })
    }

    /// Returns when time alone makes room.
    pub(crate) fn wake_at(&self) -> Option<Instant> {
        if self.has_room() { None } else { self.first_end() }
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    fn has_room(&self) -> bool {
        let used = mutate!(7, self.under_way.len(), 0) + self.tally.calls() as usize;
        used < self.rule.of as usize
    }

    fn first_end(&self) -> Option<Instant> {
        self.under_way.iter().filter_map(|probe| probe.lease_ends_at).min()
    }
}

impl Probe {
    fn has_ended(&self, now: Instant) -> bool {
        self.lease_ends_at.is_some_and(|end| mutate!(8, end <= now, end < now))
    }
}
