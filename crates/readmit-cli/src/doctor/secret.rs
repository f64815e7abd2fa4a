use std::fmt;

use readmit_error::{Failure, neutralise, redact};
use readmit_log::redact::Redactor;

/// A credential, and what keeps it from being shown in any spelling (rule 82).
#[derive(Clone)]
pub(super) struct Secret {
    value: String,
    redactor: Redactor,
}

impl Secret {
    pub(super) fn new(value: String) -> Secret {
        let redactor = Redactor::new();
        redactor.register(&value);
        // Each part of `user:password` is a secret of its own, and so is each of a JWT.
        let parts = value.split([':', '.']).filter(|part| TELLING <= part.len());
        parts.for_each(|part| redactor.register(part));
        Secret { value, redactor }
    }

    pub(super) fn expose(&self) -> &str {
        &self.value
    }

    pub(super) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Makes a text of somebody else's fit to be shown.
    pub(super) fn clean(&self, text: &str) -> String {
        // A value too short for the redactor to look for is looked for here.
        let text = redact(text, &self.value);
        neutralise(&self.redactor.text(&text), SHOWN)
    }

    pub(super) fn redact(&self, failure: Failure) -> Failure {
        failure.redact(&self.value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Makes a text fit to be shown where there may be no credential.
pub(super) fn clean(secret: Option<&Secret>, text: &str) -> String {
    match secret {
        Some(secret) => secret.clean(text),
        None => neutralise(&Redactor::new().text(text), SHOWN),
    }
}

/// Characters of a text of the server's that are shown.
const SHOWN: usize = 200;
/// Bytes from which a part of a credential tells something.
const TELLING: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_no_spelling_of_a_credential_is_shown() {
        let secret = Secret::new("user name:pass/word+1".to_owned());

        for text in [
            "you sent user name:pass/word+1",
            "you sent dXNlciBuYW1lOnBhc3Mvd29yZCsx",
            "you sent user+name%3Apass%2Fword%2B1",
            "wrong: pass/word+1",
            "75736572206e616d653a706173732f776f72642b31",
        ] {
            let clean = secret.clean(text);

            assert!(clean.contains("REDACTED"), "{clean}");
            assert!(!clean.contains("word"), "{clean}");
        }
        assert!(!format!("{secret:?}").contains("word"));
    }
}
