use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::Row;

/// Returns the rows of one case as text.
pub(crate) fn table(rows: &[Row]) -> String {
    let name = rows.first().map_or("", |row| &row.case);
    let mut table = format!("\n{name:<58} {:>10} {:>7} {:>8}\n", "ns", "allocs", "ratio");
    for row in rows {
        let ratio = ratio(row, rows).map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let Row { subject, nanos, allocations, .. } = row;
        table += &format!("  {subject:<56} {nanos:>10.2} {allocations:>7.2} {ratio:>8}\n");
    }
    table
}

/// Writes `bench/peers.json` into the target directory, and `peers.md` beside it as the table for
/// `docs/compare.md`; returns where the first of them is.
pub(crate) fn write(rows: &[Row]) -> io::Result<PathBuf> {
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let folder = target.join("bench");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("peers.md"), page(rows))?;
    let file = folder.join("peers.json");
    let entries: Vec<Value> = rows.iter().map(|row| entry(row, rows)).collect();
    fs::write(&file, format!("{:#}\n", Value::from(entries)))?;
    Ok(file)
}

fn page(rows: &[Row]) -> String {
    let head = "| case | subject | ns | allocs | ratio |\n|---|---|--:|--:|--:|\n";
    let mut above = "";
    rows.iter().fold(head.to_owned(), |page, row| {
        let case = if above == row.case { "" } else { &row.case };
        above = &row.case;
        let ratio = ratio(row, rows).map_or_else(String::new, digits);
        let (nanos, allocations) = (digits(row.nanos), row.allocations);
        page + &format!("| {case} | {} | {nanos} | {allocations} | {ratio} |\n", row.subject)
    })
}

/// As many decimals as leave three digits.
fn digits(number: f64) -> String {
    let decimals = match number {
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}

fn entry(row: &Row, rows: &[Row]) -> Value {
    json!({
        "case": row.case,
        "subject": row.subject,
        "ns": row.nanos,
        "allocs": row.allocations,
        "ratio_to_readmit": ratio(row, rows),
    })
}

/// Returns how many times the time of readmit a subject takes.
fn ratio(row: &Row, rows: &[Row]) -> Option<f64> {
    let ours = rows.iter().find(|other| other.case == row.case && other.subject == "readmit")?;
    Some(row.nanos / ours.nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_compared_with_readmit_in_its_case() {
        let rows = [
            row("one", "readmit", 2.0),
            row("one", "peer", 5.0),
            row("two", "readmit", 1.0),
            row("three", "peer", 1.0),
        ];

        let entries: Vec<Value> = rows.iter().map(|row| entry(row, &rows)).collect();

        let expected = json!({
            "case": "one", "subject": "peer", "ns": 5.0, "allocs": 0.0, "ratio_to_readmit": 2.5,
        });
        assert_eq!(entries[1], expected);
        assert_eq!(entries[3]["ratio_to_readmit"], Value::Null);
    }

    #[test]
    fn the_page_names_a_case_once_and_rounds() {
        let rows =
            [row("one", "readmit", 2.0), row("one", "peer", 123.4), row("two", "peer", 12.34)];

        let page = page(&rows);

        let lines: Vec<&str> = page.lines().skip(2).collect();
        assert_eq!(lines[0], "| one | readmit | 2.00 | 0 | 1.00 |");
        assert_eq!(lines[1], "|  | peer | 123 | 0 | 61.7 |");
        assert_eq!(lines[2], "| two | peer | 12.3 | 0 |  |");
    }

    fn row(case: &str, subject: &'static str, nanos: f64) -> Row {
        Row { case: case.to_owned(), subject, nanos, allocations: 0.0 }
    }
}
