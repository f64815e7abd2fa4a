//! How often things happened by minute, hour and day, kept in memory and in a file.

mod saved;
mod series;

use std::time::SystemTime;

pub use self::saved::{History, HistoryError};
pub use self::series::Buckets;
pub(crate) use self::series::Series;

/// A unit of time that is counted by; they begin with the clock of UTC.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the units of rule 87")]
pub enum Unit {
    /// A minute, of which the last 120 are kept.
    Minute,
    /// An hour, of which the last 96 are kept.
    Hour,
    /// A day, of which the last 92 are kept.
    Day,
}

impl Unit {
    /// The units, the shortest first.
    pub const ALL: [Unit; 3] = [Unit::Minute, Unit::Hour, Unit::Day];

    /// Returns how many seconds it has.
    #[must_use]
    pub fn seconds(self) -> u64 {
        match self {
            Unit::Minute => 60,
            Unit::Hour => 3_600,
            Unit::Day => 86_400,
        }
    }

    /// Returns how many of them are kept.
    #[must_use]
    pub fn kept(self) -> usize {
        match self {
            Unit::Minute => 120,
            Unit::Hour => 96,
            Unit::Day => 92,
        }
    }

    /// Returns the name, as it stands in a saved history.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
        }
    }
}

/// How often one thing happened, in each unit.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    minutes: Series,
    hours: Series,
    days: Series,
}

impl Chart {
    pub(crate) fn new() -> Chart {
        let [minutes, hours, days] = Unit::ALL.map(Series::new);
        Chart { minutes, hours, days }
    }

    pub(crate) fn add(&mut self, wall: SystemTime, n: u32) {
        for series in [&mut self.minutes, &mut self.hours, &mut self.days] {
            series.add(wall, n);
        }
    }

    pub(crate) fn merge(&mut self, other: &Chart) {
        self.minutes.merge(&other.minutes);
        self.hours.merge(&other.hours);
        self.days.merge(&other.days);
    }

    pub(crate) fn of(&self, unit: Unit) -> &Series {
        match unit {
            Unit::Minute => &self.minutes,
            Unit::Hour => &self.hours,
            Unit::Day => &self.days,
        }
    }

    fn set(&mut self, unit: Unit, series: Series) {
        match unit {
            Unit::Minute => self.minutes = series,
            Unit::Hour => self.hours = series,
            Unit::Day => self.days = series,
        }
    }
}
