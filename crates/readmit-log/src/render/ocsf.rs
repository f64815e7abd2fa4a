use std::time::UNIX_EPOCH;

use readmit_error::event::Severity;
use serde_json::json;

use crate::Entry;
use crate::render::{Outcome, Subject};

/// The Open Cybersecurity Schema Framework, version 1.4.
///
/// Who one is is Authentication (3002), what one may do API Activity (6003; 3003 is about the
/// assignment of privileges), an alert a Detection Finding (2004), and the rest an Application
/// Error (6008).
pub(super) fn write(entry: &Entry) -> String {
    let (category, class, activity) = match Subject::of(entry) {
        Subject::Alert => (2, 2004, if Outcome::of(entry) == Outcome::Success { 3 } else { 1 }),
        Subject::Access => (6, 6003, 99),
        Subject::Identity => (3, 3002, if renews(entry) { 5 } else { 1 }),
        Subject::Service => (6, 6008, 1),
    };
    let time = entry.at.duration_since(UNIX_EPOCH).unwrap_or_default();
    json!({
        "category_uid": category,
        "class_uid": class,
        "activity_id": activity,
        "type_uid": class * 100 + activity,
        "severity_id": severity(entry.severity),
        "status_id": status(Outcome::of(entry)),
        "status_code": entry.error_code,
        "status_detail": entry.error_description,
        "disposition_id": disposition(entry),
        "time": u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        "message": super::line::write(entry),
        "metadata": {
            "version": "1.4.0",
            "product": {"name": "readmit", "vendor_name": "readmit"},
            "correlation_uid": entry.trace_id,
            "uid": entry.request_id,
            "event_code": entry.event,
            "sequence": entry.seq,
        },
        "user": {"uid": entry.user_id},
        "actor": {"user": {"uid": entry.user_id, "org": {"uid": entry.organization_id}}},
        "api": {"operation": entry.endpoint, "response": {"code": entry.http_status}},
        "dst_endpoint": {"hostname": entry.server, "port": entry.port},
        "src_endpoint": {"ip": entry.ip_address},
        "http_request": {"http_method": entry.method, "user_agent": entry.user_agent},
        "unmapped": entry.attributes,
    })
    .to_string()
}

fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 1,
        Severity::Warning => 3,
        Severity::Error => 4,
        Severity::Critical => 5,
    }
}

fn status(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Unknown => 0,
        Outcome::Success => 1,
        Outcome::Failure => 2,
    }
}

/// What became of the request: Unauthorized, Delayed or Rejected.
fn disposition(entry: &Entry) -> Option<u8> {
    match entry.event() {
        "readmit.authz.denied" => Some(26),
        "readmit.rate_limit.hit" => {
            let is_delayed = entry.attributes.contains_key("readmit.retry.after_s");
            Some(if is_delayed { 14 } else { 25 })
        }
        _ => None,
    }
}

/// Whether it is about a new ticket for somebody who is known: Service Ticket Renew.
fn renews(entry: &Entry) -> bool {
    entry.event.starts_with("readmit.auth.refresh.") || entry.event == "readmit.auth.token.expired"
}
