use crate::Tally;
use crate::mutants::mutate;
use crate::tally::Sample;

/// The last so many outcomes, in a ring.
#[derive(Debug)]
pub(crate) struct CountWindow {
    ring: Box<[Sample]>,
    /// Where the next outcome goes: the oldest one's place, once the ring is full.
    next: usize,
    tally: Tally,
}

impl CountWindow {
    pub(crate) fn new(calls: u32) -> CountWindow {
        let ring = vec![Sample::default(); calls as usize].into();
        CountWindow { ring, next: 0, tally: Tally::default() }
    }

    pub(crate) fn add(&mut self, sample: Sample) {
        let is_full = self.is_full();
        // The index wraps before the end, so the place is always there.
        if let Some(place) = self.ring.get_mut(self.next) {
            let oldest = std::mem::replace(place, sample);
            if mutate!(2, is_full, false) {
                self.tally.forget(Tally::from(oldest));
            }
        }
        self.next = if self.next + 1 == self.ring.len() { 0 } else { self.next + 1 };
        self.tally.add(sample);
    }

    pub(crate) fn clear(&mut self) {
        self.next = 0;
        self.tally = Tally::default();
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    pub(crate) fn is_full_of_successes(&self) -> bool {
        let is_full = mutate!(3, self.is_full(), true);
        is_full && mutate!(4, self.tally.failures() == 0, self.tally.consecutive_failures() == 0)
    }

    fn is_full(&self) -> bool {
        self.ring.len() <= self.tally.calls() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r59_the_oldest_outcome_makes_room_for_the_newest() {
        let mut window = CountWindow::new(3);

        for failed in [true, true, false, false] {
            window.add(Sample { failed, slow: failed });
        }

        let tally = window.tally();
        assert_eq!((tally.calls(), tally.failures(), tally.slow()), (3, 1, 1));
    }

    #[test]
    fn a_window_is_clear_when_it_is_full_of_successes() {
        let mut window = CountWindow::new(2);
        window.add(Sample { failed: true, slow: false });
        window.add(Sample::default());
        assert!(!window.is_full_of_successes());

        window.add(Sample::default());

        assert!(window.is_full_of_successes());
        window.clear();
        assert!(!window.is_full_of_successes());
    }

    #[test]
    fn what_was_there_before_a_window_was_cleared_is_not_taken_out_again() {
        let mut window = CountWindow::new(2);
        window.add(Sample { failed: true, slow: false });
        window.add(Sample { failed: true, slow: false });
        window.clear();

        window.add(Sample { failed: true, slow: false });

        assert_eq!((window.tally().calls(), window.tally().failures()), (1, 1));
    }
}
