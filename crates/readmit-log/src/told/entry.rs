use std::borrow::Cow;

use readmit_error::event::{Level, Severity};
use readmit_error::neutralise;
use serde_json::{Map, Value};

use super::{Form, Told};
use crate::scribe::{ATTRIBUTE_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT, name_of};
use crate::{Entry, Scribe};

impl Scribe {
    /// Makes an entry of what a line of a log tells: redacted and neutral whoever wrote the line.
    ///
    /// People keep the names that the line has, and so do addresses; severity and level that a
    /// rendering does not tell follow from the code.
    #[must_use]
    pub fn read_back(&self, told: &Told<'_>) -> Entry {
        let name = |text: &Option<Cow<'_, str>>| Some(self.text(text.as_deref()?, NAME_LIMIT));
        let long =
            |text: &Option<Cow<'_, str>>| Some(self.text(text.as_deref()?, DESCRIPTION_LIMIT));
        let (severity, level) = self.grade(told);
        Entry {
            at: told.at,
            level,
            severity,
            event: name(&told.event).unwrap_or_else(|| UNNAMED.to_owned()).into(),
            kind: told.failure().map(|failure| failure.kind()),
            error_code: name(&told.error_code),
            error_description: long(&told.error_description),
            http_status: told.http_status,
            endpoint: told.endpoint.as_deref().map(|endpoint| self.address(endpoint)),
            method: name(&told.method),
            server: name(&told.server),
            port: told.port,
            user_id: name(&told.user_id),
            organization_id: name(&told.organization_id),
            request_id: name(&told.request_id),
            ip_address: name(&told.ip_address),
            user_agent: name(&told.user_agent),
            trace_id: name(&told.trace_id),
            span_id: name(&told.span_id),
            owasp: long(&told.owasp),
            attributes: self.attributes_read(told),
            seq: told.seq,
        }
    }

    /// Returns how grave and how loud it is.
    fn grade(&self, told: &Told<'_>) -> (Severity, Level) {
        if let (Some(severity), Some(level)) = (told.severity, told.level) {
            return (severity, level);
        }
        if let Some(record) = told.record() {
            let severity = told.severity.unwrap_or_else(|| self.grades().of(&record));
            return (severity, told.level.unwrap_or(record.event.level()));
        }
        let by_code = told.error_code.as_deref().and_then(|code| self.grades().of_code(code));
        let severity = told.severity.or(by_code).unwrap_or(Severity::Warning);
        let level = match severity {
            Severity::Critical | Severity::Error => Level::Error,
            Severity::Info => Level::Info,
            Severity::Warning => Level::Warn,
        };
        (severity, told.level.unwrap_or(level))
    }

    fn attributes_read(&self, told: &Told<'_>) -> Map<String, Value> {
        let Some(object) = told.attributes.as_deref() else { return Map::new() };
        let Ok(Value::Object(members)) = serde_json::from_str(object) else { return Map::new() };
        let is_of_call = |name: &str| {
            OF_THE_CALL.contains(&name) || (told.form == Form::Record && BESIDE.contains(&name))
        };
        let own = members.into_iter().filter(|(name, _)| !is_of_call(name)).take(MOST_ATTRIBUTES);
        own.map(|(name, value)| {
            let value = match &value {
                // The names of readmit's own attributes tell no secrets: `refresh` is none there.
                Value::String(text) if name.starts_with("readmit.") => {
                    Value::String(self.text(text, ATTRIBUTE_LIMIT))
                }
                Value::String(text) => {
                    let text = self.redactor().field(&name, text);
                    Value::String(neutralise(&text, ATTRIBUTE_LIMIT))
                }
                Value::Array(items) if items.iter().all(Value::is_string) => self.value(value),
                // What this crate does not write is shown as a text.
                Value::Array(_) | Value::Object(_) => {
                    Value::String(self.text(&value.to_string(), ATTRIBUTE_LIMIT))
                }
                Value::Bool(_) | Value::Null | Value::Number(_) => value,
            };
            (name_of(&name), value)
        })
        .collect()
    }
}

/// Attributes that an entry has fields for.
const OF_THE_CALL: [&str; 3] = ["http.request.method", "server.address", "server.port"];

/// What stands beside the attributes where all is one object.
const BESIDE: [&str; 11] = [
    "client.address",
    "event",
    "failure",
    "readmit.organization.id",
    "readmit.request.id",
    "span_id",
    "timestamp",
    "trace_id",
    "url.template",
    "user.id",
    "user_agent.original",
];

/// What an entry is called whose rendering does not name the event.
const UNNAMED: &str = "readmit.failure";
const MOST_ATTRIBUTES: usize = 64;
