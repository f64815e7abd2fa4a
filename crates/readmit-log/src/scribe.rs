use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::SystemTime;

use readmit_error::event::{CallContext, Event, Record};
use readmit_error::neutralise;
use serde_json::{Map, Value};

use crate::redact::Redactor;
use crate::{Entry, Severities, escape};

/// Makes the entries of a log out of records: redacted, neutral, graded, and without names of people
/// unless they are asked for.
///
/// A clone writes the same: the same secrets are hidden, and a person has the same pseudonym.
///
/// # Example
///
/// ```
/// use std::time::SystemTime;
///
/// use readmit_error::event::{CallContext, Event, Record};
/// use readmit_log::{Identity, Scribe};
///
/// let scribe = Scribe::default().identity(Identity::Named);
/// let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
/// let record = Record::new(SystemTime::UNIX_EPOCH, event).call(CallContext::default().user("u_1"));
///
/// let entry = scribe.entry(&record);
/// assert_eq!(entry.user_id(), Some("u_1"));
/// assert_eq!(entry.owasp(), Some("authn_login_fail:u_1"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scribe {
    redactor: Redactor,
    severities: Severities,
    identity: Identity,
    shows_addresses: bool,
    attributes: Map<String, Value>,
    key: Arc<RandomState>,
}

/// How people are named in a log.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "as told, by another name, or not at all")]
pub enum Identity {
    /// By the id that the application gave.
    Named,
    /// By a keyed hash of it, whose key is made when the program starts: within one run of it the
    /// entries of a person can be put together, and nobody can be found out from them (default).
    #[default]
    Pseudonym,
    /// Not at all.
    Withheld,
}

impl Scribe {
    /// Returns a scribe that hides what the redactor knows.
    #[must_use]
    pub fn new(redactor: Redactor) -> Scribe {
        Scribe { redactor, ..Scribe::default() }
    }

    /// Sets the grades; by default those of [`Severities`].
    #[must_use]
    pub fn severities(mut self, severities: Severities) -> Scribe {
        self.severities = severities;
        self
    }

    /// Sets how people are named; by default by a pseudonym.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Scribe {
        self.identity = identity;
        self
    }

    /// Writes down the addresses that the application was called from; by default they are left out.
    #[must_use]
    pub fn show_addresses(mut self) -> Scribe {
        self.shows_addresses = true;
        self
    }

    /// Adds an attribute to each entry, such as `service.name`.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Scribe {
        let value = neutralise(&self.redactor.field(name, value), ATTRIBUTE_LIMIT);
        self.attributes.insert(name_of(name), Value::String(value));
        self
    }

    /// Returns the redactor, to register secrets with.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Writes down what happened.
    #[must_use]
    pub fn entry(&self, record: &Record) -> Entry {
        let Record { at, event, call, failure, .. } = record;
        let failure = failure.as_ref();
        let user_id = call.user.as_deref().and_then(|user| self.person(user));
        let owasp = event.owasp(user_id.as_deref().unwrap_or("-"));
        let text = |text: &str| self.text(text, NAME_LIMIT);
        let request_id = failure.and_then(|failure| failure.request_id());
        let ip_address = call.ip.filter(|_| self.shows_addresses).map(|ip| ip.to_string());
        let endpoint = call.endpoint();
        Entry {
            at: *at,
            level: event.level(),
            severity: self.severities.of(record),
            event: event.name().into(),
            kind: failure.map(|failure| failure.kind()),
            error_code: failure.and_then(|failure| failure.code()).map(text),
            error_description: failure
                .and_then(|failure| failure.description())
                .map(|description| self.text(description, DESCRIPTION_LIMIT)),
            http_status: failure.and_then(|failure| failure.status()),
            endpoint: (!endpoint.is_empty()).then(|| self.address(&endpoint)),
            method: call.method.as_deref().map(text),
            server: call.server.as_deref().map(text),
            port: call.port,
            organization_id: call.organization.as_deref().map(text),
            request_id: request_id.or(call.request_id.as_deref()).map(text),
            ip_address,
            user_agent: call.agent.as_deref().map(text),
            trace_id: call.trace_id.as_deref().map(text),
            span_id: call.span_id.as_deref().map(text),
            owasp: owasp.map(|owasp| self.text(&owasp, DESCRIPTION_LIMIT)),
            attributes: self.attributes_of(record),
            seq: None,
            user_id,
        }
    }

    pub(crate) fn grades(&self) -> &Severities {
        &self.severities
    }

    /// Says in the log that records were lost.
    pub(crate) fn drops(&self, at: SystemTime, count: u64) -> Entry {
        let event = Event::MonitorDisabled { monitor: "readmit.log".to_owned() };
        let mut entry = self.entry(&Record::new(at, event));
        entry.event = "readmit.log.dropped".into();
        entry.attributes.insert("readmit.log.dropped".to_owned(), count.into());
        entry
    }

    fn attributes_of(&self, record: &Record) -> Map<String, Value> {
        let mut attributes = self.attributes.clone();
        if let Ok(Value::Object(event)) = serde_json::to_value(&record.event) {
            let own = event.into_iter().filter(|(name, _)| name != "event");
            attributes.extend(own.map(|(name, value)| (name, self.value(value))));
        }
        let CallContext { user, organization, .. } = &record.call;
        let names = [
            ("readmit.user.mixed_script", user),
            ("readmit.organization.mixed_script", organization),
        ];
        for (flag, name) in names {
            if name.as_deref().is_some_and(escape::mixes_scripts) {
                attributes.insert(flag.to_owned(), Value::Bool(true));
            }
        }
        attributes
    }

    pub(crate) fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text, ATTRIBUTE_LIMIT)),
            Value::Array(items) => {
                let items = items.into_iter().take(MOST_ITEMS);
                Value::Array(items.map(|item| self.value(item)).collect())
            }
            Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) => value,
        }
    }

    fn person(&self, name: &str) -> Option<String> {
        match self.identity {
            Identity::Named => Some(self.text(name, NAME_LIMIT)),
            Identity::Pseudonym => {
                let hash = self.key.hash_one(name) & PSEUDONYM;
                Some(format!("h:{hash:012x}"))
            }
            Identity::Withheld => None,
        }
    }

    /// A template holds no secret; what is not one may.
    pub(crate) fn address(&self, endpoint: &str) -> String {
        let (method, place) = endpoint.split_once(' ').unwrap_or(("", endpoint));
        let place = self.redactor.url(place);
        let place = if method.is_empty() { place } else { format!("{method} {place}") };
        neutralise(&place, DESCRIPTION_LIMIT)
    }

    /// Cuts after redaction: what is left of a secret is not known by its shape.
    pub(crate) fn text(&self, text: &str, limit: usize) -> String {
        neutralise(&self.redactor.text(text), limit)
    }
}

/// The name of an attribute, whoever chose it.
pub(crate) fn name_of(name: &str) -> String {
    neutralise(name, NAME_LIMIT)
}

/// Characters of a name, a code or an id.
pub(crate) const NAME_LIMIT: usize = 256;
/// Characters of a sentence.
pub(crate) const DESCRIPTION_LIMIT: usize = 1_024;
/// Characters of an attribute.
pub(crate) const ATTRIBUTE_LIMIT: usize = 512;
/// Items of an attribute.
const MOST_ITEMS: usize = 64;
/// The bits of a pseudonym.
const PSEUDONYM: u64 = (1 << 48) - 1;
