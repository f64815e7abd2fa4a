use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use crate::redact::name::Class;
use crate::redact::registered::Registered;
use crate::redact::rules::Rules;
use crate::redact::spans::MARK;
use crate::redact::{Builder, Texts, Writer, form, header, json, looks, markup, url};

/// Hides what is secret; a clone is the same redactor.
///
/// What is hidden becomes `REDACTED`. Redacting twice changes nothing more, text around a secret
/// does not bring it to light, and what is malformed is hidden rather than shown (rule 82). The time
/// it takes is proportional to the length of the text.
///
/// It makes nothing fit to be shown otherwise: [`neutralise`](readmit_error::neutralise) what comes
/// out, which an entry of the log does by itself.
///
/// # Example
///
/// ```
/// use readmit_log::redact::Redactor;
///
/// let redactor = Redactor::new();
/// redactor.register("correct horse");
///
/// assert_eq!(redactor.header("Authorization", b"Bearer abc"), "Bearer REDACTED");
/// assert_eq!(redactor.url("https://api.test/v1?page=2&key=abc"), "https://api.test/v1?page=2&key=REDACTED");
/// assert_eq!(redactor.text("login with correct%20horse"), "login with REDACTED");
/// assert_eq!(
///     redactor.body(Some("application/json"), br#"{"user":"alice","password":"abc"}"#),
///     r#"{"user":"alice","password":"REDACTED"}"#,
/// );
/// ```
#[derive(Clone, Default)]
pub struct Redactor {
    rules: Arc<Rules>,
    registered: Arc<RwLock<Arc<Registered>>>,
}

impl Redactor {
    /// Returns a redactor that knows what readmit knows.
    #[must_use]
    pub fn new() -> Redactor {
        Redactor::default()
    }

    /// Returns a builder, to add names.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn with_rules(rules: Rules) -> Redactor {
        Redactor { rules: Arc::new(rules), registered: Arc::default() }
    }

    /// Hides a value from here on wherever it turns up, and in every encoding of it: percent, base64
    /// at any offset, hexadecimal, escaped for JSON or markup; so are parts of twelve characters.
    ///
    /// Register each credential as it is issued. A value of fewer than four bytes is not looked for.
    /// Of more than 1,024 values the oldest is forgotten.
    pub fn register(&self, value: &str) {
        self.update(|registered| registered.insert(value));
    }

    /// Forgets a value, once as many have forgotten it as have registered it: two who share a
    /// redactor may use the same secret. One that never was registered is none to forget.
    pub fn forget(&self, value: &str) {
        self.update(|registered| registered.remove(value));
    }

    /// Redacts the value of a header: whole, unless the name is known to be harmless.
    ///
    /// Of credentials the scheme stays, of cookies the names, of a challenge all but nonces.
    /// A value that is not UTF-8 is read as far as it is.
    #[must_use]
    pub fn header(&self, name: &str, value: &[u8]) -> String {
        let value = String::from_utf8_lossy(value);
        self.settle(&value, |texts, value| header::redact(&texts, name, value).into_owned())
    }

    /// Redacts a URL or a reference, however malformed.
    ///
    /// Who calls is hidden, and so is each parameter of the query or fragment that is not known to
    /// be harmless.
    #[must_use]
    pub fn url(&self, url: &str) -> String {
        self.settle(url, |texts, url| {
            let clean = url::secrets(texts.rules, url.as_bytes(), 0).apply(url).into_owned();
            texts.redact(&clean, 0).map(Cow::into_owned).unwrap_or(clean)
        })
    }

    /// Redacts a body by its content type, or where there is none by what it looks like.
    ///
    /// What is not UTF-8 is read as far as it is.
    #[must_use]
    pub fn body(&self, content_type: Option<&str>, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.ends_with("x-www-form-urlencoded") {
            self.form(&text)
        } else if essence.ends_with("json") || json::may_be(&text) {
            self.json(&text)
        } else if essence.ends_with("xml") || essence.ends_with("html") || text.starts_with('<') {
            self.markup(&text)
        } else {
            self.text(&text).into_owned()
        }
    }

    /// Redacts JSON, which may be malformed or cut off.
    #[must_use]
    pub fn json(&self, json: &str) -> String {
        self.settle(json, |texts, json| {
            json::redact(&texts, json, 0).unwrap_or_else(|| json.to_owned())
        })
    }

    /// Redacts a form (`application/x-www-form-urlencoded`).
    #[must_use]
    pub fn form(&self, form: &str) -> String {
        self.settle(form, |texts, form| {
            let clean = form::secrets(&texts, form, 0).apply(form).into_owned();
            texts.redact(&clean, 0).map(Cow::into_owned).unwrap_or(clean)
        })
    }

    /// Redacts XML or HTML.
    #[must_use]
    pub fn markup(&self, markup: &str) -> String {
        self.settle(markup, |texts, markup| {
            let clean = markup::secrets(&texts, markup).apply(markup).into_owned();
            texts.redact(&clean, 0).map(Cow::into_owned).unwrap_or(clean)
        })
    }

    /// Redacts text of which nothing is known: an error, a panic, a line of a log.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.with(|texts| texts.redact(text, 0)) {
            None => Cow::Borrowed(text),
            Some(_) => Cow::Owned(self.settle(text, |texts, text| {
                texts.redact(text, 0).unwrap_or(Cow::Borrowed(text)).into_owned()
            })),
        }
    }

    /// Redacts the value of a field by its name, and otherwise by what it says.
    #[must_use]
    pub fn field<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        if value.is_empty() {
            return Cow::Borrowed(value);
        }
        match self.rules.class(name.as_bytes()) {
            Class::Cookie | Class::Credentials | Class::Holder | Class::Secret => {
                return Cow::Borrowed(MARK);
            }
            Class::Suspect if looks::is_random(value.as_bytes()) => return Cow::Borrowed(MARK),
            Class::Plain | Class::Suspect => {}
        }
        match self.with(|texts| texts.redact_value(value, 0)) {
            None => Cow::Borrowed(value),
            Some(_) => Cow::Owned(self.settle(value, |texts, value| {
                texts.redact_value(value, 0).unwrap_or_else(|| value.to_owned())
            })),
        }
    }

    /// Returns a writer that redacts, line by line, what it passes on.
    pub fn writer<W: io::Write>(&self, to: W) -> Writer<W> {
        Writer::new(self.clone(), to)
    }

    /// Redacts until there is nothing more to redact: where something is gone, what is left may read
    /// as a name and a value, which it was not before.
    ///
    /// What does not settle is hidden whole.
    fn settle(&self, text: &str, redact: impl Fn(Texts<'_>, &str) -> String) -> String {
        self.with(|texts| {
            let mut clean = redact(texts, text);
            if clean == text {
                return clean;
            }
            for _ in 0..MOST_PASSES {
                let cleaner = redact(texts, &clean);
                if cleaner == clean {
                    return clean;
                }
                clean = cleaner;
            }
            MARK.to_owned()
        })
    }

    fn with<T>(&self, read: impl FnOnce(Texts<'_>) -> T) -> T {
        // A panic while the index was replaced leaves the old one, which is whole.
        let registered = self.registered.read().unwrap_or_else(PoisonError::into_inner).clone();
        read(Texts { rules: &self.rules, registered: &registered })
    }

    fn update(&self, change: impl FnOnce(&mut Registered)) {
        let mut registered = self.registered.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut registered));
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

/// A second pass finds nearly nothing, a third one nothing.
const MOST_PASSES: usize = 4;
