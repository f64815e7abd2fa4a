use readmit_error::rfc3339;
use serde_json::{Value, json};

use crate::Entry;
use crate::render::{Outcome, Subject, json as own};

/// The Elastic Common Schema, version 8.17.
///
/// Its category `authentication` allows no type for a refusal, so that is in the outcome alone.
pub(super) fn write(entry: &Entry) -> String {
    let subject = Subject::of(entry);
    let outcome = Outcome::of(entry);
    let (kind, category, types) = match (subject, outcome) {
        (Subject::Alert, _) => ("alert", "intrusion_detection", "info"),
        (Subject::Access, Outcome::Failure) => ("event", "api", "denied"),
        (Subject::Access, _) => ("event", "api", "info"),
        (Subject::Identity, _) => ("event", "authentication", "info"),
        (Subject::Service, _) => ("event", "network", "info"),
    };
    let is_name = entry.user_id.as_deref().is_some_and(|user| !user.starts_with("h:"));
    let user = |named: bool| entry.user_id.as_ref().filter(|_| is_name == named);
    let mut document = json!({
        "@timestamp": rfc3339::format(entry.at),
        "ecs": {"version": "8.17.0"},
        "log": {"level": own::level(entry.level).to_ascii_lowercase(), "logger": "readmit"},
        "message": super::line::write(entry),
        "event": {
            "kind": kind, "category": [category], "type": [types], "outcome": outcome.as_str(),
            "action": entry.event, "code": entry.error_code, "reason": entry.error_description,
            "dataset": "readmit.security", "sequence": entry.seq,
        },
        "error": {
            "type": entry.kind.map(|kind| kind.as_str()), "code": entry.error_code,
            "message": entry.error_description,
        },
        "http": {
            "request": {"method": entry.method, "id": entry.request_id},
            "response": {"status_code": entry.http_status},
        },
        "server": {"address": entry.server, "port": entry.port},
        "user": {"id": user(true), "hash": user(false)},
        "organization": {"id": entry.organization_id},
        "client": {"ip": entry.ip_address},
        "user_agent": {"original": entry.user_agent},
        "trace": {"id": entry.trace_id},
        "span": {"id": entry.span_id},
        "readmit": {
            "severity": entry.severity.as_str(), "endpoint": entry.endpoint,
            "owasp": entry.owasp, "attributes": entry.attributes,
        },
    });
    prune(&mut document);
    document.to_string()
}

/// Removes what is not told.
fn prune(value: &mut Value) {
    if let Value::Object(members) = value {
        members.values_mut().for_each(prune);
        members.retain(|_, value| {
            !value.is_null() && value.as_object().is_none_or(|it| !it.is_empty())
        });
    }
}
