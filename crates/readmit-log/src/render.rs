use crate::Entry;

mod ecs;
mod json;
mod line;
mod ocsf;

pub(crate) use self::json::level;

/// How an entry is written down, always as one line.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Rendering {
    /// JSON with the documented eleven fields and no others, where `error_type` is always
    /// `authentication_error` (rule 81).
    Documented,
    /// The Elastic Common Schema.
    Ecs,
    /// JSON with those fields, `error_type` being the kind of the failure, and with level, severity,
    /// event, trace and attributes.
    #[default]
    Json,
    /// A line for people.
    Line,
    /// The Open Cybersecurity Schema Framework, version 1.4.
    Ocsf,
}

impl Rendering {
    pub(crate) fn write(self, entry: &Entry) -> String {
        match self {
            Rendering::Documented => json::documented(entry),
            Rendering::Ecs => ecs::write(entry),
            Rendering::Json => json::write(entry),
            Rendering::Line => line::write(entry),
            Rendering::Ocsf => ocsf::write(entry),
        }
    }
}

/// What an event is about, for the schemas that sort events.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Subject {
    /// An alarm.
    Alert,
    /// Whether the caller may.
    Access,
    /// Who the caller is.
    Identity,
    /// How the service is doing, or the program itself.
    Service,
}

impl Subject {
    fn of(entry: &Entry) -> Subject {
        let is = |prefix| entry.event.starts_with(prefix);
        let is_authentication =
            || entry.attributes.get("readmit.recovery.authentication").is_some_and(|it| it == true);
        if is("readmit.alert.") {
            Subject::Alert
        } else if is("readmit.authz.") || is("readmit.rate_limit.") {
            Subject::Access
        } else if is("readmit.auth.") || (is("readmit.recovery.") && is_authentication()) {
            Subject::Identity
        } else {
            Subject::Service
        }
    }
}

/// How what the event tells of ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Outcome {
    Failure,
    Success,
    Unknown,
}

impl Outcome {
    fn of(entry: &Entry) -> Outcome {
        match entry.event() {
            "readmit.alert.resolved"
            | "readmit.auth.refresh.succeeded"
            | "readmit.circuit.closed"
            | "readmit.monitor.enabled"
            | "readmit.recovery.succeeded" => Outcome::Success,
            "readmit.circuit.half_opened" | "readmit.retry.scheduled" => Outcome::Unknown,
            _ => Outcome::Failure,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Outcome::Failure => "failure",
            Outcome::Success => "success",
            Outcome::Unknown => "unknown",
        }
    }
}
