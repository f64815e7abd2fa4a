use readmit_error::event::Level;
use readmit_error::rfc3339;
use serde_json::{Map, Value, json};

use crate::Entry;

/// The documented fields alone.
pub(super) fn documented(entry: &Entry) -> String {
    let mut fields = Fields(String::new());
    fields.documented(entry, &json!("authentication_error"));
    fields.end()
}

/// The documented fields, and what goes with them.
pub(super) fn write(entry: &Entry) -> String {
    let mut fields = Fields(String::new());
    fields.add("timestamp", &json!(rfc3339::format(entry.at)));
    fields.add("level", &json!(level(entry.level)));
    fields.add("severity", &json!(entry.severity.as_str()));
    fields.add("event", &json!(entry.event));
    fields.documented(entry, &json!(entry.kind.map(|kind| kind.as_str())));
    fields.add("trace_id", &json!(entry.trace_id));
    fields.add("span_id", &json!(entry.span_id));
    fields.add("owasp_event", &json!(entry.owasp));
    fields.add("attributes", &Value::Object(attributes(entry)));
    if let Some(seq) = entry.seq {
        fields.add("seq", &json!(seq));
    }
    fields.add("schema", &json!(SCHEMA));
    fields.end()
}

/// The attributes of the event, with those of the call.
pub(super) fn attributes(entry: &Entry) -> Map<String, Value> {
    let mut attributes = entry.attributes.clone();
    let call = [
        ("http.request.method", entry.method.as_deref().map(Value::from)),
        ("server.address", entry.server.as_deref().map(Value::from)),
        ("server.port", entry.port.map(Value::from)),
    ];
    for (name, value) in call {
        if let Some(value) = value {
            attributes.insert(name.to_owned(), value);
        }
    }
    attributes
}

pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Debug => "DEBUG",
        Level::Info => "INFO",
        Level::Warn => "WARN",
        Level::Error => "ERROR",
    }
}

/// An object whose members keep the order in which they are added.
#[derive(Debug)]
struct Fields(String);

impl Fields {
    fn documented(&mut self, entry: &Entry, error_type: &Value) {
        if self.0.is_empty() {
            self.add("timestamp", &json!(rfc3339::format(entry.at)));
        }
        self.add("error_type", error_type);
        self.add("error_code", &json!(entry.error_code));
        self.add("error_description", &json!(entry.error_description));
        self.add("http_status", &json!(entry.http_status));
        self.add("endpoint", &json!(entry.endpoint));
        self.add("user_id", &json!(entry.user_id));
        self.add("organization_id", &json!(entry.organization_id));
        self.add("request_id", &json!(entry.request_id));
        self.add("ip_address", &json!(entry.ip_address));
        self.add("user_agent", &json!(entry.user_agent));
    }

    fn add(&mut self, name: &'static str, value: &Value) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0 += &format!("\"{name}\":{value}");
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

const SCHEMA: &str = "readmit.log/1";
