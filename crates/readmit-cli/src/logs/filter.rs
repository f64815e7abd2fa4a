use std::time::{Duration, SystemTime};

use readmit_error::rfc3339;
use readmit_log::Told;

/// Which entries are looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) since: Option<SystemTime>,
    pub(crate) until: Option<SystemTime>,
    /// Codes or kinds; all where there is none.
    pub(crate) codes: Vec<String>,
    /// Hosts, with or without a port; all where there is none.
    pub(crate) origins: Vec<String>,
}

impl Filter {
    /// Returns whether an entry is looked at; `code` is the one that it is counted under.
    pub(crate) fn takes(&self, told: &Told<'_>, code: Option<&str>) -> bool {
        let is_late = self.since.is_none_or(|since| since <= told.at);
        let is_early = self.until.is_none_or(|until| told.at < until);
        is_late && is_early && self.takes_code(told, code) && self.takes_origin(told)
    }

    fn takes_code(&self, told: &Told<'_>, code: Option<&str>) -> bool {
        let kind = told.kind.map(|kind| kind.as_str());
        let names = [told.error_code.as_deref(), code, kind];
        let is = |wanted: &String| names.contains(&Some(wanted.as_str()));
        self.codes.is_empty() || self.codes.iter().any(is)
    }

    fn takes_origin(&self, told: &Told<'_>) -> bool {
        if self.origins.is_empty() {
            return true;
        }
        let Some(server) = told.server.as_deref() else { return false };
        self.origins.iter().any(|wanted| match (wanted.strip_prefix(server), told.port) {
            (Some(""), _) => true,
            (Some(rest), Some(port)) => {
                rest.strip_prefix(':').and_then(|rest| rest.parse().ok()) == Some(port)
            }
            (Some(_), None) | (None, _) => false,
        })
    }
}

/// Reads a point in time: an instant, a day, or how long ago it was (`90s`, `30m`, `2h`, `7d`).
pub(crate) fn moment(text: &str, now: SystemTime) -> Option<SystemTime> {
    let instant = rfc3339::parse(text).or_else(|| rfc3339::parse(&format!("{text}T00:00:00Z")));
    instant.or_else(|| now.checked_sub(ago(text)?))
}

fn ago(text: &str) -> Option<Duration> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(number.len()..)? {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_an_instant_a_day_or_how_long_ago_it_was() {
        let now = rfc3339::parse("2026-01-15T12:00:00Z").unwrap();

        for (text, expected) in [
            ("2026-01-15T10:30:00+01:00", Some("2026-01-15T09:30:00Z")),
            ("2026-01-14", Some("2026-01-14T00:00:00Z")),
            ("30m", Some("2026-01-15T11:30:00Z")),
            ("2h", Some("2026-01-15T10:00:00Z")),
            ("7d", Some("2026-01-08T12:00:00Z")),
            ("0s", Some("2026-01-15T12:00:00Z")),
            ("yesterday", None),
            ("2", None),
            ("-2h", None),
            ("18446744073709551615w", None),
            ("", None),
        ] {
            assert_eq!(moment(text, now), expected.and_then(rfc3339::parse), "{text}");
        }
    }

    #[test]
    fn entries_are_chosen_by_time_code_and_origin() {
        let line = br#"{"timestamp":"2026-01-15T12:00:00Z","event":"e","error_code":"E1",
            "error_type":"token_expired","attributes":{"server.address":"api.test","server.port":8443}}"#;
        let told = Told::read(line).unwrap();
        let filter = |codes: &[&str], origins: &[&str]| Filter {
            codes: codes.iter().map(|&code| code.to_owned()).collect(),
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            ..Filter::default()
        };

        for (codes, origins, takes) in [
            (&[][..], &[][..], true),
            (&["E1"], &[], true),
            (&["AUTH_003"], &[], true),
            (&["token_expired"], &["api.test"], true),
            (&["E2"], &[], false),
            (&[], &["api.test:8443"], true),
            (&[], &["api.test:443"], false),
            (&[], &["api.test.evil"], false),
            (&[], &["other", "api.test"], true),
        ] {
            let taken = filter(codes, origins).takes(&told, Some("AUTH_003"));

            assert_eq!(taken, takes, "{codes:?} {origins:?}");
        }
        let at = Some(told.at);
        assert!(Filter { since: at, ..Filter::default() }.takes(&told, None));
        assert!(!Filter { until: at, ..Filter::default() }.takes(&told, None));
    }
}
