use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Unit;

/// Counts of one unit of time each, of the last so many units by the wall clock.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    unit: Unit,
    /// The latest unit, since 1970, that anything was counted in.
    newest: Option<u64>,
    counts: Box<[u32]>,
}

impl Series {
    pub(crate) fn new(unit: Unit) -> Series {
        Series { unit, newest: None, counts: vec![0; unit.kept()].into() }
    }

    pub(crate) fn add(&mut self, wall: SystemTime, n: u32) {
        self.add_to(number(wall, self.unit), n);
    }

    /// Counts in this unit, or in the newest one where it is out of reach: a clock that was set
    /// back must not cost what is there.
    fn add_to(&mut self, unit: u64, n: u32) {
        let newest = self.newest.unwrap_or(unit);
        let reach = self.counts.len() as u64;
        let unit = if unit.saturating_add(reach) <= newest { newest } else { unit };
        for back in 0..unit.saturating_sub(newest).min(reach) {
            if let Some(oldest) = self.slot(unit - back) {
                *oldest = 0;
            }
        }
        self.newest = Some(newest.max(unit));
        if let Some(count) = self.slot(unit) {
            *count = count.saturating_add(n);
        }
    }

    /// Adds what another series of the same unit has counted.
    pub(crate) fn merge(&mut self, other: &Series) {
        for (unit, count) in other.numbered() {
            if count != 0 {
                self.add_to(unit, count);
            }
        }
    }

    /// Returns the last `length` units up to the one that `wall` is in, the oldest first.
    pub(crate) fn last(&self, wall: SystemTime, length: usize) -> Buckets {
        let end = number(wall, self.unit).saturating_add(1);
        let start = end.saturating_sub(length.min(self.counts.len()) as u64);
        let counts = (start..end).map(|unit| self.at(unit)).collect();
        Buckets { from: time(start, self.unit), unit: self.unit, counts }
    }

    /// Returns all that was counted, from the first unit that has any on; nothing where none has.
    pub(super) fn kept(&self) -> Option<Buckets> {
        let from = self.numbered().find(|(_, count)| *count != 0)?.0;
        let counts = self.numbered().filter(|(unit, _)| from <= *unit).map(|(_, n)| n).collect();
        Some(Buckets { from: time(from, self.unit), unit: self.unit, counts })
    }

    /// Returns a series with these counts, of which those that are out of reach are dropped.
    pub(super) fn of(unit: Unit, from: SystemTime, counts: &[u32]) -> Series {
        let mut series = Series::new(unit);
        let first = number(from, unit);
        let skipped = counts.len().saturating_sub(unit.kept());
        for (place, &count) in counts.iter().enumerate().skip(skipped) {
            series.add_to(first.saturating_add(place as u64), count);
        }
        series
    }

    fn numbered(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let end = self.newest.map_or(0, |newest| newest.saturating_add(1));
        let start = end.saturating_sub(self.counts.len() as u64);
        (start..end).map(|unit| (unit, self.at(unit)))
    }

    fn at(&self, unit: u64) -> u32 {
        let within = |newest: u64| unit <= newest && newest - unit < self.counts.len() as u64;
        if !self.newest.is_some_and(within) {
            return 0;
        }
        self.counts.get(place(unit, self.counts.len())).copied().unwrap_or_default()
    }

    fn slot(&mut self, unit: u64) -> Option<&mut u32> {
        let place = place(unit, self.counts.len());
        self.counts.get_mut(place)
    }
}

/// Counts of one unit of time each, the oldest first; the last is of a unit that is not over yet.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Buckets {
    /// When the first unit began.
    pub from: SystemTime,
    /// How long each unit is.
    pub unit: Unit,
    /// How often it happened in each.
    pub counts: Vec<u32>,
}

/// Returns which unit since 1970 a time is in; what lies before is in the first.
fn number(wall: SystemTime, unit: Unit) -> u64 {
    wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) / unit.seconds()
}

fn time(number: u64, unit: Unit) -> SystemTime {
    let since = Duration::from_secs(number.saturating_mul(unit.seconds()));
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}

fn place(unit: u64, length: usize) -> usize {
    usize::try_from(unit % length as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stand_in_their_unit() {
        let mut series = Series::new(Unit::Minute);
        series.add(at(0), 1);
        series.add(at(59), 2);
        series.add(at(60), 4);

        let buckets = series.last(at(130), 4);

        assert_eq!(buckets.counts, [0, 3, 4, 0]);
        assert_eq!(buckets.from, at(-60));
    }

    #[test]
    fn what_is_older_than_the_series_is_forgotten() {
        let mut series = Series::new(Unit::Minute);
        series.add(at(0), 1);

        series.add(at(60 * Unit::Minute.kept() as i64), 2);

        assert_eq!(series.kept().unwrap().counts, [2]);
    }

    #[test]
    fn a_clock_that_was_set_back_costs_nothing() {
        let mut series = Series::new(Unit::Day);
        series.add(at(0), 3);

        series.add(UNIX_EPOCH, 4);
        series.add(at(-86_400), 5);

        assert_eq!(series.kept().unwrap().counts, [5, 7]);
    }

    #[test]
    fn what_is_kept_can_be_made_into_a_series_again() {
        let mut series = Series::new(Unit::Hour);
        for hour in [0, 1, 5, 95] {
            series.add(at(hour * 3_600), 1);
        }
        let kept = series.kept().unwrap();

        let again = Series::of(Unit::Hour, kept.from, &kept.counts);

        assert_eq!(again.kept().unwrap(), kept);
    }

    #[test]
    fn hostile_counts_neither_panic_nor_grow() {
        let counts = vec![u32::MAX; 10_000];
        for from in [UNIX_EPOCH, at(0), at(9_000_000_000)] {
            let mut series = Series::of(Unit::Minute, from, &counts);

            series.merge(&series.clone());

            assert_eq!(series.kept().unwrap().counts, [u32::MAX; 120]);
        }
    }

    fn at(seconds: i64) -> SystemTime {
        let t0 = UNIX_EPOCH + Duration::from_secs(1_800_000_000 / 86_400 * 86_400);
        let by = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 { t0 - by } else { t0 + by }
    }
}
