use std::ops::Range;

use crate::Tally;
use crate::mutants::mutate;
use crate::tally::Sample;

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
    /// The latest part that anything was counted in.
    part: u64,
    /// Where that part ends, in nanoseconds.
    ends: u64,
}

impl TimeWindow {
    pub(crate) fn new(length: u64) -> TimeWindow {
        let ring = vec![Tally::default(); PARTS].into();
        TimeWindow { length, ring, tally: Tally::default(), part: 0, ends: 0 }
    }

    #[inline]
    pub(crate) fn add(&mut self, at: u64, sample: Sample) {
        // No division as long as time stays in the same part.
        if self.ends <= at {
            self.advance(at);
        }
        if let Some(part) = self.ring.get_mut(place(self.part)) {
            part.add(sample);
        }
        self.tally.add(sample);
    }

    /// Forgets what was counted, and goes on from the same part.
    pub(crate) fn clear(&mut self) {
        self.ring.fill(Tally::default());
        self.tally = Tally::default();
    }

    pub(crate) fn tally(&self, at: u64) -> Tally {
        let mut tally = self.tally;
        for gone in self.leaving(self.part_of(at)) {
            tally.forget(gone);
        }
        tally
    }

    /// Returns the part that an instant is in.
    pub(crate) fn part_around(&self, at: u64) -> Range<u64> {
        let part = self.part_of(at);
        part.checked_sub(1).map_or(0, |before| self.end_of(before))..self.end_of(part)
    }

    /// Moves on to the part of `at`; a clock that was read earlier counts where time stands.
    #[inline(never)]
    fn advance(&mut self, at: u64) {
        let part = self.part_of(at);
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

    fn part_of(&self, at: u64) -> u64 {
        let part = u128::from(at) * PARTS as u128 / u128::from(self.length);
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
    use super::*;

    #[test]
    fn r59_an_outcome_counts_until_it_is_as_old_as_the_window() {
        let mut window = TimeWindow::new(60 * SECOND);

        window.add(0, FAILED);

        assert_eq!(window.tally(60 * SECOND - 1).failures(), 1);
        assert_eq!(window.tally(60 * SECOND).failures(), 0);
    }

    #[test]
    fn r59_an_outcome_is_forgotten_early_by_a_sixtieth_at_most() {
        let mut window = TimeWindow::new(60 * SECOND);
        let late = SECOND - 1;

        window.add(late, FAILED);

        assert_eq!(window.tally(late + 59 * SECOND).failures(), 1);
        assert_eq!(window.tally(late + 59 * SECOND + 1).failures(), 0);
    }

    #[test]
    fn r59_a_gap_of_any_length_empties_the_window() {
        for gap in [1, 2, 59, 60, 61, 1_000, u32::MAX] {
            let mut window = TimeWindow::new(SECOND);
            for _ in 0..4 {
                window.add(0, FAILED);
            }

            window.add(u64::from(gap) * SECOND, FAILED);

            assert_eq!((window.tally.calls(), window.tally.failures()), (1, 1), "{gap} s");
        }
    }

    #[test]
    fn a_clock_that_was_read_earlier_counts_where_time_stands() {
        let now = 100 * SECOND;
        let mut window = TimeWindow::new(60 * SECOND);
        window.add(now - 50 * SECOND, FAILED);
        window.add(now, FAILED);

        window.add(now - 90 * SECOND, FAILED);

        assert_eq!(window.tally(now).failures(), 3);
        assert_eq!(window.tally(now + 59 * SECOND).failures(), 2);
    }

    #[test]
    fn the_longest_and_the_shortest_window_do_not_overflow() {
        let century = 100 * 365 * 86_400 * SECOND;
        for length in [1, 59, 61, u64::MAX] {
            let mut window = TimeWindow::new(length);
            window.add(0, FAILED);

            window.add(century, FAILED);

            let kept = if length == u64::MAX { 2 } else { 1 };
            assert_eq!(window.tally(century).failures(), kept, "{length} ns");
        }
    }

    #[test]
    fn a_part_is_all_instants_that_are_forgotten_together() {
        for length in [1, 59, 60, 61, 1_000_003, u64::MAX] {
            let window = TimeWindow::new(length);
            for at in [0, 1, 16_667, 16_668, 999_999, NINE_YEARS] {
                let part = window.part_around(at);

                assert!(part.contains(&at), "{at} of {length}");
                let number = |at| window.part_of(at);
                assert_eq!(number(part.start), number(at), "{at} of {length}");
                assert_eq!(number(part.end - 1), number(at), "{at} of {length}");
                assert!(part.end == u64::MAX || number(at) < number(part.end));
            }
        }
    }

    const NINE_YEARS: u64 = 9 * 365 * 86_400 * SECOND;
    const SECOND: u64 = 1_000_000_000;
    const FAILED: Sample = Sample { failed: true, slow: false };
}
