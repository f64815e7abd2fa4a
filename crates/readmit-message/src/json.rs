use std::collections::BTreeMap;

use readmit_error::event::Severity;
use readmit_error::{Action, Kind, Problem, rfc3339};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{Audience, Message};

impl Message {
    /// Renders the message as JSON: `title`, `message`, `action`, `help_link`, `technical_details`,
    /// `timestamp`, `request_id`, and what a program needs beside them.
    ///
    /// It is what [`Serialize`] writes, with `<`, `>` and `&` as escapes, so that it can stand in a
    /// script element too.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Failure, Kind, Origin};
    /// use readmit_message::Catalogue;
    ///
    /// let failure = Failure::builder(Kind::Gone, Origin::Answer { status: 410 }).build();
    ///
    /// let json = Catalogue::english().message(&failure).build().json();
    /// let read: serde_json::Value = serde_json::from_str(&json)?;
    /// assert_eq!(read["title"], "Removed for good");
    /// assert_eq!(read["technical_details"]["origin"], "HTTP 410");
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn json(&self) -> String {
        // Texts and numbers under names that are texts: there is nothing that JSON cannot write.
        let json = serde_json::to_string(self).unwrap_or_default();
        // Outside of its texts JSON has none of these.
        json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    }

    /// Renders the message as problem details (RFC 9457), for an API of yours that passes a failure
    /// on.
    ///
    /// `type` is the help link, `title` and `detail` are the catalogue's words. The code, the kind,
    /// the actions, the request id and the wait stand beside them; the technical details do not.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Failure, Kind, Origin};
    /// use readmit_message::Catalogue;
    ///
    /// let failure = Failure::builder(Kind::Gone, Origin::Answer { status: 410 }).build();
    /// let catalogue = Catalogue::english().help_base("https://help.example.com/")?;
    ///
    /// let problem = catalogue.message(&failure).build().problem();
    /// assert_eq!(problem.kind.as_deref(), Some("https://help.example.com/#gone"));
    /// assert_eq!(problem.status, Some(410));
    /// # Ok::<_, readmit_message::BadLink>(())
    /// ```
    #[must_use]
    pub fn problem(&self) -> Problem {
        let mut extensions = Map::new();
        let texts = [
            ("kind", Some(self.kind.as_str().to_owned())),
            ("action", Some(self.action.as_str().to_owned())),
            ("code", self.code.clone()),
            ("request_id", self.request_id.clone()),
            ("timestamp", self.timestamp.map(rfc3339::format)),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                extensions.insert(name.to_owned(), Value::String(text));
            }
        }
        extensions.insert("actions".to_owned(), self.actions.clone().into());
        if let Some(seconds) = self.wait_seconds() {
            extensions.insert("retry_after".to_owned(), seconds.into());
        }
        Problem {
            kind: Some(self.help_link.clone()),
            title: Some(self.title.clone()),
            status: self.status,
            detail: Some(self.message.clone()),
            instance: None,
            extensions,
        }
    }

    /// Rounded up: whoever comes back early is told to wait again.
    fn wait_seconds(&self) -> Option<u64> {
        let wait = self.retry_after?;
        Some(wait.as_secs().saturating_add(u64::from(0 < wait.subsec_nanos())))
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let details = self.details.iter().map(|detail| (detail.name(), detail.value()));
        let form = Form {
            title: &self.title,
            message: &self.message,
            action: self.actions.join(" "),
            help_link: &self.help_link,
            technical_details: details.collect(),
            timestamp: self.timestamp.map(rfc3339::format),
            request_id: self.request_id.as_deref(),
            kind: self.kind,
            code: self.code.as_deref(),
            next_step: self.action,
            actions: &self.actions,
            retryable: self.retryable,
            retry_after: self.wait_seconds(),
            when_retry: self.when_retry.as_deref(),
            severity: self.severity,
            audience: self.audience,
            language: self.language(),
            credential: self.credential.as_deref(),
            host: self.host.as_deref(),
        };
        form.serialize(serializer)
    }
}

/// The form for user interfaces: the documented members first.
#[derive(Serialize)]
struct Form<'a> {
    title: &'a str,
    message: &'a str,
    action: String,
    help_link: &'a str,
    technical_details: BTreeMap<&'a str, &'a str>,
    timestamp: Option<String>,
    request_id: Option<&'a str>,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    next_step: Action,
    actions: &'a [String],
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when_retry: Option<&'a str>,
    severity: Severity,
    audience: Audience,
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
}
