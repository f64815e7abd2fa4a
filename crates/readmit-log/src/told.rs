use std::borrow::Cow;
use std::time::SystemTime;

use readmit_error::event::{CallContext, Event, Level, Record, Severity};
use readmit_error::{Failure, Kind, Origin};
use serde_json::Value;

mod attributes;
mod chain;
mod entry;
mod flat;
mod nested;
mod scan;
mod word;

/// What one line of a log tells, read back from any rendering that is JSON, or from a [`Record`] as
/// JSON.
///
/// Whoever can write to the log has written it: its texts are what the line says, neither redacted
/// nor neutral. [`Scribe::read_back`](crate::Scribe::read_back) makes an entry of it that may be
/// shown.
///
/// It borrows from the line, and what it has no name for is passed over.
///
/// # Example
///
/// ```
/// use std::time::SystemTime;
///
/// use readmit_error::event::{Event, Record};
/// use readmit_log::{Rendering, Scribe, Told};
///
/// let event = Event::MonitorDisabled { monitor: "thresholds".to_owned() };
/// let record = Record::new(SystemTime::UNIX_EPOCH, event);
/// let line = Scribe::default().entry(&record).render(Rendering::Json);
///
/// let told = Told::read(line.as_bytes())?;
/// assert_eq!(told.event.as_deref(), Some("readmit.monitor.disabled"));
/// assert_eq!(told.record(), Some(record));
/// # Ok::<_, readmit_log::NotTold>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Told<'l> {
    /// When it happened.
    pub at: SystemTime,
    /// How it was written down.
    pub form: Form,
    /// Whether it is a line of an audit chain.
    pub is_chained: bool,
    /// How loud it is, where the rendering tells.
    pub level: Option<Level>,
    /// How grave it is, where the rendering tells.
    pub severity: Option<Severity>,
    /// The name of the event; the documented rendering has none.
    pub event: Option<Cow<'l, str>>,
    /// The kind of the failure.
    pub kind: Option<Kind>,
    /// The code of the failure.
    pub error_code: Option<Cow<'l, str>>,
    /// What the server said of the failure.
    pub error_description: Option<Cow<'l, str>>,
    /// The status of the answer.
    pub http_status: Option<u16>,
    /// Method and template, or method and host.
    pub endpoint: Option<Cow<'l, str>>,
    /// The method of the request.
    pub method: Option<Cow<'l, str>>,
    /// The host that was called.
    pub server: Option<Cow<'l, str>>,
    /// The port that was called.
    pub port: Option<u16>,
    /// Whose call it was, by name or pseudonym.
    pub user_id: Option<Cow<'l, str>>,
    /// On whose behalf.
    pub organization_id: Option<Cow<'l, str>>,
    /// The id of the request.
    pub request_id: Option<Cow<'l, str>>,
    /// The address that the application was called from.
    pub ip_address: Option<Cow<'l, str>>,
    /// The user agent that it was called with.
    pub user_agent: Option<Cow<'l, str>>,
    /// The trace.
    pub trace_id: Option<Cow<'l, str>>,
    /// The span within it.
    pub span_id: Option<Cow<'l, str>>,
    /// The event in the OWASP logging vocabulary.
    pub owasp: Option<Cow<'l, str>>,
    /// The number of the entry in its log.
    pub seq: Option<u64>,
    /// The object that has the attributes of the event, as it stands in the line.
    pub(crate) attributes: Option<Cow<'l, str>>,
    /// The event, where it was read on the way.
    typed: Option<Event>,
}

/// How an entry was written down.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Form {
    /// As [`Rendering::Documented`](crate::Rendering::Documented).
    Documented,
    /// As [`Rendering::Ecs`](crate::Rendering::Ecs).
    Ecs,
    /// As [`Rendering::Json`](crate::Rendering::Json).
    Json,
    /// As [`Rendering::Ocsf`](crate::Rendering::Ocsf).
    Ocsf,
    /// As a [`Record`] serialises.
    Record,
}

/// Why a line tells nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "no JSON, other JSON, or a mark of the chain")]
pub enum NotTold {
    /// It is JSON, and no entry.
    #[error("the line is JSON, and no entry of a log")]
    NoEntry,
    /// It is not JSON, or not all of it is there.
    #[error("the line cannot be read")]
    Unreadable,
    /// It is the mark with which an audit chain closes off lines that a crash tore.
    #[error("the line is a mark of an audit chain")]
    Mark,
}

impl<'l> Told<'l> {
    /// Reads a line; its end may be there or not.
    ///
    /// # Errors
    ///
    /// [`NotTold`] where it is no entry.
    pub fn read(line: &'l [u8]) -> Result<Told<'l>, NotTold> {
        let line = line.trim_ascii();
        let (entry, is_chained) = match chain::member(line) {
            None => (line, false),
            Some(chain::Member::Entry(entry)) => (entry, true),
            Some(chain::Member::Mark) => return Err(NotTold::Mark),
        };
        let told = if nested::begins_ecs(entry) {
            nested::ecs(entry)
        } else if nested::begins_ocsf(entry) {
            nested::ocsf(entry)
        } else {
            flat::read(entry)
        };
        told.map(|told| Told { is_chained, ..told })
    }

    /// Returns the event with what belongs to it alone; none where the rendering does not tell, or
    /// where it is one of a newer vocabulary.
    #[must_use]
    pub fn typed_event(&self) -> Option<Event> {
        if let Some(event) = &self.typed {
            return Some(event.clone());
        }
        let name = self.event.as_deref()?;
        let attributes = self.attributes.as_deref().unwrap_or("{}");
        if self.form == Form::Record {
            return serde_json::from_str(attributes).ok();
        }
        // An event is told by its name among its attributes.
        let members = attributes.trim_start().strip_prefix('{')?.trim_start();
        let comma = if members.starts_with('}') { "" } else { "," };
        let name = Value::from(name);
        serde_json::from_str(&format!("{{\"event\":{name}{comma}{members}")).ok()
    }

    /// Returns the failure, as far as the line tells it: kind, code, status and the id of the
    /// request.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        let code = self.error_code.as_deref();
        // Some schemas have no place for the kind, and the event says as much.
        let by_event = || match self.event.as_deref()? {
            "readmit.auth.credentials.rejected" => Some(Kind::InvalidCredentials),
            "readmit.auth.token.expired" => Some(Kind::TokenExpired),
            "readmit.authz.denied" => Some(Kind::InsufficientPermissions),
            "readmit.rate_limit.hit" if self.http_status.is_some() => Some(Kind::RateLimited),
            _ => None,
        };
        let kind = self.kind.or_else(by_event).or_else(|| code.map(|_| Kind::Unknown))?;
        let origin = self.http_status.map_or(Origin::Local, |status| Origin::Answer { status });
        let mut failure = Failure::builder(kind, origin);
        if let Some(code) = code {
            failure = failure.code(code);
        }
        if let Some(id) = self.request_id.as_deref() {
            failure = failure.request_id(id);
        }
        Some(failure.build())
    }

    /// Returns the record that the entry was made of, as far as the line tells it; none where
    /// [`typed_event`](Told::typed_event) is none.
    ///
    /// The user is the one of the entry, which is a pseudonym by default.
    #[must_use]
    pub fn record(&self) -> Option<Record> {
        let event = self.typed_event()?;
        let owned = |text: &Option<Cow<'l, str>>| text.as_deref().map(str::to_owned);
        let mut call = CallContext::default();
        call.user = owned(&self.user_id);
        call.organization = owned(&self.organization_id);
        call.method = owned(&self.method);
        call.server = owned(&self.server);
        call.port = self.port;
        call.template = self.template().map(str::to_owned);
        let record = Record::new(self.at, event).call(call);
        Some(match self.failure() {
            Some(failure) => record.failure(failure),
            None => record,
        })
    }

    /// Returns the path with its variables unfilled, where the endpoint is one.
    #[must_use]
    pub fn template(&self) -> Option<&str> {
        let endpoint = self.endpoint.as_deref()?;
        let place = endpoint.split_once(' ').map_or(endpoint, |(_, place)| place);
        (self.server.as_deref() != Some(place)).then_some(place)
    }

    fn empty(at: SystemTime, form: Form) -> Told<'l> {
        Told {
            at,
            form,
            is_chained: false,
            level: None,
            severity: None,
            event: None,
            kind: None,
            error_code: None,
            error_description: None,
            http_status: None,
            endpoint: None,
            method: None,
            server: None,
            port: None,
            user_id: None,
            organization_id: None,
            request_id: None,
            ip_address: None,
            user_agent: None,
            trace_id: None,
            span_id: None,
            owasp: None,
            seq: None,
            attributes: None,
            typed: None,
        }
    }
}
