//! The schemas of others, which nest: they are read whole, at a third of the speed.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use readmit_error::event::Severity;
use readmit_error::rfc3339;
use serde_json::Value;

use super::flat::{kind, level, severity};
use super::{Form, NotTold, Told};

/// Whether a line begins as this crate writes the Elastic Common Schema.
pub(super) fn begins_ecs(line: &[u8]) -> bool {
    line.starts_with(b"{\"@timestamp\"")
}

/// Whether a line begins as this crate writes OCSF.
pub(super) fn begins_ocsf(line: &[u8]) -> bool {
    line.starts_with(b"{\"activity_id\"")
}

pub(super) fn ecs<'l>(line: &[u8]) -> Result<Told<'l>, NotTold> {
    let document = Document::read(line)?;
    let at = document.text("/@timestamp").as_deref().and_then(rfc3339::parse);
    let event = document.text("/event/action");
    if event.is_none() && document.0.pointer("/error").is_none() {
        return Err(NotTold::NoEntry);
    }
    Ok(Told {
        level: document.text("/log/level").as_deref().and_then(level),
        severity: document.text("/readmit/severity").as_deref().and_then(severity),
        event,
        kind: document.text("/error/type").as_deref().and_then(kind),
        error_code: document.text("/error/code"),
        error_description: document.text("/error/message"),
        http_status: document.small("/http/response/status_code"),
        endpoint: document.text("/readmit/endpoint"),
        method: document.text("/http/request/method"),
        server: document.text("/server/address"),
        port: document.small("/server/port"),
        user_id: document.text("/user/id").or_else(|| document.text("/user/hash")),
        organization_id: document.text("/organization/id"),
        request_id: document.text("/http/request/id"),
        ip_address: document.text("/client/ip"),
        user_agent: document.text("/user_agent/original"),
        trace_id: document.text("/trace/id"),
        span_id: document.text("/span/id"),
        owasp: document.text("/readmit/owasp"),
        seq: document.0.pointer("/event/sequence").and_then(Value::as_u64),
        attributes: document.object("/readmit/attributes"),
        ..Told::empty(at.ok_or(NotTold::NoEntry)?, Form::Ecs)
    })
}

pub(super) fn ocsf<'l>(line: &[u8]) -> Result<Told<'l>, NotTold> {
    let document = Document::read(line)?;
    let at = document.0.pointer("/time").and_then(Value::as_i64).and_then(instant);
    let event = document.text("/metadata/event_code").ok_or(NotTold::NoEntry)?;
    Ok(Told {
        severity: document.0.pointer("/severity_id").and_then(Value::as_u64).and_then(grade),
        event: Some(event),
        error_code: document.text("/status_code"),
        error_description: document.text("/status_detail"),
        http_status: document.small("/api/response/code"),
        endpoint: document.text("/api/operation"),
        method: document.text("/http_request/http_method"),
        server: document.text("/dst_endpoint/hostname"),
        port: document.small("/dst_endpoint/port"),
        user_id: document.text("/user/uid"),
        organization_id: document.text("/actor/user/org/uid"),
        request_id: document.text("/metadata/uid"),
        ip_address: document.text("/src_endpoint/ip"),
        user_agent: document.text("/http_request/user_agent"),
        trace_id: document.text("/metadata/correlation_uid"),
        seq: document.0.pointer("/metadata/sequence").and_then(Value::as_u64),
        attributes: document.object("/unmapped"),
        ..Told::empty(at.ok_or(NotTold::NoEntry)?, Form::Ocsf)
    })
}

struct Document(Value);

impl Document {
    fn read(line: &[u8]) -> Result<Document, NotTold> {
        serde_json::from_slice(line).map(Document).map_err(|_| NotTold::Unreadable)
    }

    fn text<'l>(&self, pointer: &str) -> Option<Cow<'l, str>> {
        let text = self.0.pointer(pointer)?.as_str()?;
        Some(Cow::Owned(text.to_owned()))
    }

    fn small(&self, pointer: &str) -> Option<u16> {
        u16::try_from(self.0.pointer(pointer)?.as_u64()?).ok()
    }

    fn object<'l>(&self, pointer: &str) -> Option<Cow<'l, str>> {
        let object = self.0.pointer(pointer).filter(|value| value.is_object())?;
        Some(Cow::Owned(object.to_string()))
    }
}

/// Reads milliseconds since 1970, within the years that can be written.
fn instant(millis: i64) -> Option<SystemTime> {
    if !YEARS.contains(&millis) {
        return None;
    }
    let apart = Duration::from_millis(millis.unsigned_abs());
    if millis < 0 { UNIX_EPOCH.checked_sub(apart) } else { UNIX_EPOCH.checked_add(apart) }
}

/// Undoes how OCSF grades: Informational, Medium, High and Critical.
fn grade(id: u64) -> Option<Severity> {
    match id {
        1 => Some(Severity::Info),
        2 | 3 => Some(Severity::Warning),
        4 => Some(Severity::Error),
        5 | 6 => Some(Severity::Critical),
        _ => None,
    }
}

/// Milliseconds of the years 0001 to 9999.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;
