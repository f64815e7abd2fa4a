use std::fmt;
use std::time::{Duration, SystemTime};

use readmit_error::event::Severity;
use readmit_error::{Action, Kind};

use crate::language::Language;
use crate::phrase::{Label, Phrase};
use crate::{Audience, Detail};

/// What a person is told of one failure, ready for a terminal, a web page or another program.
///
/// Title, message and actions are the catalogue's words and never the server's (rule 94); those
/// stand, redacted and neutralised, in the [technical details](Message::technical_details).
/// [`Display`](fmt::Display) is the title and the message; [`Debug`] shows no word of the server's
/// but its request id.
///
/// | for | method | escaped |
/// |---|---|---|
/// | a log, a mail, a dialog | [`plain`](Message::plain) | what acts or hides |
/// | a terminal | [`terminal`](Message::terminal) | the same, and wrapped |
/// | a web page | [`html`](Message::html) | the same, and markup |
/// | a program | [`json`](Message::json), [`problem`](Message::problem), `serde` | as JSON, fit for a script element |
///
/// # Example
///
/// ```
/// use readmit_error::{Failure, Kind, Origin};
/// use readmit_message::Catalogue;
///
/// let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
///     .description("no such user: eve")
///     .request_id("req_1")
///     .build();
///
/// let message = Catalogue::english().message(&failure).build();
/// assert_eq!(message.message(), "The service did not accept the sign-in details.");
/// assert_eq!(message.request_id(), Some("req_1"));
/// ```
#[derive(Clone)]
pub struct Message {
    pub(crate) action: Action,
    pub(crate) actions: Vec<String>,
    pub(crate) audience: Audience,
    pub(crate) code: Option<String>,
    pub(crate) credential: Option<String>,
    pub(crate) details: Vec<Detail>,
    pub(crate) help_link: String,
    pub(crate) host: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) language: Language,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) retryable: bool,
    pub(crate) severity: Severity,
    pub(crate) status: Option<u16>,
    pub(crate) timestamp: Option<SystemTime>,
    pub(crate) title: String,
    pub(crate) when_retry: Option<String>,
}

impl Message {
    /// Returns the message without its technical details, for people who are not to see what a
    /// server of yours said.
    #[must_use]
    pub fn without_details(mut self) -> Message {
        self.details = Vec::new();
        self
    }

    /// Returns the title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns what happened and why.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what to do, step by step; never empty.
    #[must_use]
    pub fn actions(&self) -> &[String] {
        &self.actions
    }

    /// Returns the next step as programs know it.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns where to read more: an absolute address out of the catalogue.
    #[must_use]
    pub fn help_link(&self) -> &str {
        &self.help_link
    }

    /// Returns what to tell support; empty after [`without_details`](Message::without_details).
    #[must_use]
    pub fn technical_details(&self) -> &[Detail] {
        &self.details
    }

    /// Returns when it happened, by the wall clock of the client.
    #[must_use]
    pub fn timestamp(&self) -> Option<SystemTime> {
        self.timestamp
    }

    /// Returns what the provider's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns when to try again, as a sentence, where somebody said so.
    #[must_use]
    pub fn when_retry(&self) -> Option<&str> {
        self.when_retry.as_deref()
    }

    /// Returns how long to wait, where somebody said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Returns whether the same request can succeed later, without a person.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// Returns what happened, in one word.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the provider's own code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns how grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns whom the message is for.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// Returns the source of the credential that was presented, such as `env:API_TOKEN`.
    #[must_use]
    pub fn credential(&self) -> Option<&str> {
        self.credential.as_deref()
    }

    /// Returns the host that was called.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Returns the tag of the language (BCP 47).
    #[must_use]
    pub fn language(&self) -> &str {
        self.language.tag()
    }

    pub(crate) fn label(&self, label: Label) -> String {
        self.language.phrase(Phrase::Label(label))
    }
}

/// The title and the message.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.message)
    }
}

/// Names, and of the server's words the request id alone.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("kind", &self.kind)
            .field("title", &self.title)
            .field("audience", &self.audience)
            .field("language", &self.language())
            .field("request_id", &self.request_id)
            .field("details", &self.details)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Message {}
