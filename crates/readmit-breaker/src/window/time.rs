use std::time::Instant;

use crate::mutants::mutate;
use crate::tally::Sample;
use crate::{Tally, nanos};

/// The outcomes of the last so long, in a ring of sixty parts.
///
/// A part is forgotten as a whole, as soon as the first instant of it is out of the window.
#[derive(Debug)]
pub(crate) struct TimeWindow {
    /// In nanoseconds, of all parts together.
    length: u64,
    ring: Box<[Tally]>,
    /// The sum of the ring.
    tally: Tally,
    /// The first instant that the window heard of, from which the parts are counted.
    origin: Option<Instant>,
    /// The latest part that anything was counted in.
    part: u64,
    /// Where that part ends, in nanoseconds from the origin.
    ends: u64,
}

impl TimeWindow {
    pub(crate) fn new(length: u64) -> TimeWindow {
        let ring = vec![Tally::default(); PARTS].into();
        TimeWindow { length, ring, tally: Tally::default(), origin: None, part: 0, ends: 0 }
    }

    pub(crate) fn add(&mut self, now: Instant, sample: Sample) {
        self.advance(now);
        if let Some(part) = self.ring.get_mut(place(self.part)) {
            part.add(sample);
        }
        self.tally.add(sample);
    }

    /// Forgets what was counted, and goes on counting parts from the same origin.
    pub(crate) fn clear(&mut self) {
        self.ring.fill(Tally::default());
        self.tally = Tally::default();
    }

    pub(crate) fn tally(&self, now: Instant) -> Tally {
        let mut tally = self.tally;
        for gone in self.leaving(self.part_of(self.elapsed(now))) {
            tally.forget(gone);
        }
        tally
    }

    /// Moves on to the part of `now`; a clock that was read earlier counts where time stands.
    fn advance(&mut self, now: Instant) {
        let elapsed = nanos::since(*self.origin.get_or_insert(now), now);
        // No division as long as time stays in the same part.
        if elapsed < self.ends {
            return;
        }
        let part = self.part_of(elapsed);
        for back in 0..self.moves(part) {
            if let Some(oldest) = self.ring.get_mut(place(self.part + 1 + back)) {
                self.tally.forget(std::mem::take(oldest));
            }
        }
        self.part = self.part.max(part);
        self.ends = self.end_of(self.part);
    }

    /// What is forgotten by the time that `part` begins.
    fn leaving(&self, part: u64) -> impl Iterator<Item = Tally> {
        let places = (0..self.moves(part)).map(|back| place(self.part + 1 + back));
        places.filter_map(|place| self.ring.get(place).copied())
    }

    /// How many parts are to be forgotten until `part` has room; all of them at most.
    fn moves(&self, part: u64) -> u64 {
        let moves = part.saturating_sub(self.part).min(PARTS as u64);
        mutate!(5, moves, moves.min(1))
    }

    fn elapsed(&self, now: Instant) -> u64 {
        self.origin.map_or(0, |origin| nanos::since(origin, now))
    }

    fn part_of(&self, elapsed: u64) -> u64 {
        let part = u128::from(elapsed) * PARTS as u128 / u128::from(self.length);
        u64::try_from(part).unwrap_or(u64::MAX - PARTS as u64)
    }

    fn end_of(&self, part: u64) -> u64 {
        let end = (u128::from(part) + 1) * u128::from(self.length);
        u64::try_from(end.div_ceil(PARTS as u128)).unwrap_or(u64::MAX)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder of sixty fits any integer")]
fn place(part: u64) -> usize {
    (part % PARTS as u64) as usize
}

/// So that a window of a minute forgets by the second.
const PARTS: usize = 60;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn r59_an_outcome_counts_until_it_is_as_old_as_the_window() {
        let t0 = SystemClock.now();
        let mut window = TimeWindow::new(nanos::of(Duration::from_secs(60)));

        window.add(t0, FAILED);

        let last = t0 + Duration::from_secs(60) - Duration::from_nanos(1);
        assert_eq!(window.tally(last).failures(), 1);
        assert_eq!(window.tally(last + Duration::from_nanos(1)).failures(), 0);
    }

    #[test]
    fn r59_an_outcome_is_forgotten_early_by_a_sixtieth_at_most() {
        let t0 = SystemClock.now();
        let mut window = TimeWindow::new(nanos::of(Duration::from_secs(60)));
        window.add(t0, Sample::default());
        let late = t0 + Duration::from_millis(999);

        window.add(late, FAILED);

        assert_eq!(window.tally(late + Duration::from_millis(59_000)).failures(), 1);
        assert_eq!(window.tally(late + Duration::from_millis(59_001)).failures(), 0);
    }

    #[test]
    fn r59_a_gap_of_any_length_empties_the_window() {
        let t0 = SystemClock.now();
        for gap in [1, 2, 59, 60, 61, 1_000, u32::MAX] {
            let mut window = TimeWindow::new(nanos::of(Duration::from_secs(1)));
            for _ in 0..4 {
                window.add(t0, FAILED);
            }

            window.add(t0 + Duration::from_secs(gap.into()), FAILED);

            assert_eq!((window.tally.calls(), window.tally.failures()), (1, 1), "{gap} s");
        }
    }

    #[test]
    fn a_clock_that_was_read_earlier_counts_where_time_stands() {
        let t0 = SystemClock.now() + Duration::from_secs(100);
        let mut window = TimeWindow::new(nanos::of(Duration::from_secs(60)));
        window.add(t0 - Duration::from_secs(50), FAILED);
        window.add(t0, FAILED);

        window.add(t0 - Duration::from_secs(90), FAILED);

        assert_eq!(window.tally(t0).failures(), 3);
        assert_eq!(window.tally(t0 + Duration::from_secs(59)).failures(), 2);
    }

    #[test]
    fn the_longest_and_the_shortest_window_do_not_overflow() {
        let t0 = SystemClock.now();
        let century = Duration::from_secs(100 * 365 * 86_400);
        for length in [1, 59, 61, u64::MAX] {
            let mut window = TimeWindow::new(length);
            window.add(t0, FAILED);

            window.add(t0 + century, FAILED);

            let kept = if length == u64::MAX { 2 } else { 1 };
            assert_eq!(window.tally(t0 + century).failures(), kept, "{length} ns");
        }
    }

    const FAILED: Sample = Sample { failed: true, slow: false };
}
