use std::collections::BTreeMap;

use readmit_error::Kind;
use readmit_error::event::{Record, Severity};

/// How grave an entry is, by the code of its failure, then by its kind, then by its event.
///
/// By default `AUTH_CRITICAL` and `SYSTEM_FAILURE` are critical; `AUTH_002`, `AUTH_004`,
/// `SECURITY_VIOLATION`, and what is of the kind of the first two, are errors (rule 81).
///
/// # Example
///
/// ```
/// use readmit_error::event::Severity;
/// use readmit_log::Severities;
///
/// let severities = Severities::default().code("PAYMENT_LOST", Severity::Critical);
/// assert_eq!(severities.of_code("PAYMENT_LOST"), Some(Severity::Critical));
/// assert_eq!(severities.of_code("AUTH_002"), Some(Severity::Error));
/// ```
#[derive(Clone, Debug)]
pub struct Severities {
    codes: BTreeMap<String, Severity>,
    kinds: Vec<(Kind, Severity)>,
}

impl Default for Severities {
    fn default() -> Severities {
        let codes = CODES.iter().map(|(code, severity)| ((*code).to_owned(), *severity)).collect();
        Severities { codes, kinds: KINDS.to_vec() }
    }
}

impl Severities {
    /// Grades a code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>, severity: Severity) -> Severities {
        self.codes.insert(code.into(), severity);
        self
    }

    /// Grades the failures of a kind whose code is not graded.
    #[must_use]
    pub fn kind(mut self, kind: Kind, severity: Severity) -> Severities {
        self.kinds.retain(|(graded, _)| *graded != kind);
        self.kinds.push((kind, severity));
        self
    }

    /// Returns the grade of a code, if it has one.
    #[must_use]
    pub fn of_code(&self, code: &str) -> Option<Severity> {
        self.codes.get(code).copied()
    }

    /// Returns the grade of what happened.
    #[must_use]
    pub fn of(&self, record: &Record) -> Severity {
        let failure = record.failure.as_ref();
        let by_code = failure.and_then(|failure| self.of_code(failure.code()?));
        let by_kind = || {
            let kind = failure?.kind();
            self.kinds.iter().find(|(graded, _)| *graded == kind).map(|(_, severity)| *severity)
        };
        by_code.or_else(by_kind).unwrap_or_else(|| record.event.severity())
    }
}

const CODES: &[(&str, Severity)] = &[
    ("AUTH_002", Severity::Error),
    ("AUTH_004", Severity::Error),
    ("AUTH_CRITICAL", Severity::Critical),
    ("SECURITY_VIOLATION", Severity::Error),
    ("SYSTEM_FAILURE", Severity::Critical),
];

const KINDS: &[(Kind, Severity)] = &[
    (Kind::InsufficientPermissions, Severity::Error),
    (Kind::InvalidCredentials, Severity::Error),
];

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use readmit_error::event::Event;
    use readmit_error::{Failure, Origin};

    use super::*;

    #[test]
    fn r81_the_code_grades_before_the_kind_and_the_kind_before_the_event() {
        let severities = Severities::default().kind(Kind::TokenExpired, Severity::Critical);

        for (kind, code, severity) in [
            (Kind::InvalidCredentials, "AUTH_CRITICAL", Severity::Critical),
            (Kind::RateLimited, "AUTH_002", Severity::Error),
            (Kind::InvalidCredentials, "E42", Severity::Error),
            (Kind::TokenExpired, "AUTH_003", Severity::Critical),
            (Kind::RateLimited, "RATE_001", Severity::Warning),
        ] {
            assert_eq!(severities.of(&record(kind, code)), severity, "{code}");
        }
    }

    fn record(kind: Kind, code: &str) -> Record {
        let event = Event::TokenExpired { refresh_follows: false, scheme: None, age: None };
        let failure = Failure::builder(kind, Origin::Answer { status: 401 }).code(code).build();
        Record::new(SystemTime::UNIX_EPOCH, event).failure(failure)
    }
}
