use std::time::Duration;

use readmit_classify::rate_limit::{Basis, Limits, Reset, limits, policies, read};

use crate::fields::{headers, split, time};

/// A time and fields, one to a line: all questions have one answer, and each value is read as the
/// two fields of the draft as well (rule 53).
pub fn rate_limit(data: &[u8]) {
    let (now, fields) = split(data, b"\n");
    let (now, headers) = (time(now), headers(fields));
    let told = read(&headers, now);
    let again = read(&headers, now);
    assert_eq!(format!("{told:?}"), format!("{again:?}"), "one answer");
    assert_eq!(told.is_exhausted(), again.is_exhausted());
    for unit in [None].into_iter().chain(UNITS.map(Some)) {
        check(&told, unit);
        assert_eq!(told.wait(unit), again.wait(unit));
    }
    for value in headers.values() {
        assert_eq!(limits([value]), limits([value]));
        for policy in policies([value]).unwrap_or_default() {
            assert_ne!(policy.window, Some(Duration::ZERO));
        }
    }
}

fn check(told: &Limits<'_>, unit: Option<Reset>) {
    assert_eq!(told.wait(unit), told.retry().or_else(|| told.reset(unit)));
    assert!(told.windows().count() <= 10);
    for window in told.windows() {
        let (before, behind) = window.name();
        assert!(!before.contains(char::is_whitespace) && !behind.contains(char::is_whitespace));
        let wait = told.reset_of(window, unit);
        // Where the caller says what is counted, nothing is guessed.
        assert!(unit.is_none() || wait.is_none_or(|wait| !wait.is_guessed()));
        assert!(unit.is_some() || wait.is_none_or(|wait| wait.basis() != Basis::Caller));
    }
}

const UNITS: [Reset; 4] = [Reset::Delta, Reset::DeltaMillis, Reset::Epoch, Reset::EpochMillis];
