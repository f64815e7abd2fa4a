use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use readmit_error::{neutralise, rfc3339};
use serde::{Deserialize, Serialize};

use super::{Chart, Series, Unit};
use crate::codes::NAME_LIMIT;

/// What was counted by minute, hour and day, to be kept in a file.
///
/// The format is JSON with a version; members that a later version adds are passed over, so the
/// next version reads it, and this one what the next writes under the same number.
/// A file is read as a whole before anything is taken from it: one that is damaged is an error and
/// changes nothing.
///
/// # Example
///
/// ```
/// use readmit_monitor::{History, Monitor, Unit};
///
/// let before = Monitor::default();
/// before.record_code("AUTH_002");
/// let file = before.history().to_json();
///
/// let after = Monitor::default();
/// after.load(&History::read(file.as_bytes())?)?;
/// let days = after.buckets("AUTH_002", Unit::Day).ok_or("counted")?;
/// assert_eq!(days.counts.iter().sum::<u32>(), 1);
/// assert!(History::read(b"{}").is_err());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct History {
    pub(crate) saved_at: SystemTime,
    pub(crate) codes: BTreeMap<String, Chart>,
    pub(crate) outcomes: BTreeMap<String, Chart>,
}

/// Why a saved history was not taken; nothing of it was.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HistoryError {
    /// It was saved at a time that is yet to come.
    FromTheFuture {
        /// By how much.
        by: Duration,
    },
    /// It is no JSON of this form.
    Malformed {
        /// The line at which that is seen, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is larger than any history is.
    TooLarge {
        /// Its bytes.
        bytes: usize,
    },
    /// It has a version that is not known here.
    UnknownVersion,
}

impl History {
    pub(crate) fn new(saved_at: SystemTime) -> History {
        History { saved_at, codes: BTreeMap::new(), outcomes: BTreeMap::new() }
    }

    /// Reads what [`to_json`](History::to_json) wrote.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] where it is damaged, larger than 4 MiB or of more than 4,096 codes, or of an
    /// unknown version.
    pub fn read(json: &[u8]) -> Result<History, HistoryError> {
        if MAX_BYTES < json.len() {
            return Err(HistoryError::TooLarge { bytes: json.len() });
        }
        let malformed = |error: serde_json::Error| HistoryError::Malformed {
            line: error.line(),
            column: error.column(),
        };
        let version: Version = serde_json::from_slice(json).map_err(malformed)?;
        if version.schema != SCHEMA {
            return Err(HistoryError::UnknownVersion);
        }
        let file: File = serde_json::from_slice(json).map_err(malformed)?;
        // Each takes a thousand bytes, however few it has in the file.
        if MAX_CHARTS < file.codes.len().max(file.outcomes.len()) {
            return Err(HistoryError::TooLarge { bytes: json.len() });
        }
        let nowhere = HistoryError::Malformed { line: 1, column: 1 };
        let saved_at = rfc3339::parse(&file.saved_at).ok_or(nowhere.clone())?;
        let charts = |charts: BTreeMap<String, Saved>| -> Option<BTreeMap<String, Chart>> {
            let one = |(name, saved): (String, Saved)| {
                Some((neutralise(&name, NAME_LIMIT), saved.chart(saved_at)?))
            };
            charts.into_iter().map(one).collect()
        };
        let codes = charts(file.codes).ok_or(nowhere.clone())?;
        let outcomes = charts(file.outcomes).ok_or(nowhere)?;
        Ok(History { saved_at, codes, outcomes })
    }

    /// Writes it as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let charts = |charts: &BTreeMap<String, Chart>| {
            charts.iter().map(|(name, chart)| (name.clone(), Saved::of(chart))).collect()
        };
        let file = File {
            schema: SCHEMA.to_owned(),
            saved_at: rfc3339::format(self.saved_at),
            codes: charts(&self.codes),
            outcomes: charts(&self.outcomes),
        };
        // It fails for keys that are no strings, and there are none.
        serde_json::to_string(&file).unwrap_or_default()
    }

    /// Returns when the first unit began that anything was counted in.
    pub(crate) fn begins_at(&self) -> Option<SystemTime> {
        let charts = self.codes.values().chain(self.outcomes.values());
        let kept = charts.flat_map(|chart| Unit::ALL.map(|unit| chart.of(unit).kept()));
        kept.flatten().map(|buckets| buckets.from).min()
    }

    /// Returns when it was saved.
    #[must_use]
    pub fn saved_at(&self) -> SystemTime {
        self.saved_at
    }
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HistoryError::FromTheFuture { by } => {
                write!(f, "the history was saved {by:?} from now")
            }
            HistoryError::Malformed { line, column } => {
                write!(f, "no history, as line {line} column {column} shows")
            }
            HistoryError::TooLarge { bytes } => {
                write!(f, "{bytes} bytes are more than a history has")
            }
            HistoryError::UnknownVersion => {
                write!(f, "a history of a version other than {SCHEMA}")
            }
        }
    }
}

impl Error for HistoryError {}

/// Read first, so that another version is called that, whatever else has changed.
#[derive(Deserialize)]
struct Version {
    schema: String,
}

#[derive(Deserialize, Serialize)]
struct File {
    schema: String,
    saved_at: String,
    #[serde(default)]
    codes: BTreeMap<String, Saved>,
    #[serde(default)]
    outcomes: BTreeMap<String, Saved>,
}

/// The three series of a chart.
#[derive(Deserialize, Serialize)]
struct Saved {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minute: Option<Counts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hour: Option<Counts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<Counts>,
}

#[derive(Deserialize, Serialize)]
struct Counts {
    from: String,
    counts: Vec<u32>,
}

impl Saved {
    fn of(chart: &Chart) -> Saved {
        let counts = |unit| {
            let kept = chart.of(unit).kept()?;
            Some(Counts { from: rfc3339::format(kept.from), counts: kept.counts })
        };
        Saved { minute: counts(Unit::Minute), hour: counts(Unit::Hour), day: counts(Unit::Day) }
    }

    /// Returns the chart, or nothing where it says what cannot be.
    fn chart(self, saved_at: SystemTime) -> Option<Chart> {
        let mut chart = Chart::new();
        for (unit, counts) in Unit::ALL.into_iter().zip([self.minute, self.hour, self.day]) {
            if let Some(counts) = counts {
                chart.set(unit, counts.series(unit, saved_at)?);
            }
        }
        Some(chart)
    }
}

impl Counts {
    fn series(self, unit: Unit, saved_at: SystemTime) -> Option<Series> {
        let from = rfc3339::parse(&self.from)?;
        let length = u64::try_from(self.counts.len()).ok()?.checked_sub(1)?;
        // Counts of units that begin after the file was written were not counted.
        let last = from.checked_add(Duration::from_secs(length.checked_mul(unit.seconds())?))?;
        let is_possible = self.counts.len() <= unit.kept() && last <= saved_at;
        is_possible.then(|| Series::of(unit, from, &self.counts))
    }
}

const SCHEMA: &str = "readmit.history/1";
/// Some 70 codes with three series each are a tenth of it.
const MAX_BYTES: usize = 4 << 20;
/// A monitor has a thousand codes with a threshold at most, as many others, and those of readmit.
const MAX_CHARTS: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut history = History::new(at(100_000));
        let mut chart = Chart::new();
        chart.add(at(0), 3);
        chart.add(at(100_000), 4);
        history.codes.insert("AUTH_002".to_owned(), chart);

        let again = History::read(history.to_json().as_bytes()).unwrap();

        assert_eq!(again.to_json(), history.to_json());
        assert_eq!(again.saved_at(), at(100_000));
        let days = again.codes["AUTH_002"].of(Unit::Day).last(at(100_000), 2);
        assert_eq!(days.counts, [3, 4]);
    }

    #[test]
    fn the_first_version_stays_readable_and_members_to_come_are_passed_over() {
        let written = r#"{
            "schema": "readmit.history/1",
            "saved_at": "2026-11-21T05:04:29Z",
            "codes": {"AUTH_002": {
                "day": {"from": "2026-11-20T00:00:00Z", "counts": [7, 2], "total": 9},
                "week": {}
            }},
            "principals": []
        }"#;

        let history = History::read(written.as_bytes()).unwrap();

        let days = history.codes["AUTH_002"].of(Unit::Day).last(history.saved_at(), 3);
        assert_eq!(days.counts, [0, 7, 2]);
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let file = |schema: &str, from: &str, counts: &str| {
            format!(
                r#"{{"schema": "{schema}", "saved_at": "2026-11-21T00:00:00Z",
                "codes": {{"A": {{"minute": {{"from": "{from}", "counts": {counts}}}}}}}}}"#
            )
        };
        let good = "2026-11-20T00:00:00Z";
        assert!(History::read(file(SCHEMA, good, "[1]").as_bytes()).is_ok());

        assert_eq!(
            History::read(file("readmit.history/2", good, "[1]").as_bytes()).unwrap_err(),
            HistoryError::UnknownVersion
        );
        for bad in [
            String::new(),
            "[]".to_owned(),
            "{".repeat(10_000),
            file(SCHEMA, "yesterday", "[1]"),
            file(SCHEMA, "2026-11-22T00:00:00Z", "[1]"),
            file(SCHEMA, good, "[]"),
            file(SCHEMA, good, "[-1]"),
            file(SCHEMA, good, "[4294967296]"),
            file(SCHEMA, good, &format!("{:?}", [1; 121])),
        ] {
            let error = History::read(bad.as_bytes()).unwrap_err();
            assert!(matches!(error, HistoryError::Malformed { .. }), "{error}");
        }
        let large = vec![b' '; MAX_BYTES + 1];
        let error = History::read(&large).unwrap_err();
        assert_eq!(error, HistoryError::TooLarge { bytes: MAX_BYTES + 1 });
    }

    #[test]
    fn r87_a_file_of_many_small_codes_takes_no_memory() {
        let file = |many: usize| {
            let codes: Vec<String> = (0..many).map(|code| format!("\"{code}\":{{}}")).collect();
            let codes = codes.join(",");
            format!(
                r#"{{"schema":"{SCHEMA}","saved_at":"2026-11-21T00:00:00Z","codes":{{{codes}}}}}"#
            )
        };

        assert!(History::read(file(4_096).as_bytes()).is_ok());
        let error = History::read(file(4_097).as_bytes()).unwrap_err();
        assert!(matches!(error, HistoryError::TooLarge { .. }), "{error}");
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_057_600 + seconds)
    }
}
