use std::fmt;
use std::time::{Duration, SystemTime};

use readmit_error::{Action, Failure, neutralise};

use crate::phrase::{Phrase, Wait};
use crate::technical::{Redact, details_of, shown};
use crate::{Audience, Catalogue, Message};

/// Collects what a [`Message`] is to say beside the failure; [`Catalogue::message`] begins one.
///
/// # Example
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use readmit_error::{Failure, Kind, Origin, RetryAfter};
/// use readmit_message::{Audience, Catalogue};
///
/// let told_at = SystemTime::UNIX_EPOCH;
/// let failure = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
///     .retry_after(RetryAfter::new(Duration::from_secs(300), told_at))
///     .build();
///
/// let message = Catalogue::english()
///     .message(&failure)
///     .audience(Audience::Developer)
///     .host("api.example.com")
///     .credential("env:API_TOKEN")
///     .now(told_at + Duration::from_secs(60))
///     .build();
/// assert_eq!(message.when_retry(), Some("You can try again in 4 minutes."));
/// ```
#[derive(Clone, Copy)]
#[must_use]
pub struct MessageBuilder<'c> {
    catalogue: &'c Catalogue,
    failure: &'c Failure,
    audience: Audience,
    credential: Option<&'c str>,
    host: Option<&'c str>,
    now: Option<SystemTime>,
    redact: Option<Redact<'c>>,
}

impl<'c> MessageBuilder<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue, failure: &'c Failure) -> MessageBuilder<'c> {
        MessageBuilder {
            catalogue,
            failure,
            audience: Audience::default(),
            credential: None,
            host: None,
            now: None,
            redact: None,
        }
    }

    /// Sets whom the message is for: [`Audience::User`] by default.
    pub fn audience(mut self, audience: Audience) -> MessageBuilder<'c> {
        self.audience = audience;
        self
    }

    /// Names where the credential that was presented came from, such as `env:API_TOKEN` or
    /// `keyring`; never the credential.
    pub fn credential(mut self, source: &'c str) -> MessageBuilder<'c> {
        self.credential = Some(source);
        self
    }

    /// Names the host that was called. Of an address, the host and the port are kept.
    pub fn host(mut self, host: &'c str) -> MessageBuilder<'c> {
        self.host = Some(host);
        self
    }

    /// Sets the time by the wall clock, so that a wait that was told some time ago is told as what
    /// is left of it. By default it is told as it was.
    pub fn now(mut self, now: SystemTime) -> MessageBuilder<'c> {
        self.now = Some(now);
        self
    }

    /// Takes secrets out of whatever the server wrote, before it is neutralised and shown.
    ///
    /// [`Failure::redact`] does so for a credential that is at hand; this is for a redactor that
    /// knows more.
    pub fn redact(mut self, redact: &'c dyn Fn(&str) -> String) -> MessageBuilder<'c> {
        self.redact = Some(redact);
        self
    }

    /// Returns the message.
    #[must_use]
    pub fn build(self) -> Message {
        let MessageBuilder { catalogue, failure, audience, .. } = self;
        let entry = catalogue.entry(failure);
        let retry_after = failure.retry_after().map(|hint| match self.now {
            Some(now) => hint.remaining(now),
            None => hint.delay(),
        });
        let of_server = |text: Option<&str>| text.map(|text| shown(text, self.redact));
        Message {
            action: failure.action(),
            actions: self.actions(),
            audience,
            code: of_server(failure.code()),
            credential: self.credential.map(|source| neutralise(source, NAME_LIMIT)),
            details: details_of(failure, self.redact),
            help_link: entry.help_link(),
            host: self.host.map(host_of),
            kind: failure.kind(),
            language: catalogue.speaks().clone(),
            message: entry.message(audience).to_owned(),
            request_id: of_server(failure.request_id()),
            retry_after,
            retryable: failure.is_retryable(),
            severity: entry.severity(),
            status: failure.status(),
            timestamp: failure.timestamp(),
            title: entry.title().to_owned(),
            when_retry: retry_after.and_then(|delay| self.when(delay)),
        }
    }

    fn actions(&self) -> Vec<String> {
        let entry = self.catalogue.entry(self.failure);
        let language = self.catalogue.speaks();
        let mut actions: Vec<String> =
            entry.actions(self.audience).into_iter().map(str::to_owned).collect();
        let command = match self.audience {
            Audience::User | Audience::Developer => {
                self.catalogue.command_for(self.failure.action())
            }
            Audience::Administrator => None,
        };
        if let Some(command) = command {
            let command = neutralise(command, COMMAND_LIMIT);
            actions.push(language.phrase(Phrase::RunCommand(&command)));
        }
        if repeats(self.failure.action()) && !self.failure.replay().is_safe() {
            actions.push(language.phrase(Phrase::CheckFirst));
        }
        actions
    }

    fn when(&self, delay: Duration) -> Option<String> {
        let wait = Wait::of(delay)?;
        Some(self.catalogue.speaks().phrase(Phrase::Wait(wait)))
    }
}

/// Whether the action is to send the same request again.
fn repeats(action: Action) -> bool {
    match action {
        Action::RetryWithBackoff | Action::WaitAndRetry => true,
        Action::ContactSupport
        | Action::FixClock
        | Action::ReAuthenticate
        | Action::ReduceLoadOrUpgrade
        | Action::RefreshToken
        | Action::ResendWithNonce
        | Action::ReviewRequest
        | Action::StepUp
        | Action::VerifyPermissions
        | Action::VerifyResource => false,
    }
}

/// Returns the host and the port: a user, a path or a query in it may be secret.
fn host_of(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    neutralise(host, NAME_LIMIT)
}

/// What was set, without a word of the server's.
impl fmt::Debug for MessageBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageBuilder")
            .field("kind", &self.failure.kind())
            .field("audience", &self.audience)
            .field("credential", &self.credential)
            .field("host", &self.host.map(host_of))
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// Characters of a host or of the name of a source.
const NAME_LIMIT: usize = 128;
/// Characters of a command.
const COMMAND_LIMIT: usize = 512;

#[cfg(test)]
mod tests {
    use readmit_error::{Kind, Origin, RetryAfter};

    use super::*;

    #[test]
    fn of_an_address_the_host_and_the_port_are_kept() {
        for (address, host) in [
            ("api.example.com", "api.example.com"),
            ("api.example.com:8443", "api.example.com:8443"),
            ("https://me:s3cret@api.example.com/a?token=s3cret#x", "api.example.com"),
            ("api\u{1b}[31m", "api\\u{1b}[31m"),
        ] {
            assert_eq!(host_of(address), host);
        }
    }

    #[test]
    fn what_may_be_done_already_is_not_simply_done_again() {
        let catalogue = Catalogue::english();
        let check =
            "If this was to change something, check first whether it has been done already.";
        let last = |kind, status| {
            let failure = Failure::builder(kind, Origin::Answer { status }).build();
            catalogue.message(&failure).build().actions().last().cloned()
        };

        assert_eq!(last(Kind::Gateway, 502).as_deref(), Some(check));
        assert_ne!(last(Kind::RateLimited, 429).as_deref(), Some(check));
        assert_ne!(last(Kind::Unknown, 500).as_deref(), Some(check));
    }

    #[test]
    fn a_wait_is_told_as_what_is_left_of_it() {
        let catalogue = Catalogue::english();
        let since = SystemTime::UNIX_EPOCH;
        let failure = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
            .retry_after(RetryAfter::new(Duration::from_secs(60), since))
            .build();
        let told = catalogue.message(&failure);

        let [as_told, half, over] = [None, Some(30), Some(61)].map(|passed| match passed {
            None => told.build(),
            Some(seconds) => told.now(since + Duration::from_secs(seconds)).build(),
        });

        assert_eq!(as_told.when_retry(), Some("You can try again in 1 minute."));
        assert_eq!(half.when_retry(), Some("You can try again in 30 seconds."));
        assert_eq!(over.when_retry(), Some("You can try again now."));
    }

    #[test]
    fn r55_neither_debug_shows_what_the_server_said() {
        let failure = Failure::builder(Kind::Unknown, Origin::Answer { status: 500 })
            .description("s3cret")
            .json(r#"{"details": {"field": "s3cret"}}"#)
            .build();
        let catalogue = Catalogue::english();
        let builder = catalogue.message(&failure).host("https://x:s3cret@a.example");

        let shown = format!("{builder:?} {:?} {}", builder.build(), builder.build());

        assert!(shown.contains("server_said") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn r56_a_redactor_sees_every_text_of_the_servers() {
        let failure = Failure::builder(Kind::Unknown, Origin::Answer { status: 500 })
            .code("a s3cret")
            .description("b s3cret")
            .request_id("c s3cret")
            .because("d s3cret")
            .build();
        let catalogue = Catalogue::english();

        let message =
            catalogue.message(&failure).redact(&|text| text.replace("s3cret", "\u{1b}")).build();

        let json = message.json();
        assert!(!json.contains("s3cret"), "{json}");
        assert!(json.contains("b \\\\u{1b}"), "what a redactor writes is neutralised too: {json}");
    }
}
