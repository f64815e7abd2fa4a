use std::io::Write as _;
use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use readmit_error::event::{CallContext, Event, Record};
use readmit_error::{Failure, Kind, Origin, neutralise};
use readmit_log::redact::Redactor;
use readmit_log::{Entry, Identity, Rendering, Scribe};
use serde::Deserialize;
use serde_json::Value;

use crate::redaction::fixtures::Fixtures;
use crate::redaction::repeated;

/// Where a text comes from, and the text.
#[derive(Debug, Deserialize)]
pub(crate) struct Surface {
    surface: String,
    #[serde(default)]
    input: Value,
    input_b64: Option<String>,
    /// The name of the header whose value is given as bytes.
    header: Option<String>,
    /// Characters that may be shown.
    truncate_to: Option<usize>,
}

/// What a log shows of it.
#[derive(Debug)]
pub(crate) enum Shown {
    /// A text for any sink.
    Text(String),
    /// An entry of its own.
    Entry(Box<Entry>, String),
    /// A link as it was given.
    Link(String),
}

impl Shown {
    pub(crate) fn text(&self) -> &str {
        match self {
            Shown::Text(text) | Shown::Entry(_, text) | Shown::Link(text) => text,
        }
    }
}

impl Surface {
    pub(crate) fn name(&self) -> &str {
        &self.surface
    }

    pub(crate) fn show(&self, fixtures: &Fixtures, redactor: &Redactor) -> Result<Shown, String> {
        let text = match self.surface.as_str() {
            "header" => {
                let (name, value) = self.pair(fixtures)?;
                redactor.header(&name, value.as_bytes())
            }
            "header_map" => {
                let pairs = self.input.as_array().ok_or("the input is no list")?;
                let shown = pairs.iter().map(|pair| {
                    let part =
                        |at| pair.get(at).and_then(Value::as_str).map(|it| fixtures.expand(it));
                    let (name, value) = part(0).zip(part(1)).ok_or("a header is no pair")?;
                    Ok(format!("{name}: {}", redactor.header(&name, value.as_bytes())))
                });
                shown.collect::<Result<Vec<_>, String>>()?.join("\n")
            }
            "header_bytes" => {
                let name = self.header.as_deref().ok_or("the header has no name")?;
                redactor.header(name, &self.bytes()?)
            }
            "bytes" => redactor.text(&String::from_utf8_lossy(&self.bytes()?)).into_owned(),
            "field" => {
                let (name, value) = self.pair(fixtures)?;
                redactor.field(&name, &value).into_owned()
            }
            "chunks" => {
                let chunks = self.input.as_array().ok_or("the input is no list")?;
                let mut writer = redactor.writer(Vec::new());
                for chunk in chunks.iter().filter_map(Value::as_str) {
                    let chunk = fixtures.expand(chunk);
                    writer.write_all(chunk.as_bytes()).map_err(|error| error.to_string())?;
                }
                let written = writer.finish().map_err(|error| error.to_string())?;
                String::from_utf8_lossy(&written).into_owned()
            }
            "help_link" => return Ok(Shown::Link(self.plain(fixtures)?)),
            "field_name" | "field_set" | "user_id" => return self.entry(fixtures, redactor),
            _ => self.redact(&self.plain(fixtures)?, redactor).ok_or("the surface is not known")?,
        };
        Ok(Shown::Text(match self.truncate_to {
            Some(limit) => neutralise(&text, limit),
            None => text,
        }))
    }

    /// Redacts what was redacted, where that is of the same kind as before.
    pub(crate) fn show_again(&self, text: &str, redactor: &Redactor) -> Option<String> {
        self.redact(text, redactor)
    }

    fn redact(&self, text: &str, redactor: &Redactor) -> Option<String> {
        match self.surface.as_str() {
            "form_body" => Some(redactor.form(text)),
            "json_body" | "json_body_text" => {
                Some(redactor.body(Some("application/json"), text.as_bytes()))
            }
            "text" => Some(redactor.text(text).into_owned()),
            "url" => Some(redactor.url(text)),
            _ => None,
        }
    }

    fn entry(&self, fixtures: &Fixtures, redactor: &Redactor) -> Result<Shown, String> {
        let scribe = Scribe::new(redactor.clone()).identity(Identity::Named);
        let mut call = CallContext::default();
        if self.surface == "user_id" {
            call = call.user(self.plain(fixtures)?);
        }
        let mut entry = scribe.entry(&record().call(call));
        if self.surface == "field_name" {
            entry = entry.attribute(&self.plain(fixtures)?, "x");
        }
        for (name, value) in self.input.as_object().into_iter().flatten() {
            entry = entry.attribute(name, value.as_str().unwrap_or_default());
        }
        let line = entry.render(Rendering::Line);
        Ok(Shown::Entry(Box::new(entry), line))
    }

    fn plain(&self, fixtures: &Fixtures) -> Result<String, String> {
        let text = repeated(&self.input).ok_or("the input is no text")?;
        Ok(fixtures.expand(&text))
    }

    fn pair(&self, fixtures: &Fixtures) -> Result<(String, String), String> {
        let part =
            |name| self.input.get(name).and_then(Value::as_str).map(|it| fixtures.expand(it));
        part("name").zip(part("value")).ok_or_else(|| "the input is no name and value".to_owned())
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        let text = self.input_b64.as_deref().ok_or("there are no bytes")?;
        STANDARD.decode(text).map_err(|error| error.to_string())
    }
}

/// A record of which nothing is hostile.
pub(crate) fn record() -> Record {
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 });
    let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
    Record::new(UNIX_EPOCH, event).failure(failure.description("x").build())
}
