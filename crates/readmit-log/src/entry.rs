use std::borrow::Cow;
use std::time::SystemTime;

use readmit_error::Kind;
use readmit_error::event::{Level, Severity};
use serde_json::{Map, Value};

use crate::Rendering;
use crate::scribe::name_of;

/// One entry of a log, fit to be shown: made by [`Scribe::entry`](crate::Scribe::entry), or read back
/// by [`Scribe::read_back`](crate::Scribe::read_back).
///
/// All of its texts are redacted and neutral; what the server or the application chose the name of
/// stands in the attributes, apart from the entry's own fields.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) at: SystemTime,
    pub(crate) level: Level,
    pub(crate) severity: Severity,
    pub(crate) event: Cow<'static, str>,
    pub(crate) kind: Option<Kind>,
    pub(crate) error_code: Option<String>,
    pub(crate) error_description: Option<String>,
    pub(crate) http_status: Option<u16>,
    pub(crate) endpoint: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) server: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) user_id: Option<String>,
    pub(crate) organization_id: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) ip_address: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) trace_id: Option<String>,
    pub(crate) span_id: Option<String>,
    pub(crate) owasp: Option<String>,
    pub(crate) attributes: Map<String, Value>,
    pub(crate) seq: Option<u64>,
}

impl Entry {
    /// Writes the entry as one line, without an end of line.
    #[must_use]
    pub fn render(&self, rendering: Rendering) -> String {
        rendering.write(self)
    }

    /// Returns when it happened.
    #[must_use]
    pub fn at(&self) -> SystemTime {
        self.at
    }

    /// Returns how loud it is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns how grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the name of the event, such as `readmit.auth.token.expired`.
    #[must_use]
    pub fn event(&self) -> &str {
        &self.event
    }

    /// Returns the kind of the failure, if there was one.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Returns the code of the failure.
    #[must_use]
    pub fn error_code(&self) -> Option<&str> {
        self.error_code.as_deref()
    }

    /// Returns what the server said of the failure.
    #[must_use]
    pub fn error_description(&self) -> Option<&str> {
        self.error_description.as_deref()
    }

    /// Returns who made the call, as the [`Identity`](crate::Identity) has it.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// Returns the id of the request: that of the answer, or the one that was sent.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the event in the OWASP logging vocabulary, where that has a word for it.
    #[must_use]
    pub fn owasp(&self) -> Option<&str> {
        self.owasp.as_deref()
    }

    /// Returns what belongs to this event alone, by its OpenTelemetry names.
    #[must_use]
    pub fn attributes(&self) -> &Map<String, Value> {
        &self.attributes
    }

    /// Adds an attribute, whose name may be anybody's: it cannot take the place of a field.
    ///
    /// The value is taken as it is: redact it before.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Entry {
        let value = readmit_error::neutralise(value, usize::MAX);
        self.attributes.insert(name_of(name), Value::String(value));
        self
    }

    /// Replaces what the server said of the failure with a text that is redacted already.
    #[must_use]
    pub fn description(mut self, description: &str) -> Entry {
        self.error_description = Some(readmit_error::neutralise(description, usize::MAX));
        self
    }
}
