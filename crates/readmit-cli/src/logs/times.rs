use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use readmit_error::event::Severity;

/// How many entries of each severity there were in each unit of time, whatever span they cover.
///
/// It begins with minutes, and takes a longer unit where there are too many of one, so that its
/// memory is bounded (rule 87).
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    /// Which of [`UNITS`] is counted by.
    unit: usize,
    counts: BTreeMap<i64, Counts>,
}

/// How many entries there were of each severity: critical, error, warning, info.
pub(crate) type Counts = [u64; 4];

/// Equal spans of time, the oldest first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Spans {
    pub(crate) from: SystemTime,
    pub(crate) each: Duration,
    pub(crate) counts: Vec<Counts>,
}

impl Times {
    pub(crate) fn add(&mut self, at: SystemTime, severity: Severity) {
        let counts = self.counts.entry(seconds(at).div_euclid(self.seconds())).or_default();
        if let Some(count) = counts.get_mut(place(severity)) {
            *count += 1;
        }
        self.coarsen();
    }

    pub(crate) fn merge(&mut self, other: &Times) {
        while self.unit < other.unit {
            self.coarsen_once();
        }
        for (unit, counts) in &other.counts {
            let unit = unit.saturating_mul(other.seconds()).div_euclid(self.seconds());
            sum(self.counts.entry(unit).or_default(), counts);
        }
        self.coarsen();
    }

    /// Returns the same in so many spans at most, each of a length that a person would choose.
    pub(crate) fn spans(&self, most: usize) -> Option<Spans> {
        let first = self.counts.keys().next()?.checked_mul(self.seconds())?;
        let last = self.counts.keys().next_back()?.checked_mul(self.seconds())?;
        let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
        let fits = |each: &i64| {
            self.seconds() <= *each && last.div_euclid(*each) - first.div_euclid(*each) < most
        };
        let each = LENGTHS.into_iter().find(fits).unwrap_or(10 * LONGEST);
        let begin = first.div_euclid(each);
        let length = usize::try_from(last.div_euclid(each) - begin + 1).ok()?;
        let mut counts = vec![Counts::default(); length];
        for (unit, of_unit) in &self.counts {
            let place = unit.saturating_mul(self.seconds()).div_euclid(each) - begin;
            if let Some(span) = usize::try_from(place).ok().and_then(|at| counts.get_mut(at)) {
                sum(span, of_unit);
            }
        }
        let each_for = Duration::from_secs(each.unsigned_abs());
        Some(Spans { from: instant(begin.checked_mul(each)?), each: each_for, counts })
    }

    fn seconds(&self) -> i64 {
        UNITS.get(self.unit).copied().unwrap_or(LONGEST)
    }

    fn coarsen(&mut self) {
        while MOST < self.counts.len() && self.unit + 1 < UNITS.len() {
            self.coarsen_once();
        }
    }

    fn coarsen_once(&mut self) {
        let before = self.seconds();
        self.unit += 1;
        let after = self.seconds();
        for (unit, counts) in std::mem::take(&mut self.counts) {
            let unit = unit.saturating_mul(before).div_euclid(after);
            sum(self.counts.entry(unit).or_default(), &counts);
        }
    }
}

/// The order of [`Counts`].
pub(crate) const SEVERITIES: [Severity; 4] =
    [Severity::Critical, Severity::Error, Severity::Warning, Severity::Info];

pub(crate) fn place(severity: Severity) -> usize {
    match severity {
        Severity::Critical => 0,
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Info => 3,
    }
}

fn sum(counts: &mut Counts, others: &Counts) {
    for (count, other) in counts.iter_mut().zip(others) {
        *count = count.saturating_add(*other);
    }
}

fn seconds(at: SystemTime) -> i64 {
    let whole = |of: Duration| i64::try_from(of.as_secs()).unwrap_or(i64::MAX);
    match at.duration_since(UNIX_EPOCH) {
        Ok(since) => whole(since),
        Err(before) => -whole(before.duration()) - i64::from(before.duration().subsec_nanos() != 0),
    }
}

fn instant(seconds: i64) -> SystemTime {
    let apart = Duration::from_secs(seconds.unsigned_abs());
    let at =
        if seconds < 0 { UNIX_EPOCH.checked_sub(apart) } else { UNIX_EPOCH.checked_add(apart) };
    at.unwrap_or(UNIX_EPOCH)
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const LONGEST: i64 = 36_500 * DAY;
/// Each is a multiple of the one before it.
const UNITS: [i64; 5] = [MINUTE, HOUR, DAY, 365 * DAY, LONGEST];
/// Lengths of a span in a chart; each is a multiple of the unit that is below it.
const LENGTHS: [i64; 21] = [
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
    3_650 * DAY,
    LONGEST,
    10 * LONGEST,
];
/// Units that are kept: two weeks of minutes.
const MOST: usize = 20_160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_their_span() {
        let mut times = Times::default();
        for second in [0, 59, 60, 125, 600] {
            times.add(at(second), Severity::Warning);
        }
        times.add(at(61), Severity::Critical);

        let minutes = times.spans(60).unwrap();
        let few = times.spans(3).unwrap();

        assert_eq!((minutes.from, minutes.each.as_secs(), minutes.counts.len()), (at(0), 60, 11));
        assert_eq!(minutes.counts[..3], [[0, 0, 2, 0], [1, 0, 1, 0], [0, 0, 1, 0]]);
        assert_eq!((few.each.as_secs(), few.counts.len()), (300, 3));
        assert_eq!(few.counts, [[1, 0, 4, 0], [0; 4], [0, 0, 1, 0]]);
    }

    #[test]
    fn r87_any_span_of_time_is_bounded() {
        let mut times = Times::default();
        let (mut one, mut other) = (Times::default(), Times::default());

        for day in (0..3_000_000_i64).step_by(25) {
            let at = instant(day * DAY - 62_135_596_800);
            times.add(at, Severity::Info);
            if day % 2 == 0 { one.add(at, Severity::Info) } else { other.add(at, Severity::Info) }
        }
        one.merge(&other);

        assert!(times.counts.len() <= MOST);
        let spans = times.spans(64).unwrap();
        assert!(spans.counts.len() <= 64);
        assert_eq!(spans.counts.iter().map(|counts| counts[3]).sum::<u64>(), 120_000);
        assert_eq!(one.spans(64), Some(spans));
    }

    #[test]
    fn nothing_has_no_spans() {
        assert_eq!(Times::default().spans(64), None);
    }

    fn at(seconds: i64) -> SystemTime {
        instant(1_800_000_000 / DAY * DAY + seconds)
    }
}
