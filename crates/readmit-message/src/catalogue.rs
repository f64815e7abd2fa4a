use std::sync::Arc;

use readmit_error::event::Severity;
use readmit_error::{Action, Failure, Kind};

use crate::field::Field;
use crate::help_link::{HelpBase, HelpLink};
use crate::language::Language;
use crate::overlay::{Overlay, Words};
use crate::topic::Topic;
use crate::{BadFile, BadLink, Entry, MessageBuilder, entry};

/// What is said of each kind of failure and of each code, in one language.
///
/// A clone is cheap and shares the texts. A catalogue is made once and asked for each failure.
///
/// # Example
///
/// ```
/// use readmit_error::{Failure, Kind, Origin};
/// use readmit_message::Catalogue;
///
/// let catalogue = Catalogue::english().help_base("https://help.example.com/errors/")?;
/// let failure = Failure::builder(Kind::NotFound, Origin::Answer { status: 404 }).build();
///
/// let message = catalogue.message(&failure).build();
/// assert_eq!(message.title(), "Not found");
/// assert_eq!(message.help_link(), "https://help.example.com/errors/#not_found");
/// # Ok::<_, readmit_message::BadLink>(())
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    language: Language,
    help_base: HelpBase,
    /// The last one counts.
    overlays: Vec<Arc<Overlay>>,
    commands: Vec<(Action, String)>,
}

impl Catalogue {
    /// The documented codes, each with an entry of its own or that of the kind that it means.
    pub const CODES: [&str; 6] =
        ["AUTH_001", "AUTH_002", "AUTH_003", "AUTH_004", "RATE_001", "VAL_001"];

    /// Returns the catalogue in English.
    #[must_use]
    pub fn english() -> Catalogue {
        Catalogue::of(Language::English)
    }

    pub(crate) fn of(language: Language) -> Catalogue {
        Catalogue {
            language,
            help_base: HelpBase::DEFAULT,
            overlays: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// Sets what relative help links are resolved against (rule 93).
    ///
    /// The links of the catalogue are fragments such as `#token_expired`, so one page with an anchor
    /// for each kind is enough. By default that page is [`help`](crate::help).
    ///
    /// # Errors
    ///
    /// The base is not an `https` address; `http` is accepted on this machine alone.
    pub fn help_base(mut self, base: &str) -> Result<Catalogue, BadLink> {
        self.help_base = HelpBase::parse(base)?;
        Ok(self)
    }

    /// Names the command that takes a step, such as the one that signs a person in.
    ///
    /// It is told to users and developers where that step is the next one.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Action, Failure, Kind, Origin};
    /// use readmit_message::Catalogue;
    ///
    /// let catalogue = Catalogue::english().command(Action::ReAuthenticate, "acme login");
    /// let failure = Failure::builder(Kind::MissingCredentials, Origin::Local).build();
    ///
    /// let message = catalogue.message(&failure).build();
    /// assert_eq!(message.actions(), ["Sign in, then try again.", "Run: acme login"]);
    /// ```
    #[must_use]
    pub fn command(mut self, action: Action, command: impl Into<String>) -> Catalogue {
        self.commands.retain(|(other, _)| *other != action);
        self.commands.push((action, command.into()));
        self
    }

    /// Puts the texts of a file before those that are there: JSON with `help_base`, `kinds` and
    /// `codes`, the latter two with an object for each kind or code.
    ///
    /// | member of such an object | what it is |
    /// |---|---|
    /// | `title`, `prevention` | a text |
    /// | `causes`, `cures` | a text, or an array of texts |
    /// | `user`, `developer`, `administrator` | an object with `message`, a text, and `action`, a text or an array of texts |
    /// | `help_link` | an `https` address, or one relative to the help base |
    /// | `severity` | `info`, `warning`, `error` or `critical` |
    ///
    /// Everything may be left out, and stays as it was then; a code that is not known becomes an
    /// entry whose missing texts are those of the failure's kind. Of several files the last one
    /// counts, and a text of yours before every text of the catalogue.
    ///
    /// # Errors
    ///
    /// The file is refused whole, with the line, the reason and the cure, and the catalogue is as it
    /// was.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Failure, Kind, Origin};
    /// use readmit_message::Catalogue;
    ///
    /// let mut catalogue = Catalogue::english();
    /// catalogue.overlay(r#"{
    ///     "help_base": "https://help.acme.example/",
    ///     "kinds": {
    ///         "token_expired": {
    ///             "title": "Time for a new session",
    ///             "help_link": "sessions",
    ///             "user": {"message": "You were away for a while.", "action": "Log in again."}
    ///         }
    ///     },
    ///     "codes": {
    ///         "ACME_17": {"title": "Flow is locked", "severity": "error", "causes": ["A.", "B."]}
    ///     }
    /// }"#)?;
    ///
    /// let expired = Failure::builder(Kind::TokenExpired, Origin::Answer { status: 401 }).build();
    /// let message = catalogue.message(&expired).build();
    /// assert_eq!(message.title(), "Time for a new session");
    /// assert_eq!(message.help_link(), "https://help.acme.example/sessions");
    /// # Ok::<_, readmit_message::BadFile>(())
    /// ```
    pub fn overlay(&mut self, json: &str) -> Result<(), BadFile> {
        self.put_before(Overlay::from_json(json)?);
        Ok(())
    }

    pub(crate) fn put_before(&mut self, overlay: Overlay) {
        if let Some(base) = &overlay.help_base {
            self.help_base = base.clone();
        }
        self.overlays.push(Arc::new(overlay));
    }

    /// Begins the message for a failure.
    pub fn message<'c>(&'c self, failure: &'c Failure) -> MessageBuilder<'c> {
        MessageBuilder::new(self, failure)
    }

    /// Returns the entry of a failure: that of its code where there is one, else that of its kind.
    ///
    /// A documented code counts only where its kind is one that the code stands for, because other
    /// providers use the same codes for other things.
    #[must_use]
    pub fn entry<'c>(&'c self, failure: &'c Failure) -> Entry<'c> {
        Entry::new(self, failure.kind(), failure.code())
    }

    /// Returns the entry of a kind.
    #[must_use]
    pub fn kind(&self, kind: Kind) -> Entry<'_> {
        Entry::new(self, kind, None)
    }

    /// Returns the entry of a code; that of a code that nobody knows is the
    /// [fallback](Catalogue::fallback).
    #[must_use]
    pub fn code<'c>(&'c self, code: &'c str) -> Entry<'c> {
        Entry::new(self, Topic::kind_of(code).unwrap_or(Kind::Unknown), Some(code))
    }

    /// Returns the entry for what is not known: that of [`Kind::Unknown`].
    #[must_use]
    pub fn fallback(&self) -> Entry<'_> {
        self.kind(Kind::Unknown)
    }

    /// Returns the tag of the language (BCP 47), such as `en`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.language.tag()
    }

    pub(crate) fn speaks(&self) -> &Language {
        &self.language
    }

    pub(crate) fn command_for(&self, action: Action) -> Option<&str> {
        let found = self.commands.iter().find(|(of, _)| *of == action);
        found.map(|(_, command)| command.as_str())
    }

    pub(crate) fn text(&self, kind: Kind, code: Option<&str>, field: Field) -> &str {
        self.of_mine(kind, code, |words| words.text(field))
            .unwrap_or_else(|| self.language.text(topic(kind, code), field))
    }

    pub(crate) fn help_link(&self, kind: Kind, code: Option<&str>) -> String {
        match self.of_mine(kind, code, |words| words.help_link.as_ref()) {
            Some(link) => link.resolve(&self.help_base),
            None => HelpLink::to(topic(kind, code)).resolve(&self.help_base),
        }
    }

    pub(crate) fn severity(&self, kind: Kind, code: Option<&str>) -> Severity {
        self.of_mine(kind, code, |words| words.severity)
            .unwrap_or_else(|| entry::severity(kind, code))
    }

    /// Looks in the overlays, from the last to the first: for the code, then for the kind.
    fn of_mine<'c, T>(
        &'c self,
        kind: Kind,
        code: Option<&str>,
        find: impl Fn(&'c Words) -> Option<T>,
    ) -> Option<T> {
        let overlays = || self.overlays.iter().rev();
        // A documented code says what it says only of a kind that it can mean (rule 95).
        let meant = |code: &&str| Topic::kind_of(code).is_none() || Topic::of(code, kind).is_some();
        let of_code = code.filter(meant).and_then(|code| {
            overlays().find_map(|overlay| overlay.codes.get(code).and_then(&find))
        });
        of_code.or_else(|| overlays().find_map(|overlay| overlay.kinds.get(&kind).and_then(&find)))
    }
}

impl Default for Catalogue {
    fn default() -> Catalogue {
        Catalogue::english()
    }
}

fn topic(kind: Kind, code: Option<&str>) -> Topic {
    code.and_then(|code| Topic::of(code, kind)).unwrap_or(Topic::Kind(kind))
}

#[cfg(test)]
mod tests {
    use readmit_error::Origin;

    use super::*;
    use crate::Audience;

    #[test]
    fn r93_every_code_and_every_kind_has_an_entry_and_the_unknown_has_the_fallback() {
        let catalogue = Catalogue::english();
        let kinds = Kind::ALL.map(|kind| catalogue.kind(kind));
        let codes = Catalogue::CODES.map(|code| catalogue.code(code));

        for entry in kinds.into_iter().chain(codes) {
            assert!(entry.help_link().starts_with("https://"), "{entry:?}");
            assert!(!entry.title().is_empty() && !entry.causes().is_empty(), "{entry:?}");
        }
        assert_eq!(catalogue.code("AUTH_003").title(), catalogue.kind(Kind::TokenExpired).title());
        assert_ne!(catalogue.code("AUTH_002").title(), catalogue.fallback().title());
        assert_eq!(catalogue.code("ACME_1").title(), catalogue.fallback().title());
    }

    #[test]
    fn a_code_counts_where_it_can_mean_the_kind() {
        let catalogue = Catalogue::english();
        let title = |kind, code| {
            let failure = Failure::builder(kind, Origin::Answer { status: 401 }).code(code).build();
            catalogue.entry(&failure).title().to_owned()
        };

        assert_eq!(title(Kind::InvalidCredentials, "AUTH_002"), "Service key not accepted");
        assert_eq!(title(Kind::NotFound, "AUTH_002"), "Not found");
        assert_eq!(title(Kind::Unavailable, "HTTP_503"), "Service not available");
    }

    #[test]
    fn a_text_of_ones_own_stands_before_every_other() {
        let mut catalogue = Catalogue::english();
        catalogue
            .overlay(r#"{"kinds": {"invalid_credentials": {"title": "first", "cures": "c"}}}"#)
            .unwrap();
        catalogue
            .overlay(
                r#"{"kinds": {"invalid_credentials": {"title": "second"}},
                "codes": {"X": {"title": "of the code"}}}"#,
            )
            .unwrap();

        assert_eq!(catalogue.code("AUTH_002").title(), "second");
        assert_eq!(catalogue.code("AUTH_002").cures(), ["c"]);
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Local).code("X").build();
        assert_eq!(catalogue.entry(&failure).title(), "of the code");
        let untouched = catalogue.entry(&failure).message(Audience::User);
        assert_eq!(untouched, "The service did not accept the sign-in details.");
    }

    #[test]
    fn r95_a_text_of_ones_own_for_a_code_is_not_told_of_what_was_not_verified() {
        let mut catalogue = Catalogue::english();
        let own = r#"{"codes": {"AUTH_002": {"title": "Your key is wrong"}}}"#;
        catalogue.overlay(own).unwrap();
        let title = |kind, status| {
            let failure =
                Failure::builder(kind, Origin::Answer { status }).code("AUTH_002").build();
            catalogue.entry(&failure).title().to_owned()
        };

        assert_eq!(title(Kind::InvalidCredentials, 401), "Your key is wrong");
        assert_eq!(title(Kind::Unavailable, 503), "Service not available");
    }

    #[test]
    fn a_link_and_a_severity_of_ones_own_count_too() {
        let mut catalogue = Catalogue::english();
        catalogue
            .overlay(
                r#"{"help_base": "https://a.example/b/", "kinds": {"dns": {"severity": "info"}},
                "codes": {"X": {"help_link": "x", "severity": "critical"}}}"#,
            )
            .unwrap();

        assert_eq!(catalogue.code("X").help_link(), "https://a.example/b/x");
        assert_eq!(catalogue.code("X").severity(), Severity::Critical);
        assert_eq!(catalogue.kind(Kind::Dns).severity(), Severity::Info);
        assert_eq!(catalogue.kind(Kind::Dns).help_link(), "https://a.example/b/#dns");
        assert_eq!(catalogue.kind(Kind::InvalidCredentials).severity(), Severity::Error);
    }

    #[test]
    fn a_command_is_for_whoever_sits_at_the_program() {
        let catalogue = Catalogue::english()
            .command(Action::ReAuthenticate, "old login")
            .command(Action::ReAuthenticate, "acme login\u{1b}[31m");
        let told = |kind, audience| {
            let failure = Failure::builder(kind, Origin::Local).build();
            catalogue.message(&failure).audience(audience).build().actions().join(" ")
        };

        let user = told(Kind::InvalidCredentials, Audience::User);
        assert!(user.ends_with(" Run: acme login\\u{1b}[31m"), "{user}");
        assert!(!told(Kind::InvalidCredentials, Audience::Administrator).contains("Run:"));
        assert!(!told(Kind::Dns, Audience::User).contains("Run:"));
    }

    #[test]
    fn a_bad_file_changes_nothing() {
        let mut catalogue = Catalogue::english();
        catalogue.overlay(r#"{"kinds": {"dns": {"title": "kept"}}}"#).unwrap();

        let refused = catalogue
            .overlay(r#"{"help_base": "https://a.example", "kinds": {"dns": {"title": ""}}}"#);

        assert!(refused.is_err());
        assert_eq!(catalogue.kind(Kind::Dns).title(), "kept");
        assert!(catalogue.kind(Kind::Dns).help_link().starts_with("https://docs.rs/"));
    }
}
