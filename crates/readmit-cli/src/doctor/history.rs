//! The recent failures in a log.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use readmit_error::neutralise;
use serde_json::Value;

use super::check::Finding;
use super::secret::{Secret, clean};
use crate::number::counted;

/// Counts the failures at the end of a log.
pub(super) fn finding(log: Option<&Path>, secret: Option<&Secret>) -> Finding {
    let Some(path) = log else { return Finding::skipped("no log was given: --log FILE") };
    let name = neutralise(&path.display().to_string(), 200);
    match tail(path) {
        Ok(text) => count(&name, &text, secret),
        Err(error) => Finding::unknown(format!("{name} cannot be read: {error}")),
    }
}

fn count(name: &str, text: &str, secret: Option<&Secret>) -> Finding {
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    let mut entries = 0_u64;
    let mut last = None;
    for line in text.lines() {
        let Some(start) = line.find('{') else { continue };
        let Ok(Value::Object(entry)) = serde_json::from_str(&line[start..]) else { continue };
        entries += 1;
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let Some(kind) = text("error_type") else { continue };
        let is_known = kinds.len() < MOST || kinds.contains_key(kind);
        let kind = if is_known { kind } else { "_OTHER" };
        *kinds.entry(kind.to_owned()).or_default() += 1;
        last = text("timestamp").map(str::to_owned).or(last);
    }
    let failures: u64 = kinds.values().sum();
    let last_entries = counted(entries, "entry", "entries");
    match (entries, failures) {
        (0, _) => Finding::unknown(format!("{name} has no entries in JSON that can be read")),
        (_, 0) => Finding::ok(format!("no failures in the last {last_entries} of {name}")),
        _ => {
            let mut kinds: Vec<_> = kinds.into_iter().collect();
            kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let failures = counted(failures, "failure", "failures");
            let told = format!("{failures} in the last {last_entries} of {name}");
            let finding =
                kinds.iter().take(SHOWN).fold(Finding::warn(told), |finding, (kind, count)| {
                    finding.seen(format!("{count} x {}", clean(secret, kind)))
                });
            match last {
                Some(at) => finding.seen(format!("the last at {}", clean(secret, &at))),
                None => finding,
            }
        }
    }
}

/// Reads the end of a file.
fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LIMIT)))?;
    let mut text = Vec::new();
    file.take(LIMIT).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Bytes at the end of a log that are read.
const LIMIT: u64 = 4 * 1024 * 1024;
/// Kinds that are told apart.
const MOST: usize = 100;
const SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;

    #[test]
    fn failures_are_counted_by_kind() {
        let log = "no entry\n{\"event\": \"started\"}\n\
            {\"error_type\": \"rate_limited\", \"timestamp\": \"2026-01-01T00:00:00Z\"}\n\
            WARN {\"error_type\": \"rate_limited\"}\n{\"error_type\": \"\\u001b[31m\"}\n{\"cut";

        let finding = count("a.log", log, None);

        assert_eq!(finding.status, Status::Warn);
        assert_eq!(finding.summary, "3 failures in the last 4 entries of a.log");
        assert_eq!(
            finding.evidence,
            ["2 x rate_limited", "1 x \\u{1b}[31m", "the last at 2026-01-01T00:00:00Z"]
        );
    }

    #[test]
    fn a_log_that_cannot_be_read_is_unknown() {
        assert_eq!(finding(None, None).status, Status::Skipped);
        assert_eq!(finding(Some(Path::new("no-such-file")), None).status, Status::Unknown);
        assert_eq!(count("a.log", "plain words", None).status, Status::Unknown);
        assert_eq!(count("a.log", "{}", None).status, Status::Ok);
    }
}
