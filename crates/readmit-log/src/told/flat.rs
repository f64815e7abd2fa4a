use std::borrow::Cow;

use readmit_error::event::{Level, Severity};
use readmit_error::{Kind, rfc3339};
use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::attributes::Attributes;
use super::scan::{Members, Value, valid};
use super::word::{Number, Word};
use super::{Form, NotTold, Told, nested};

/// The members of the renderings of this crate, and of a record; the names of the latter have dots.
#[derive(Debug, Default)]
struct Flat<'l> {
    timestamp: Text<'l>,
    level: Text<'l>,
    severity: Text<'l>,
    event: Text<'l>,
    error_type: Text<'l>,
    error_code: Text<'l>,
    error_description: Text<'l>,
    http_status: Option<u64>,
    endpoint: Text<'l>,
    user_id: Text<'l>,
    organization_id: Text<'l>,
    request_id: Text<'l>,
    ip_address: Text<'l>,
    user_agent: Text<'l>,
    trace_id: Text<'l>,
    span_id: Text<'l>,
    owasp_event: Text<'l>,
    attributes: Option<&'l str>,
    seq: Option<u64>,
    template: Text<'l>,
    method: Text<'l>,
    server: Text<'l>,
    port: Option<u64>,
    failure: Option<&'l str>,
    is_ecs: bool,
    is_ocsf: bool,
}

type Text<'l> = Option<Cow<'l, str>>;

impl<'l> Flat<'l> {
    fn read(line: &'l str) -> Result<Flat<'l>, NotTold> {
        let mut flat = Flat::default();
        let mut members = Members::of(line)?;
        while let Some((key, value)) = members.next()? {
            flat.is_ecs |= key == "@timestamp";
            flat.is_ocsf |= key == "class_uid";
            match value {
                Value::Text(text) => {
                    if let Some(field) = flat.text(&key) {
                        *field = Some(text);
                    }
                }
                Value::Number(number) => match &*key {
                    "http_status" => flat.http_status = Some(number),
                    "seq" => flat.seq = Some(number),
                    "server.port" => flat.port = Some(number),
                    _ => {}
                },
                Value::Object(object) => match &*key {
                    "attributes" => flat.attributes = Some(object),
                    "failure" => flat.failure = Some(object),
                    _ => valid(object)?,
                },
                Value::Other => {}
            }
        }
        Ok(flat)
    }

    fn text(&mut self, key: &str) -> Option<&mut Text<'l>> {
        Some(match key {
            "timestamp" => &mut self.timestamp,
            "level" => &mut self.level,
            "severity" => &mut self.severity,
            "event" => &mut self.event,
            "error_type" => &mut self.error_type,
            "error_code" => &mut self.error_code,
            "error_description" => &mut self.error_description,
            "endpoint" => &mut self.endpoint,
            "user_id" | "user.id" => &mut self.user_id,
            "organization_id" | "readmit.organization.id" => &mut self.organization_id,
            "request_id" | "readmit.request.id" => &mut self.request_id,
            "ip_address" | "client.address" => &mut self.ip_address,
            "user_agent" | "user_agent.original" => &mut self.user_agent,
            "trace_id" => &mut self.trace_id,
            "span_id" => &mut self.span_id,
            "owasp_event" => &mut self.owasp_event,
            "url.template" => &mut self.template,
            "http.request.method" => &mut self.method,
            "server.address" => &mut self.server,
            _ => return None,
        })
    }
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
    // Once for the whole line, which is faster than once for each text.
    let text = str::from_utf8(line).map_err(|_| NotTold::Unreadable)?;
    let flat = Flat::read(text)?;
    if flat.is_ecs {
        return nested::ecs(line);
    }
    if flat.is_ocsf {
        return nested::ocsf(line);
    }
    if flat.event.is_none() && flat.error_type.is_none() {
        return Err(NotTold::NoEntry);
    }
    let has_members = flat.attributes.is_some()
        || flat.level.is_some()
        || flat.error_type.is_some()
        || flat.error_code.is_some();
    let is_record = flat.failure.is_some() || !has_members;
    if is_record { of_record(flat, text) } else { of_entry(flat) }
}

fn of_entry(flat: Flat<'_>) -> Result<Told<'_>, NotTold> {
    let at = flat.timestamp.as_deref().and_then(rfc3339::parse).ok_or(NotTold::NoEntry)?;
    let attributes = flat.attributes;
    let (call, typed) = match attributes.map(serde_json::from_str::<Attributes<'_>>) {
        Some(Ok(told)) => {
            let typed = flat.event.as_deref().and_then(|name| told.event(name));
            (Call { method: told.method, server: told.server, port: told.port }, typed)
        }
        // One of them is of another type than it should be.
        Some(Err(_)) => {
            attributes.map(valid).transpose()?;
            (attributes.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default(), None)
        }
        None => (Call::default(), None),
    };
    let form = if flat.event.is_some() { Form::Json } else { Form::Documented };
    Ok(Told {
        level: flat.level.as_deref().and_then(level),
        severity: flat.severity.as_deref().and_then(severity),
        event: flat.event,
        kind: flat.error_type.as_deref().and_then(kind),
        error_code: flat.error_code,
        error_description: flat.error_description,
        http_status: small(flat.http_status),
        endpoint: flat.endpoint,
        method: call.method.0,
        server: call.server.0,
        port: call.port.small(),
        user_id: flat.user_id,
        organization_id: flat.organization_id,
        request_id: flat.request_id,
        ip_address: flat.ip_address,
        user_agent: flat.user_agent,
        trace_id: flat.trace_id,
        span_id: flat.span_id,
        owasp: flat.owasp_event,
        seq: flat.seq,
        attributes: attributes.map(Cow::Borrowed),
        typed,
        ..Told::empty(at, form)
    })
}

fn of_record<'l>(flat: Flat<'l>, line: &'l str) -> Result<Told<'l>, NotTold> {
    let at = flat.timestamp.as_deref().and_then(rfc3339::parse).ok_or(NotTold::NoEntry)?;
    flat.failure.map(valid).transpose()?;
    let failure = flat.failure.map(serde_json::from_str);
    let failure: Nested<'l> = failure.transpose().unwrap_or_default().unwrap_or_default();
    let place = flat.template.or_else(|| flat.server.clone());
    let endpoint = match (&flat.method, place) {
        (Some(method), Some(place)) => Some(Cow::Owned(format!("{method} {place}"))),
        (_, place) => place,
    };
    Ok(Told {
        event: flat.event,
        kind: failure.kind.0.as_deref().and_then(kind),
        error_code: failure.code.0.or(failure.error_data.error_code.0),
        error_description: failure.description.0.or(failure.error_data.error_description.0),
        http_status: failure.origin.and_then(readmit_error::Origin::status),
        endpoint,
        method: flat.method,
        server: flat.server,
        port: small(flat.port),
        user_id: flat.user_id,
        organization_id: flat.organization_id,
        request_id: failure.request_id.0.or(failure.error_data.request_id.0).or(flat.request_id),
        ip_address: flat.ip_address,
        user_agent: flat.user_agent,
        trace_id: flat.trace_id,
        span_id: flat.span_id,
        attributes: Some(Cow::Borrowed(line)),
        ..Told::empty(at, Form::Record)
    })
}

fn small(number: Option<u64>) -> Option<u16> {
    u16::try_from(number?).ok()
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
