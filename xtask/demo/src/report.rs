use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

/// What became of a scenario.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) scenario: &'static str,
    pub(crate) requests: usize,
    pub(crate) answered: u32,
    pub(crate) failed_as_they_must: u32,
    pub(crate) refreshes: usize,
    pub(crate) retries: u32,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
    /// What came out otherwise than it must.
    pub(crate) wrong: Vec<String>,
}

/// All rows, as a table or for a machine.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Row {
    pub(crate) fn is_good(&self) -> bool {
        self.wrong.is_empty() && 0 < self.requests
    }

    /// The row in a sentence, for the one who watches.
    pub(crate) fn line(&self) -> String {
        let Row { scenario, requests, answered, failed_as_they_must, .. } = self;
        let verdict = self.verdict();
        let mut line = format!(
            "{scenario}: {verdict}: {requests} requests, {answered} answered, \
             {failed_as_they_must} failed as they must"
        );
        for wrong in self.wrong.iter().take(MOST_SHOWN) {
            let _ = write!(line, "\n  {wrong}");
        }
        if MOST_SHOWN < self.wrong.len() {
            let _ = write!(line, "\n  and {} more", self.wrong.len() - MOST_SHOWN);
        }
        line
    }

    fn verdict(&self) -> &'static str {
        if self.is_good() { "ok" } else { "WRONG" }
    }

    fn cells(&self) -> [String; 9] {
        [
            self.scenario.to_owned(),
            self.requests.to_string(),
            self.answered.to_string(),
            self.failed_as_they_must.to_string(),
            self.refreshes.to_string(),
            self.retries.to_string(),
            millis(self.median),
            millis(self.p99),
            self.verdict().to_owned(),
        ]
    }
}

impl Report {
    pub(crate) fn of(rows: Vec<Row>) -> Report {
        Report { rows }
    }

    pub(crate) fn is_good(&self) -> bool {
        !self.rows.is_empty() && self.rows.iter().all(Row::is_good)
    }

    /// Returns the table, without the columns that can best be spared where it would be wider.
    pub(crate) fn table(&self, width: usize) -> String {
        let head = HEAD.map(str::to_owned);
        let rows: Vec<_> = std::iter::once(head).chain(self.rows.iter().map(Row::cells)).collect();
        let widths: [usize; 9] = std::array::from_fn(|column| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        });
        let columns = columns_within(width, &widths);
        let mut table = String::new();
        for row in &rows {
            for &column in &columns {
                let (cell, width) = (&row[column], widths[column]);
                // Names to the left, numbers to the right.
                let _ = match column {
                    0 => write!(table, "{cell:<width$}"),
                    8 => write!(table, "  {cell}"),
                    _ => write!(table, "  {cell:>width$}"),
                };
            }
            table.push('\n');
        }
        let good = self.rows.iter().filter(|row| row.is_good()).count();
        let _ = write!(table, "\n{good} of {} scenarios ended as they must", self.rows.len());
        table
    }

    pub(crate) fn json(&self) -> Value {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "scenario": row.scenario,
                    "requests": row.requests,
                    "answered": row.answered,
                    "failed_as_they_must": row.failed_as_they_must,
                    "refreshes": row.refreshes,
                    "retries": row.retries,
                    "median_s": row.median.as_secs_f64(),
                    "p99_s": row.p99.as_secs_f64(),
                    "verdict": row.verdict(),
                    "wrong": row.wrong,
                })
            })
            .collect();
        json!({ "ok": self.is_good(), "scenarios": rows })
    }
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

/// Returns the columns that fit side by side, or those that cannot be spared.
fn columns_within(width: usize, widths: &[usize; 9]) -> Vec<usize> {
    let mut columns: Vec<usize> = (0..widths.len()).collect();
    for spared in SPARED {
        let wide: usize = columns.iter().map(|&column| widths[column] + 2).sum();
        if wide <= width.saturating_add(2) {
            break;
        }
        columns.retain(|&column| column != spared);
    }
    columns
}

const HEAD: [&str; 9] = [
    "scenario",
    "requests",
    "answered",
    "duly failed",
    "refreshes",
    "retries",
    "median",
    "p99",
    "verdict",
];

/// The columns that a narrow table goes without, in this order: the median, the requests, which are
/// those answered and those failed, the 99th percentile, and the retries.
const SPARED: [usize; 4] = [6, 1, 7, 5];

/// Of what came out wrong.
const MOST_SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_row_makes_the_report_wrong() {
        assert!(!Report::default().is_good(), "nothing ran");
        let good = Report::of(vec![row(Vec::new())]);
        assert!(good.is_good());

        let wrong = vec!["a call failed".to_owned()];
        let report = Report::of(vec![row(Vec::new()), row(wrong)]);

        assert!(!report.is_good());
        assert!(report.table(usize::MAX).contains("WRONG"));
        assert!(report.table(usize::MAX).ends_with("1 of 2 scenarios ended as they must"));
        assert_eq!(report.json()["ok"], false);
    }

    #[test]
    fn a_narrow_table_goes_without_the_columns_that_can_be_spared() {
        let report = Report::of(vec![row(Vec::new())]);
        let whole = report.table(usize::MAX);
        let widest = whole.lines().map(str::len).max().unwrap();

        let exact = report.table(widest);
        let narrower = report.table(widest - 1);
        let narrowest = report.table(1);

        assert_eq!(exact, whole);
        assert!(!narrower.contains("median") && narrower.contains("requests"), "{narrower}");
        assert!(narrower.lines().all(|line| line.len() < widest), "{narrower}");
        assert!(narrowest.contains("verdict") && !narrowest.contains("p99"), "{narrowest}");
    }

    fn row(wrong: Vec<String>) -> Row {
        Row {
            scenario: "healthy",
            requests: 1,
            answered: 1,
            failed_as_they_must: 0,
            refreshes: 0,
            retries: 0,
            median: Duration::from_millis(1),
            p99: Duration::from_millis(1),
            wrong,
        }
    }
}
