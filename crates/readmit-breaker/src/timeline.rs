use std::ops::Range;
use std::time::{Duration, Instant};

use crate::mutants::mutate;
use crate::nanos;

/// Turns instants into nanoseconds from the first one that a machine hears of, for what divides
/// time into parts.
///
/// As long as no part ends, all instants are as good as the first of them, so they are compared,
/// which is much cheaper than to subtract the origin from each.
#[derive(Debug)]
pub(crate) struct Timeline {
    /// Whether there is anything to divide.
    is_needed: bool,
    origin: Option<Instant>,
    stretch: Option<Stretch>,
}

/// Instants between which no part ends.
#[derive(Debug)]
struct Stretch {
    from: Instant,
    until: Instant,
    at: u64,
}

impl Timeline {
    pub(crate) fn new(is_needed: bool) -> Timeline {
        Timeline { is_needed, origin: None, stretch: None }
    }

    /// Returns how far from the origin an instant is, which is `now` the first time; an earlier
    /// one is not at all.
    pub(crate) fn locate(&mut self, now: Instant) -> u64 {
        nanos::since(*self.origin.get_or_insert(now), now)
    }

    /// Remembers that all of these are in the same parts, unless later ones are remembered: a
    /// clock that was read earlier is the exception.
    pub(crate) fn remember(&mut self, stretch: &Range<u64>) {
        if self.stretch.as_ref().is_some_and(|later| stretch.start < later.at) {
            return;
        }
        let instant = |at| self.origin?.checked_add(Duration::from_nanos(at));
        let (from, until) = (instant(stretch.start), instant(stretch.end));
        let between = from.zip(until);
        self.stretch = between.map(|(from, until)| Stretch { from, until, at: stretch.start });
    }

    /// Returns the first of the stretch that is remembered, if the instant is in it; 0 where
    /// nothing is divided.
    #[inline]
    pub(crate) fn known(&self, instant: Instant) -> Option<u64> {
        if !self.is_needed {
            return Some(0);
        }
        let stretch = self.stretch.as_ref()?;
        let is_before_end = mutate!(19, instant < stretch.until, instant <= stretch.until);
        (stretch.from <= instant && is_before_end).then_some(stretch.at)
    }

    /// Returns where an instant is, as good as [`locate`](Timeline::locate) says it.
    #[inline]
    pub(crate) fn at(&self, instant: Instant) -> u64 {
        let exact = || self.origin.map_or(0, |origin| nanos::since(origin, instant));
        self.known(instant).unwrap_or_else(exact)
    }
}

#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn a_stretch_reaches_from_its_first_instant_up_to_its_end() {
        let t0 = SystemClock.now();
        let nanos = Duration::from_nanos;
        let mut timeline = Timeline::new(true);
        assert_eq!(timeline.known(t0), None);
        assert_eq!(timeline.locate(t0), 0);

        timeline.remember(&(100..200));

        let known = [99, 100, 199, 200].map(|at| timeline.known(t0 + nanos(at)));
        assert_eq!(known, [None, Some(100), Some(100), None]);
        assert_eq!([99, 150, 200].map(|at| timeline.at(t0 + nanos(at))), [99, 100, 200]);
    }

    #[test]
    fn a_clock_that_was_read_earlier_does_not_make_the_present_unknown() {
        let t0 = SystemClock.now();
        let mut timeline = Timeline::new(true);
        timeline.locate(t0);
        timeline.remember(&(100..200));

        timeline.remember(&(0..100));

        assert_eq!(timeline.known(t0 + Duration::from_nanos(100)), Some(100));
        assert_eq!(timeline.at(t0), 0);
    }

    #[test]
    fn what_is_before_the_origin_is_at_it() {
        let t0 = SystemClock.now() + Duration::from_secs(1);
        let mut timeline = Timeline::new(true);
        timeline.locate(t0);

        assert_eq!(timeline.locate(t0 - Duration::from_secs(1)), 0);
        assert_eq!(timeline.at(t0 - Duration::from_secs(1)), 0);
    }

    #[test]
    fn where_nothing_is_divided_all_instants_are_the_same() {
        let t0 = SystemClock.now();
        let timeline = Timeline::new(false);

        assert_eq!(timeline.known(t0 + Duration::from_secs(9)), Some(0));
    }
}
