use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use readmit_error::{Failure, neutralise, redact};

/// A credential, and all spellings of it that must not be shown (rule 82).
#[derive(Clone)]
pub(super) struct Secret {
    value: String,
    spellings: Vec<String>,
}

impl Secret {
    pub(super) fn new(value: String) -> Secret {
        let percent = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let hex = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        let encoded = [STANDARD.encode(&value), URL_SAFE_NO_PAD.encode(&value), percent, hex];
        // Each part of `user:password` is a secret of its own, and so is each of a JWT.
        let parts = value.split([':', '.']).filter(|part| TELLING <= part.len());
        let mut spellings: Vec<String> = parts.map(str::to_owned).collect();
        spellings.extend(encoded);
        spellings.push(value.clone());
        spellings.retain(|spelling| !spelling.is_empty());
        Secret { value, spellings }
    }

    pub(super) fn expose(&self) -> &str {
        &self.value
    }

    /// Makes a text of somebody else's fit to be shown.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for spelling in &self.spellings {
            clean = redact(&clean, spelling).into_owned();
        }
        neutralise(&clean, SHOWN)
    }

    pub(super) fn redact(&self, failure: Failure) -> Failure {
        self.spellings.iter().fold(failure, |failure, spelling| failure.redact(spelling))
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
        None => neutralise(text, SHOWN),
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
