use std::time::{Duration, Instant};

use readmit_core::Draw;

use crate::config::OpenRule;
use crate::mutants::mutate;
use crate::nanos;

/// How long a circuit stays open, opening after opening (rule 65).
#[derive(Debug)]
pub(crate) struct OpenTimes {
    rule: OpenRule,
    /// The openings without a stable close in between.
    in_a_row: u32,
    /// What the last one was to last before jitter, in nanoseconds.
    last: u64,
    /// Since when the circuit has been closed after an opening.
    closed_at: Option<Instant>,
}

impl OpenTimes {
    pub(crate) fn new(rule: OpenRule) -> OpenTimes {
        OpenTimes { rule, in_a_row: 0, last: 0, closed_at: None }
    }

    /// Returns how long the circuit that opens at `now` stays open; a server may ask for longer.
    pub(crate) fn next(&mut self, now: Instant, draw: Draw, server: Option<Duration>) -> Duration {
        if self.was_stable(now) {
            self.reset();
        }
        self.closed_at = None;
        self.in_a_row = self.in_a_row.saturating_add(1);
        let own = if self.in_a_row == 1 {
            self.rule.first
        } else {
            let grown = nanos::percent(self.last, self.rule.growth);
            mutate!(9, grown.min(self.rule.max), grown)
        };
        self.last = own;
        let asked = server.map_or(0, nanos::of).min(self.rule.server_cap);
        let length = own.max(asked);
        let chance = nanos::percent(length, self.rule.jitter.into());
        Duration::from_nanos(length.saturating_add(draw.share(chance)))
    }

    /// Takes note that the circuit closed.
    pub(crate) fn closed(&mut self, now: Instant) {
        self.closed_at = Some(now);
    }

    /// Begins anew, as after a close that held.
    pub(crate) fn reset(&mut self) {
        self.in_a_row = 0;
        self.last = 0;
        self.closed_at = None;
    }

    pub(crate) fn in_a_row(&self) -> u32 {
        self.in_a_row
    }

    /// Whether the circuit has been closed for as long as the last opening was to last, before
    /// jitter and whatever a server asked for.
    fn was_stable(&self, now: Instant) -> bool {
        let is_stable = |closed_at| self.last <= nanos::since(closed_at, now);
        mutate!(10, self.closed_at.is_some_and(is_stable), self.closed_at.is_some())
    }
}

#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};

    use super::*;
    use crate::Config;

    #[test]
    fn r65_each_opening_in_a_row_lasts_longer_up_to_the_bound() {
        let t0 = SystemClock.now();
        let mut times = times(150, 0);

        let lengths: Vec<_> = (0..5).map(|_| times.next(t0, Draw::MAX, None)).collect();

        assert_eq!(lengths, [2_000, 3_000, 4_500, 6_750, 8_000].map(Duration::from_millis));
        assert_eq!(times.in_a_row(), 5);
    }

    #[test]
    fn r65_a_close_that_holds_as_long_as_the_opening_did_begins_anew() {
        let t0 = SystemClock.now();
        for (held, expected) in [(ms(3_999), ms(8_000)), (ms(4_000), ms(2_000))] {
            let mut times = times(200, 0);
            times.next(t0, Draw::MAX, None);
            times.next(t0, Draw::MAX, None);
            times.closed(t0);

            assert_eq!(times.next(t0 + held, Draw::MAX, None), expected);
        }
    }

    #[test]
    fn r65_a_server_lengthens_the_open_time_and_never_shortens_it() {
        let t0 = SystemClock.now();
        let asked = |delay| times(200, 0).next(t0, Draw::MAX, Some(delay));

        assert_eq!(asked(ms(500)), ms(2_000));
        assert_eq!(asked(ms(30_000)), ms(30_000));
        assert_eq!(asked(Duration::MAX), ms(60_000));
    }

    #[test]
    fn r65_what_a_server_asked_for_does_not_grow() {
        let t0 = SystemClock.now();
        let mut times = times(200, 0);
        times.next(t0, Draw::MAX, Some(ms(30_000)));

        assert_eq!(times.next(t0, Draw::MAX, None), ms(4_000));
    }

    #[test]
    fn r58_jitter_only_adds() {
        let t0 = SystemClock.now();
        let drawn = |draw| times(200, 25).next(t0, draw, Some(ms(4_000)));

        assert_eq!(drawn(Draw::MIN), ms(4_000));
        assert_eq!(drawn(Draw::MAX), ms(5_000));
    }

    #[test]
    fn the_longest_open_time_does_not_overflow() {
        let t0 = SystemClock.now();
        let config = Config::consecutive_failures(1)
            .open_for(Duration::MAX)
            .open_growth(u32::MAX)
            .jitter(100)
            .build()
            .unwrap();
        let mut times = OpenTimes::new(config.open);

        times.next(t0, Draw::MAX, None);

        assert_eq!(times.next(t0, Draw::MAX, None), Duration::from_nanos(u64::MAX));
    }

    /// Two seconds first, eight at most, and a minute for a server.
    fn times(growth: u32, jitter: u8) -> OpenTimes {
        let config = Config::consecutive_failures(1)
            .open_for(ms(2_000))
            .open_growth(growth)
            .max_open(ms(8_000))
            .server_cap(ms(60_000))
            .jitter(jitter)
            .build();
        OpenTimes::new(config.unwrap().open)
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }
}
