use std::borrow::Cow;

use readmit_error::event::{Level, Severity};
use readmit_error::{Kind, rfc3339};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde_json::value::RawValue;

use super::word::{Number, Seen, Word};
use super::{Form, NotTold, Told, nested};

/// The members of the renderings of this crate, and of a record; the names of the latter have dots.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Flat<'l> {
    #[serde(borrow)]
    timestamp: Word<'l>,
    #[serde(borrow)]
    level: Word<'l>,
    #[serde(borrow)]
    severity: Word<'l>,
    #[serde(borrow)]
    event: Word<'l>,
    #[serde(borrow)]
    error_type: Word<'l>,
    #[serde(borrow)]
    error_code: Word<'l>,
    #[serde(borrow)]
    error_description: Word<'l>,
    http_status: Number,
    #[serde(borrow)]
    endpoint: Word<'l>,
    #[serde(borrow, alias = "user.id")]
    user_id: Word<'l>,
    #[serde(borrow, alias = "readmit.organization.id")]
    organization_id: Word<'l>,
    #[serde(borrow, alias = "readmit.request.id")]
    request_id: Word<'l>,
    #[serde(borrow, alias = "client.address")]
    ip_address: Word<'l>,
    #[serde(borrow, alias = "user_agent.original")]
    user_agent: Word<'l>,
    #[serde(borrow)]
    trace_id: Word<'l>,
    #[serde(borrow)]
    span_id: Word<'l>,
    #[serde(borrow)]
    owasp_event: Word<'l>,
    #[serde(borrow)]
    attributes: Option<&'l RawValue>,
    seq: Number,
    #[serde(borrow, rename = "url.template")]
    template: Word<'l>,
    #[serde(borrow, rename = "http.request.method")]
    method: Word<'l>,
    #[serde(borrow, rename = "server.address")]
    server: Word<'l>,
    #[serde(rename = "server.port")]
    port: Number,
    #[serde(borrow)]
    failure: Option<&'l RawValue>,
    #[serde(rename = "@timestamp")]
    ecs: Seen,
    class_uid: Seen,
}

/// What the attributes of an entry say of its call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Call<'l> {
    #[serde(borrow, rename = "http.request.method")]
    method: Word<'l>,
    #[serde(borrow, rename = "server.address")]
    server: Word<'l>,
    #[serde(rename = "server.port")]
    port: Number,
}

/// The members of a failure that an entry has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Nested<'l> {
    #[serde(borrow)]
    kind: Word<'l>,
    #[serde(borrow)]
    code: Word<'l>,
    #[serde(borrow)]
    description: Word<'l>,
    #[serde(borrow)]
    request_id: Word<'l>,
    #[serde(borrow)]
    error_data: Body<'l>,
    origin: Option<readmit_error::Origin>,
}

/// What the server's own body said, where nothing else was told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body<'l> {
    #[serde(borrow)]
    error_description: Word<'l>,
    #[serde(borrow)]
    error_code: Word<'l>,
    #[serde(borrow)]
    request_id: Word<'l>,
}

pub(super) fn read(line: &[u8]) -> Result<Told<'_>, NotTold> {
    if line.first() != Some(&b'{') {
        return Err(NotTold::Unreadable);
    }
    let flat: Flat<'_> = serde_json::from_slice(line).map_err(|_| NotTold::Unreadable)?;
    if flat.ecs.0 {
        return nested::ecs(line);
    }
    if flat.class_uid.0 {
        return nested::ocsf(line);
    }
    if flat.event.0.is_none() && flat.error_type.0.is_none() {
        return Err(NotTold::NoEntry);
    }
    let has_members = flat.attributes.is_some()
        || flat.level.0.is_some()
        || flat.error_type.0.is_some()
        || flat.error_code.0.is_some();
    let is_record = flat.failure.is_some() || !has_members;
    if is_record { of_record(flat, line) } else { of_entry(flat) }
}

fn of_entry(flat: Flat<'_>) -> Result<Told<'_>, NotTold> {
    let at = flat.timestamp.0.as_deref().and_then(rfc3339::parse).ok_or(NotTold::NoEntry)?;
    let attributes = flat.attributes.map(RawValue::get);
    let call: Call<'_> =
        attributes.map(serde_json::from_str).transpose().unwrap_or_default().unwrap_or_default();
    let form = if flat.event.0.is_some() { Form::Json } else { Form::Documented };
    Ok(Told {
        level: flat.level.0.as_deref().and_then(level),
        severity: flat.severity.0.as_deref().and_then(severity),
        event: flat.event.0,
        kind: flat.error_type.0.as_deref().and_then(kind),
        error_code: flat.error_code.0,
        error_description: flat.error_description.0,
        http_status: flat.http_status.small(),
        endpoint: flat.endpoint.0,
        method: call.method.0,
        server: call.server.0,
        port: call.port.small(),
        user_id: flat.user_id.0,
        organization_id: flat.organization_id.0,
        request_id: flat.request_id.0,
        ip_address: flat.ip_address.0,
        user_agent: flat.user_agent.0,
        trace_id: flat.trace_id.0,
        span_id: flat.span_id.0,
        owasp: flat.owasp_event.0,
        seq: flat.seq.0,
        attributes: attributes.map(Cow::Borrowed),
        ..Told::empty(at, form)
    })
}

fn of_record<'l>(flat: Flat<'l>, line: &'l [u8]) -> Result<Told<'l>, NotTold> {
    let at = flat.timestamp.0.as_deref().and_then(rfc3339::parse).ok_or(NotTold::NoEntry)?;
    let failure = flat.failure.map(|raw| serde_json::from_str(raw.get()));
    let failure: Nested<'l> = failure.transpose().unwrap_or_default().unwrap_or_default();
    let attributes = str::from_utf8(line).map_err(|_| NotTold::Unreadable)?;
    let place = flat.template.0.or_else(|| flat.server.0.clone());
    let endpoint = match (&flat.method.0, place) {
        (Some(method), Some(place)) => Some(Cow::Owned(format!("{method} {place}"))),
        (_, place) => place,
    };
    Ok(Told {
        event: flat.event.0,
        kind: failure.kind.0.as_deref().and_then(kind),
        error_code: failure.code.0.or(failure.error_data.error_code.0),
        error_description: failure.description.0.or(failure.error_data.error_description.0),
        http_status: failure.origin.and_then(readmit_error::Origin::status),
        endpoint,
        method: flat.method.0,
        server: flat.server.0,
        port: flat.port.small(),
        user_id: flat.user_id.0,
        organization_id: flat.organization_id.0,
        request_id: failure.request_id.0.or(failure.error_data.request_id.0).or(flat.request_id.0),
        ip_address: flat.ip_address.0,
        user_agent: flat.user_agent.0,
        trace_id: flat.trace_id.0,
        span_id: flat.span_id.0,
        attributes: Some(Cow::Borrowed(attributes)),
        ..Told::empty(at, Form::Record)
    })
}

pub(super) fn kind(name: &str) -> Option<Kind> {
    let read: Result<Kind, serde::de::value::Error> = Kind::deserialize(name.into_deserializer());
    read.ok()
}

pub(super) fn level(name: &str) -> Option<Level> {
    let levels = [Level::Debug, Level::Info, Level::Warn, Level::Error];
    levels.into_iter().find(|level| crate::render::level(*level).eq_ignore_ascii_case(name))
}

pub(super) fn severity(name: &str) -> Option<Severity> {
    let all = [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical];
    all.into_iter().find(|severity| severity.as_str() == name)
}
