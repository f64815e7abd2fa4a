use std::time::Duration;

use readmit_core::Now;

use crate::mutants::mutate;

/// How old something is, by two clocks of which neither can be trusted alone (rule 16).
///
/// The monotonic clock stops while the machine is suspended, the wall clock jumps. So the age grows
/// by whichever clock moved on further, and never shrinks. A suspended laptop wakes with the age
/// the wall clock tells. A wall clock set back takes nothing away: counting starts anew at the
/// reading that showed it, so that a later suspend counts in full. A wall clock set forward cannot
/// be told from a suspend, so it makes a credential look older than it is; that costs one early
/// refresh, whose credential is counted from the new readings. Only differences are ever taken, so
/// a wall clock that is simply wrong changes nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Age {
    base: Now,
    at_base: Duration,
    seen: Now,
    at_seen: Duration,
}

impl Age {
    /// Returns the age of what was `already` this old at `now`.
    pub(crate) fn new(now: Now, already: Duration) -> Age {
        Age { base: now, at_base: already, seen: now, at_seen: already }
    }

    /// Takes note of a reading, so that a later jump of the wall clock is seen as one.
    pub(crate) fn observe(&mut self, now: Now) {
        if now.mono < self.seen.mono {
            return; // Read before the last one and told after it: nothing new.
        }
        let age = self.at(now);
        if mutate!(17, SLACK < self.set_back_by(now), false) {
            self.base = now;
            self.at_base = age;
        }
        self.seen = now;
        self.at_seen = age;
    }

    /// Returns the age at `now`.
    pub(crate) fn at(&self, now: Now) -> Duration {
        let mono = now.mono.saturating_duration_since(self.seen.mono);
        let elapsed = mutate!(
            14,
            now.elapsed_since(self.base),
            now.mono.saturating_duration_since(self.base.mono)
        );
        let since_base = self.at_base.saturating_add(elapsed);
        since_base.max(self.at_seen.saturating_add(mono))
    }

    /// Returns how far the wall clock fell behind the monotonic one since the last reading.
    fn set_back_by(&self, now: Now) -> Duration {
        let mono = now.mono.saturating_duration_since(self.seen.mono);
        let expected = self.seen.wall.checked_add(mono).unwrap_or(self.seen.wall);
        expected.duration_since(now.wall).unwrap_or_default()
    }
}

/// A smaller difference is the time between two clock reads, or a clock being slewed.
const SLACK: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use readmit_core::SystemClock;

    use super::*;

    #[test]
    fn r16_both_clocks_moving_on_count_once() {
        let t0 = t0();
        let mut age = Age::new(t0, secs(5));

        age.observe(t0.later(secs(10)));

        assert_eq!(age.at(t0.later(secs(20))), secs(25));
    }

    #[test]
    fn r16_a_suspend_counts_by_the_wall_clock() {
        let t0 = t0();
        let age = Age::new(t0, Duration::ZERO);

        let woken = Now { mono: t0.mono + secs(1), wall: t0.wall + secs(3601) };

        assert_eq!(age.at(woken), secs(3601));
    }

    #[test]
    fn r16_a_wall_clock_set_back_takes_no_age_away() {
        let t0 = t0();
        let mut age = Age::new(t0, Duration::ZERO);
        age.observe(t0.later(secs(100)));

        let set_back = Now { mono: t0.mono + secs(101), wall: t0.wall - secs(7200) };
        age.observe(set_back);

        assert_eq!(age.at(set_back), secs(101));
    }

    #[test]
    fn r16_a_suspend_after_a_set_back_counts_in_full() {
        let t0 = t0();
        let mut age = Age::new(t0, Duration::ZERO);
        let set_back = Now { mono: t0.mono, wall: t0.wall - secs(7200) };
        age.observe(set_back);

        let woken = Now { mono: t0.mono, wall: set_back.wall + secs(3600) };

        assert_eq!(age.at(woken), secs(3600));
    }

    #[test]
    fn r16_a_set_back_after_a_suspend_does_not_undo_it() {
        let t0 = t0();
        let mut age = Age::new(t0, Duration::ZERO);
        age.observe(Now { mono: t0.mono, wall: t0.wall + secs(3600) });

        age.observe(t0);

        assert_eq!(age.at(t0), secs(3600));
    }

    #[test]
    fn r16_a_trembling_wall_clock_does_not_add_up() {
        let t0 = t0();
        let mut age = Age::new(t0, Duration::ZERO);

        for n in 1..=1_000 {
            let tremble = Duration::from_millis(if n % 2 == 0 { 0 } else { 5 });
            let steady = t0.later(Duration::from_millis(n));
            age.observe(Now { mono: steady.mono, wall: steady.wall + tremble });
        }

        assert!(age.at(t0.later(secs(1))) <= Duration::from_millis(1_005));
    }

    #[test]
    fn r16_readings_out_of_order_change_nothing() {
        let t0 = t0();
        let mut age = Age::new(t0, Duration::ZERO);
        age.observe(t0.later(secs(10)));

        age.observe(t0.later(secs(4)));

        assert_eq!(age.at(t0.later(secs(11))), secs(11));
    }

    fn t0() -> Now {
        Now::read(&SystemClock)
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }
}
