use std::time::Duration;

use serde::Serialize;

/// The steps of debugging, in their order.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Section {
    Response,
    Credentials,
    Permissions,
    Logs,
    Endpoints,
    Support,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Ok,
    Warn,
    Fail,
    /// It could not be verified; that is no failure.
    Unknown,
    /// It was not looked at.
    Skipped,
}

/// A check that there is.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: &'static str,
    pub(super) section: Section,
    pub(super) depends_on: &'static [&'static str],
    pub(super) needs_network: bool,
}

/// What a check found.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) status: Status,
    pub(super) summary: String,
    /// What it is known from; without secrets, fit to be shown.
    pub(super) evidence: Vec<String>,
    pub(super) fix: Option<String>,
}

/// A check that was made.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    pub(super) id: &'static str,
    pub(super) section: Section,
    pub(super) status: Status,
    pub(super) summary: String,
    pub(super) evidence: Vec<String>,
    pub(super) fix: Option<String>,
    pub(super) duration_ms: u64,
    pub(super) depends_on: &'static [&'static str],
}

impl Section {
    pub(super) const ALL: [Section; 6] = [
        Section::Response,
        Section::Credentials,
        Section::Permissions,
        Section::Logs,
        Section::Endpoints,
        Section::Support,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Section::Response => "response",
            Section::Credentials => "credentials",
            Section::Permissions => "permissions",
            Section::Logs => "logs",
            Section::Endpoints => "endpoints",
            Section::Support => "support",
        }
    }
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Warn => "warn",
            Status::Fail => "FAIL",
            Status::Unknown => "unknown",
            Status::Skipped => "skipped",
        }
    }
}

impl Finding {
    pub(super) fn ok(summary: impl Into<String>) -> Finding {
        Finding::new(Status::Ok, summary)
    }

    pub(super) fn warn(summary: impl Into<String>) -> Finding {
        Finding::new(Status::Warn, summary)
    }

    pub(super) fn fail(summary: impl Into<String>) -> Finding {
        Finding::new(Status::Fail, summary)
    }

    pub(super) fn unknown(summary: impl Into<String>) -> Finding {
        Finding::new(Status::Unknown, summary)
    }

    pub(super) fn skipped(summary: impl Into<String>) -> Finding {
        Finding::new(Status::Skipped, summary)
    }

    fn new(status: Status, summary: impl Into<String>) -> Finding {
        Finding { status, summary: summary.into(), evidence: Vec::new(), fix: None }
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Finding {
        self.fix = Some(fix.into());
        self
    }

    pub(super) fn seen(mut self, evidence: impl Into<String>) -> Finding {
        self.evidence.push(evidence.into());
        self
    }

    pub(super) fn of(self, known: &'static Known, took: Duration) -> Check {
        Check {
            id: known.id,
            section: known.section,
            status: self.status,
            summary: self.summary,
            evidence: self.evidence,
            fix: self.fix,
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            depends_on: known.depends_on,
        }
    }
}

/// Every check, in the order in which they are made.
pub(super) const CHECKS: &[Known] = &[
    here("config.url", Section::Endpoints, &[]),
    here("credential.source", Section::Credentials, &[]),
    here("credential.shadowing", Section::Credentials, &["credential.source"]),
    here("credential.form", Section::Credentials, &["credential.source"]),
    here("credential.expiry", Section::Credentials, &["credential.form"]),
    here("endpoint.proxy", Section::Endpoints, &["config.url"]),
    there("endpoint.dns", Section::Endpoints, &["config.url"]),
    there("endpoint.tcp", Section::Endpoints, &["endpoint.dns"]),
    there("endpoint.tls", Section::Endpoints, &["endpoint.tcp"]),
    there("endpoint.http", Section::Endpoints, &["endpoint.tls"]),
    there("credential.clock", Section::Credentials, &["endpoint.http"]),
    there("response.answer", Section::Response, &["endpoint.http", "credential.form"]),
    there("credential.accepted", Section::Credentials, &["response.answer"]),
    there("permission.access", Section::Permissions, &["credential.accepted"]),
    there("permission.scopes", Section::Permissions, &["credential.source"]),
    there("limit.headroom", Section::Endpoints, &["response.answer"]),
    here("breaker.state", Section::Endpoints, &[]),
    here("log.history", Section::Logs, &[]),
    there("support.request_id", Section::Support, &["response.answer"]),
];

const fn here(id: &'static str, section: Section, depends_on: &'static [&'static str]) -> Known {
    Known { id, section, depends_on, needs_network: false }
}

const fn there(id: &'static str, section: Section, depends_on: &'static [&'static str]) -> Known {
    Known { id, section, depends_on, needs_network: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_depends_on_earlier_ones() {
        for (index, check) in CHECKS.iter().enumerate() {
            for on in check.depends_on {
                assert!(CHECKS[..index].iter().any(|earlier| earlier.id == *on), "{}", check.id);
            }
        }
    }

    #[test]
    fn each_section_has_a_check() {
        for section in Section::ALL {
            assert!(CHECKS.iter().any(|check| check.section == section), "{section:?}");
        }
    }
}
