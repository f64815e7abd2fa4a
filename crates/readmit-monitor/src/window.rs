use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::minutes::Minutes;
use crate::mutants::mutate;

/// When something happened, over the last hour: the last instants exactly, and the rest by minute.
///
/// With a threshold of T the last 2T+1 instants are kept, which is what it takes to say of any span
/// whether there were more than T in it, and whether more than 2T (rule 87).
#[derive(Debug)]
pub(crate) struct Window {
    ring: VecDeque<Instant>,
    capacity: usize,
    minutes: Minutes,
}

impl Window {
    pub(crate) fn new(origin: Instant, threshold: u32) -> Window {
        let twice = usize::try_from(threshold).unwrap_or(usize::MAX).saturating_mul(2);
        let capacity = mutate!(1, twice.saturating_add(1), twice.max(1));
        Window { ring: VecDeque::new(), capacity, minutes: Minutes::new(origin, MINUTES) }
    }

    pub(crate) fn add(&mut self, now: Instant) {
        // A clock that was read earlier counts where time stands, so that the ring stays in order.
        let at = self.last().map_or(now, |last| last.max(now));
        if self.capacity <= self.ring.len() {
            self.ring.pop_front();
        }
        self.ring.push_back(at);
        self.minutes.add(at, 1);
    }

    /// Returns how often it happened within the last `span`: what is as old as the span is out.
    ///
    /// Up to 2T it is exact; beyond, the minute in which the span begins counts by its share.
    pub(crate) fn count(&self, now: Instant, span: Duration) -> u64 {
        let is_out = |at: &Instant| {
            let age = now.saturating_duration_since(*at);
            mutate!(2, span <= age, span < age)
        };
        let out = self.ring.partition_point(is_out);
        let inside = (self.ring.len() - out) as u64;
        if mutate!(3, 0 < out || self.ring.len() < self.capacity, true) {
            return inside;
        }
        self.minutes.count(now, span).max(inside)
    }

    /// Returns when it happened last.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.ring.back().copied()
    }

    /// How many instants are kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ring.len()
    }
}

/// The longest span that is counted.
pub(crate) const MINUTES: u16 = 60;

#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn r87_an_event_counts_until_it_is_as_old_as_the_span() {
        let t0 = SystemClock.now();
        let mut window = Window::new(t0, 10);

        window.add(t0);

        assert_eq!(window.count(t0 + HOUR - Duration::from_nanos(1), HOUR), 1);
        assert_eq!(window.count(t0 + HOUR, HOUR), 0);
    }

    #[test]
    fn r87_the_ring_says_exactly_whether_there_were_more_than_twice_the_threshold() {
        let t0 = SystemClock.now();
        let mut window = Window::new(t0, 10);
        for second in 0..21 {
            window.add(t0 + Duration::from_secs(second));
        }

        // The instant before the first is out, and the one at which it is.
        assert_eq!(window.count(t0 + HOUR - Duration::from_nanos(1), HOUR), 21);
        assert_eq!(window.count(t0 + HOUR, HOUR), 20);
    }

    #[test]
    fn r87_any_number_of_events_is_kept_as_twice_the_threshold_and_one() {
        let t0 = SystemClock.now();
        let mut window = Window::new(t0, 10);

        for milli in 0..100_000 {
            window.add(t0 + Duration::from_millis(milli));
        }

        assert_eq!(window.len(), 21);
        let now = t0 + Duration::from_millis(99_999);
        assert_eq!(window.count(now, HOUR), 100_000);
        assert_eq!(window.count(now, Duration::from_secs(60)), 60_001);
    }

    #[test]
    fn an_earlier_reading_of_the_clock_does_not_lose_an_event() {
        let t0 = SystemClock.now();
        let mut window = Window::new(t0, 1);
        window.add(t0 + HOUR);

        window.add(t0);

        assert_eq!(window.count(t0 + HOUR, HOUR), 2);
        assert_eq!(window.count(t0, HOUR), 2);
    }

    const HOUR: Duration = Duration::from_secs(3_600);
}
