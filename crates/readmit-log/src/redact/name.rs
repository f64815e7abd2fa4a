//! What the name of a value says of it.
//!
//! A name is a row of words: `clientSecret`, `client_secret` and `CLIENT-SECRET` are the same two.
//! A word such as `secret` makes the value one, unless a word behind it says that only something
//! about the secret follows: `secret_expires_at`.

use crate::redact::word::Meaning;

/// What a name says of its value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Class {
    /// Nothing: the value is looked at for itself.
    Plain,
    /// The value is secret where it looks like one: `code`, `key`.
    Suspect,
    /// Secret by itself; a container of secrets and of more: `auth`, `session`.
    Holder,
    /// Pairs of which the values are secret.
    Cookie,
    /// A scheme, and the secret behind it.
    Credentials,
    /// The value is secret, whatever it looks like.
    Secret,
}

impl Class {
    pub(crate) fn of(name: &[u8]) -> Class {
        // Most names are one word that says nothing.
        if name.iter().all(u8::is_ascii_lowercase) && Meaning::of(name) == Meaning::default() {
            return if is_compound(name) { Class::Secret } else { Class::Plain };
        }
        let mut words = Words::default();
        words.split(name);
        words.class()
    }
}

/// The last words of a name, in lower case.
#[derive(Debug)]
struct Words {
    bytes: [u8; BYTES],
    ends: [u8; WORDS],
    count: usize,
}

impl Default for Words {
    fn default() -> Words {
        Words { bytes: [0; BYTES], ends: [0; WORDS], count: 0 }
    }
}

impl Words {
    /// Splits at what is no letter, and where a capital begins a word.
    ///
    /// Of a name that is longer than any name is, only the end counts.
    fn split(&mut self, name: &[u8]) {
        let name = &name[name.len().saturating_sub(BYTES)..];
        let mut end = 0;
        let mut before = b' ';
        for (at, &byte) in name.iter().enumerate() {
            let next_is_lower = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            let begins = byte.is_ascii_uppercase()
                && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && next_is_lower));
            if begins {
                self.close(end);
            }
            if byte.is_ascii_alphanumeric() || 0x80 <= byte {
                self.bytes[end] = byte.to_ascii_lowercase();
                end += 1;
            } else {
                self.close(end);
            }
            before = byte;
        }
        self.close(end);
    }

    fn close(&mut self, end: usize) {
        if self.count.checked_sub(1).map_or(0, |last| usize::from(self.ends[last])) == end {
            return;
        }
        if self.count == WORDS {
            self.ends.copy_within(1.., 0);
            self.count -= 1;
        }
        // At most as many as there are bytes.
        self.ends[self.count] = u8::try_from(end).unwrap_or(u8::MAX);
        self.count += 1;
    }

    /// The word at this place, without the digits that number it.
    fn word(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| usize::from(self.ends[before]));
        let word = &self.bytes[start..usize::from(self.ends[at])];
        let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == word.len() { word } else { &word[..word.len() - digits] }
    }

    fn class(&self) -> Class {
        let mut class = Class::Plain;
        let mut before = Meaning::default();
        for at in 0..self.count {
            let word = self.word(at);
            let meaning = Meaning::of(word);
            let is_last = at + 1 == self.count;
            let found = match () {
                () if meaning.has(Meaning::KEY) => key(before),
                () if meaning.has(Meaning::TOKEN) => token(before),
                () if meaning.has(Meaning::CODE) => code(before),
                () if word == b"id" && class != Class::Plain && self.keeps_its_id(at) => {
                    Class::Secret
                }
                () => alone(word, meaning, before, is_last),
            };
            if found != Class::Plain {
                class = stronger(class, found);
            } else if meaning.has(Meaning::DESCRIBES) {
                class = Class::Plain;
            }
            before = meaning;
        }
        class
    }

    /// Whether the id of what stands before it is as secret as that: `session_id`, `secret_id`,
    /// and the `access_key_id` that names an account.
    fn keeps_its_id(&self, at: usize) -> bool {
        let before = |steps: usize| at.checked_sub(steps).map(|at| self.word(at));
        match before(1) {
            Some(b"session" | b"secret" | b"cookie") => true,
            Some(b"key") => before(2) == Some(b"access"),
            _ => false,
        }
    }
}

/// The later word says what the value is, but never makes less of an earlier one.
fn stronger(before: Class, found: Class) -> Class {
    let rank = |class| match class {
        Class::Plain => 0,
        Class::Suspect => 1,
        Class::Holder => 2,
        Class::Cookie => 3,
        Class::Credentials => 4,
        Class::Secret => 5,
    };
    if rank(before) <= rank(found) { found } else { before }
}

/// What `key` means behind this word.
fn key(before: Meaning) -> Class {
    if before.has(Meaning::OPENS) {
        Class::Secret
    } else if before.has(Meaning::NAMES) {
        Class::Plain
    } else {
        Class::Suspect
    }
}

/// What `token` means behind this word: some mark a place in a list, others are counted.
fn token(before: Meaning) -> Class {
    if before.has(Meaning::COUNTS) { Class::Plain } else { Class::Secret }
}

/// What `code` means behind this word: one that a person types, or one of an error.
fn code(before: Meaning) -> Class {
    if before.has(Meaning::TYPED) {
        Class::Secret
    } else if before.has(Meaning::REPORTS) {
        Class::Plain
    } else {
        Class::Suspect
    }
}

/// What a word means that has a meaning of its own.
fn alone(word: &[u8], meaning: Meaning, before: Meaning, is_last: bool) -> Class {
    let behind = |marker, first| meaning.has(marker) && before.has(first);
    if meaning == Meaning::default() {
        return if is_compound(word) { Class::Secret } else { Class::Plain };
    }
    if meaning.has(Meaning::CREDENTIALS) {
        Class::Credentials
    } else if meaning.has(Meaning::COOKIE) {
        Class::Cookie
    } else if meaning.has(Meaning::HOLDER) {
        Class::Holder
    } else if meaning.has(Meaning::SECRET)
        || (meaning.has(Meaning::LOGIN) && is_last)
        || behind(Meaning::STRING, Meaning::CONNECTS)
        || behind(Meaning::STATE, Meaning::RELAYS)
    {
        Class::Secret
    } else if meaning.has(Meaning::SUSPECT) || meaning.has(Meaning::LOGIN) {
        Class::Suspect
    } else {
        Class::Plain
    }
}

/// Whether a word ends in one that says `secret`, long enough to be meant whatever stands before it:
/// `dbpassword`, `accesstoken`; or begins so.
fn is_compound(word: &[u8]) -> bool {
    let stems: &[&str] = match word.last() {
        Some(b'd') => &["password", "passwd", "sessionid", "sessid"],
        Some(b'e') => &["passphrase", "signature", "cookie"],
        Some(b'l') => &["credential"],
        Some(b'n') => &["token", "authorization"],
        Some(b's') => &["tokens", "passwords", "credentials"],
        Some(b't') => &["secret"],
        Some(b'y') => &["apikey", "accesskey", "secretkey", "privatekey"],
        _ => &[],
    };
    let stem = stems.iter().find(|stem| word.ends_with(stem.as_bytes()));
    let Some(stem) = stem else {
        return word.starts_with(b"passwd")
            || (word.starts_with(b"password") && !word.starts_with(b"passwordless"));
    };
    let prefix = &word[..word.len() - stem.len()];
    !(stem.starts_with("token") && Meaning::of(prefix).has(Meaning::COUNTS))
}

/// Bytes of a name that count.
const BYTES: usize = 96;
/// Words of a name that count.
const WORDS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_however_a_name_is_spelled_its_words_count() {
        for name in [
            "password",
            "PASSWORD",
            "user.password",
            "DB_PASSWORD",
            "dbpassword",
            "password2",
            "newPassword",
            "password_confirmation",
            "passwordHash",
            "clientSecret",
            "CLIENT_SECRET",
            "client-secret",
            "accessToken",
            "access_token",
            "csrftoken",
            "id_token_hint",
            "apikey",
            "apiKey",
            "APIKey",
            "x-api-key",
            "AWSAccessKeyId",
            "aws_access_key_id",
            "JSESSIONID",
            "PHPSESSID",
            "session_id",
            "SID",
            "SAMLResponse",
            "RelayState",
            "X-Amz-Signature",
            "X-Amz-Credential",
            "sig",
            "otp",
            "user_code",
            "connectionString",
            "private_key",
            "jwt",
            "tokens",
            "pin",
            "pass",
            "x-csrf-token",
            "secret_id",
        ] {
            assert_eq!(Class::of(name.as_bytes()), Class::Secret, "{name}");
        }
        assert_eq!(Class::of(b"X-Forwarded-Authorization"), Class::Credentials);
        assert_eq!(Class::of(b"Set-Cookie"), Class::Cookie);
        assert_eq!(Class::of(b"auth"), Class::Holder);
        assert_eq!(Class::of(b"key"), Class::Suspect);
    }

    #[test]
    fn r82_what_is_said_about_a_secret_is_none() {
        for name in [
            "token_type",
            "token_count",
            "max_tokens",
            "total_tokens",
            "nextPageToken",
            "key_id",
            "subject_token_type",
            "password_changed_at",
            "tokenExpiresAt",
            "token_url",
            "public_key",
            "primary_key",
            "error_code",
            "status_code",
            "country_code",
            "secret_name",
            "keyId",
            "readmit.auth.token.age_s",
            "readmit.auth.credential.source",
            "authentication_method",
            "http.response.status_code",
            "idempotency-key",
        ] {
            assert_eq!(Class::of(name.as_bytes()), Class::Plain, "{name}");
        }
    }

    #[test]
    fn r82_a_word_within_another_says_nothing() {
        for name in [
            "author",
            "monkey",
            "passenger_count",
            "compass",
            "secretary",
            "keyboard",
            "codec",
            "statement",
            "pinned",
            "passwordless",
            "turkey",
            "essential",
            "signal",
        ] {
            assert_eq!(Class::of(name.as_bytes()), Class::Plain, "{name}");
        }
    }

    #[test]
    fn the_end_of_a_name_without_end_counts() {
        let name = format!("{}_password", "very_".repeat(1_000));

        assert_eq!(Class::of(name.as_bytes()), Class::Secret);
        assert_eq!(Class::of("a-".repeat(1_000).as_bytes()), Class::Plain);
    }
}
