use std::time::Instant;

use readmit_error::event::RecoveryOutcome;

use crate::minutes::minute_since;
use crate::mutants::mutate;
use crate::sync::{AtomicU64, Ordering};

/// How operations ended, counted without a lock until the minute is over.
#[derive(Debug)]
pub(crate) struct Outcomes {
    origin: Instant,
    /// The minute, since the origin, that is being counted.
    minute: AtomicU64,
    counts: [AtomicU64; 6],
    /// Those that failed by no fault of the service.
    blameless: AtomicU64,
}

/// How many operations ended in each way.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Ended {
    pub(crate) counts: [u64; 6],
    pub(crate) blameless: u64,
}

impl Outcomes {
    pub(crate) fn new(origin: Instant) -> Outcomes {
        let counts = RECOVERY_OUTCOMES.map(|_| AtomicU64::new(0));
        Outcomes { origin, minute: AtomicU64::new(0), counts, blameless: AtomicU64::new(0) }
    }

    /// Returns whether the minute that is being counted is over.
    #[inline]
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        // Relaxed: whoever sees the old minute asks again under the lock.
        self.minute.load(Ordering::Relaxed) < minute_since(self.origin, now)
    }

    #[inline]
    pub(crate) fn add(&self, outcome: RecoveryOutcome, is_blameless: bool) {
        if let Some(count) = self.counts.get(place(outcome)) {
            // Relaxed: the count orders nothing else.
            count.fetch_add(1, Ordering::Relaxed);
        }
        if is_blameless {
            self.blameless.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes what was counted, and goes on with the minute of `now`; returns an instant of the
    /// minute that it was counted in.
    ///
    /// Only one thread may be here at a time.
    /// What another counts meanwhile is of this minute or of the next, and in neither twice.
    pub(crate) fn take(&self, now: Instant) -> (Instant, Ended) {
        let counted = self.minute.load(Ordering::Relaxed);
        let minute = minute_since(self.origin, now).max(counted);
        self.minute.store(minute, Ordering::Relaxed);
        // Relaxed: each swap takes what was added to its count, and nothing is lost between them.
        let take = |count: &AtomicU64| {
            mutate!(18, count.swap(0, Ordering::Relaxed), {
                let seen = count.load(Ordering::Relaxed);
                count.store(0, Ordering::Relaxed);
                seen
            })
        };
        let mut ended = Ended { blameless: take(&self.blameless), ..Ended::default() };
        for (taken, count) in ended.counts.iter_mut().zip(&self.counts) {
            *taken = take(count);
        }
        let since = std::time::Duration::from_secs(counted.saturating_mul(60));
        let within = if counted == minute { Some(now) } else { self.origin.checked_add(since) };
        (within.unwrap_or(now), ended)
    }
}

impl Ended {
    pub(crate) fn all(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Returns how many failed by a fault of the service, or of what is before it.
    pub(crate) fn failed(&self) -> u64 {
        let failed = RECOVERY_OUTCOMES.iter().zip(self.counts).filter(|(of, _)| is_failure(**of));
        failed.map(|(_, count)| count).sum::<u64>().saturating_sub(self.blameless)
    }
}

/// Whether the service, or what is before it, did not do its part.
#[inline]
pub(crate) fn is_failure(outcome: RecoveryOutcome) -> bool {
    match outcome {
        RecoveryOutcome::NotNeeded | RecoveryOutcome::Recovered => false,
        RecoveryOutcome::Exhausted
        | RecoveryOutcome::FellBack
        | RecoveryOutcome::NotAttempted
        | RecoveryOutcome::Rejected => true,
    }
}

#[inline]
pub(crate) fn place(outcome: RecoveryOutcome) -> usize {
    match outcome {
        RecoveryOutcome::NotNeeded => 0,
        RecoveryOutcome::Recovered => 1,
        RecoveryOutcome::FellBack => 2,
        RecoveryOutcome::NotAttempted => 3,
        RecoveryOutcome::Exhausted => 4,
        RecoveryOutcome::Rejected => 5,
    }
}

/// In the order of [`place`].
pub(crate) const RECOVERY_OUTCOMES: [RecoveryOutcome; 6] = [
    RecoveryOutcome::NotNeeded,
    RecoveryOutcome::Recovered,
    RecoveryOutcome::FellBack,
    RecoveryOutcome::NotAttempted,
    RecoveryOutcome::Exhausted,
    RecoveryOutcome::Rejected,
];

#[cfg(not(loom))]
#[cfg(test)]
mod tests {
    use std::time::Duration;

    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn every_outcome_has_a_place_of_its_own() {
        for (expected, outcome) in RECOVERY_OUTCOMES.into_iter().enumerate() {
            assert_eq!(place(outcome), expected);
        }
    }

    #[test]
    fn what_was_counted_belongs_to_its_minute() {
        let t0 = SystemClock.now();
        let outcomes = Outcomes::new(t0);
        outcomes.add(RecoveryOutcome::NotNeeded, false);
        outcomes.add(RecoveryOutcome::Exhausted, false);
        outcomes.add(RecoveryOutcome::NotAttempted, true);
        let later = t0 + Duration::from_secs(150);
        assert!(!outcomes.is_over(t0 + Duration::from_secs(59)) && outcomes.is_over(later));

        let (at, ended) = outcomes.take(later);

        assert_eq!((at, ended.all(), ended.failed()), (t0, 3, 1));
        assert!(!outcomes.is_over(later));
        assert_eq!(outcomes.take(later), (later, Ended::default()));
    }
}

#[cfg(loom)]
#[cfg(test)]
mod loom_tests {
    use loom::sync::Arc;
    use loom::thread;
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn nothing_is_lost_and_nothing_counted_twice() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let outcomes = Arc::new(Outcomes::new(t0));
            let other = Arc::clone(&outcomes);

            let theirs = thread::spawn(move || {
                other.add(RecoveryOutcome::NotNeeded, false);
                other.add(RecoveryOutcome::Exhausted, true);
            });
            let (_, early) = outcomes.take(t0);
            theirs.join().unwrap();
            let (_, late) = outcomes.take(t0);

            assert_eq!(early.all() + late.all(), 2);
            assert_eq!(early.blameless + late.blameless, 1);
        });
    }
}
