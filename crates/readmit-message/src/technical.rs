use readmit_error::{Failure, Origin, Replay, neutralise};

/// One line of the technical details of a [`Message`](crate::Message): a name and a value.
///
/// The names are the same in every language, for whoever is asked to read them out.
///
/// # Example
///
/// ```
/// use readmit_error::{Failure, Kind, Origin};
/// use readmit_message::Catalogue;
///
/// let failure = Failure::builder(Kind::Conflict, Origin::Answer { status: 409 })
///     .description("version 3 expected")
///     .build();
///
/// let catalogue = Catalogue::english();
/// let message = catalogue.message(&failure).build();
/// let said = message.technical_details().iter().find(|detail| detail.name() == "server_said");
/// assert_eq!(said.map(|detail| detail.value()), Some("version 3 expected"));
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Detail {
    name: &'static str,
    value: String,
}

impl Detail {
    /// Returns the name in snake case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the value: redacted, bounded and neutralised, but perhaps somebody else's words.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// The name without the value.
impl std::fmt::Debug for Detail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Takes secrets out of a text of somebody else's.
pub(crate) type Redact<'a> = &'a dyn Fn(&str) -> String;

/// Returns what support asks for; each text of the server's is redacted, then bounded and
/// neutralised once more.
pub(crate) fn details_of(failure: &Failure, redact: Option<Redact<'_>>) -> Vec<Detail> {
    let mut details = vec![
        Detail { name: "kind", value: failure.kind().as_str().to_owned() },
        Detail { name: "origin", value: origin(failure.origin()) },
        Detail { name: "may_be_done_already", value: replay(failure.replay()).to_owned() },
    ];
    let mut add = |name, text: &str| {
        details.push(Detail { name, value: shown(text, redact) });
    };
    if let Some(code) = failure.code() {
        add("code", code);
    }
    if let Some(description) = failure.description() {
        add("server_said", description);
    }
    if let Some(field) = failure.details().field() {
        add("field", field);
    }
    let denied = failure.denied();
    for (name, names) in
        [("permissions_needed", &denied.permissions), ("scopes_needed", &denied.scopes)]
    {
        if !names.is_empty() {
            add(name, &names.join(" "));
        }
    }
    for (name, text) in [
        ("role_needed", &denied.role),
        ("organization", &denied.organization),
        ("resource", &denied.resource),
    ] {
        if let Some(text) = text {
            add(name, text);
        }
    }
    add("recognised_by", failure.because());
    details
}

/// Makes a text of somebody else's fit to be shown.
pub(crate) fn shown(text: &str, redact: Option<Redact<'_>>) -> String {
    match redact {
        Some(redact) => neutralise(&redact(text), LIMIT),
        None => neutralise(text, LIMIT),
    }
}

fn origin(origin: Origin) -> String {
    match origin {
        Origin::Answer { status } => format!("HTTP {status}"),
        Origin::Local => "decided here, not sent".to_owned(),
        Origin::Transport(transport) => transport.to_string(),
    }
}

fn replay(replay: Replay) -> &'static str {
    match replay {
        Replay::NotProcessed => "no",
        Replay::PossiblyProcessed => "perhaps",
        Replay::Processed => "yes",
    }
}

/// Characters of a text of somebody else's.
const LIMIT: usize = 512;
