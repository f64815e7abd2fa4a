//! Where the credential comes from, and whether it looks like one.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};

use super::check::Finding;
use super::options::Options;
use super::secret::Secret;
use crate::trouble::Trouble;

/// A credential, where it was found, and where another one was.
#[derive(Debug)]
pub(super) struct Credential {
    pub(super) secret: Secret,
    source: String,
    /// Other places that have another value.
    shadowed: Vec<String>,
    scheme: Option<String>,
    header: Option<HeaderName>,
}

impl Credential {
    /// Looks into the file and the variables, in this order.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn find(options: &Options) -> Result<Option<Credential>, Trouble> {
        let mut places = Vec::new();
        if let Some(path) = &options.token_file {
            places.push((format!("file:{}", path.display()), read(path)?));
        }
        for name in &options.token_env {
            let value = std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
            places.extend(value.map(|value| (format!("env:{name}"), value)));
        }
        let mut places = places.into_iter();
        let Some((source, value)) = places.next() else { return Ok(None) };
        let shadowed = places.filter(|(_, other)| other.trim() != value.trim());
        Ok(Some(Credential {
            shadowed: shadowed.map(|(place, _)| place).collect(),
            // A file ends with the end of a line, which is no part of the credential.
            secret: Secret::new(value.trim_end_matches(['\r', '\n']).to_owned()),
            source,
            scheme: options.header.is_none().then(|| options.scheme.clone()),
            header: options.header.clone(),
        }))
    }

    pub(super) fn source(&self) -> Finding {
        let length = self.secret.expose().chars().count();
        Finding::ok(format!("the credential comes from {}", self.source))
            .seen(format!("{length} characters, sent {}", self.sent_as()))
    }

    pub(super) fn shadowing(&self) -> Finding {
        if self.shadowed.is_empty() {
            return Finding::ok("no other place has another credential");
        }
        let others = self.shadowed.join(", ");
        Finding::warn(format!("{} hides another credential in {others}", self.source))
            .fix(format!("remove the one that is not meant: {}, or {others}", self.source))
    }

    /// Whether it looks like a credential, or like what people put in its place.
    pub(super) fn form(&self) -> Finding {
        let value = self.secret.expose();
        let scheme = value.split_once(' ').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let named = scheme.filter(|it| ["bearer", "basic", "token", "dpop"].contains(&it.as_str()));
        let is_basic = self.is_basic();
        match () {
            () if value.trim().is_empty() => {
                Finding::fail("the credential is empty").fix(format!("put it into {}", self.source))
            }
            () if named.is_some() => {
                Finding::fail("the credential begins with a scheme, which is then sent twice")
                    .fix("leave the scheme out of it; --scheme says another one")
            }
            () if is_quoted(value) => Finding::fail("the credential stands in quotes")
                .fix("leave the quotes out: in a .env file or a container they are part of it"),
            () if is_placeholder(value) => {
                Finding::fail("the credential is a placeholder and no credential")
                    .fix(format!("put the real one into {}", self.source))
            }
            () if value.chars().any(|c| c.is_control() || !c.is_ascii()) => {
                Finding::fail("the credential has characters that no header can carry")
                    .fix("copy it again: a quotation mark, a dash or an end of line came along")
            }
            () if value.contains(' ') && !is_basic => {
                Finding::fail("the credential has a space in it").fix("copy it again, without it")
            }
            () if value.ends_with("...") => {
                Finding::fail("the credential ends in dots, as what was cut when it was shown")
                    .fix("copy it from where it is shown whole")
            }
            () => Finding::ok("it looks like a credential"),
        }
    }

    /// Returns the header that carries it.
    pub(super) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let value = self.secret.expose();
        let text = match &self.scheme {
            None => value.to_owned(),
            Some(_) if self.is_basic() && value.contains(':') => {
                format!("Basic {}", STANDARD.encode(value))
            }
            Some(scheme) => format!("{scheme} {value}"),
        };
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some((self.header.clone().unwrap_or(AUTHORIZATION), value))
    }

    fn is_basic(&self) -> bool {
        self.scheme.as_ref().is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"))
    }

    fn sent_as(&self) -> String {
        match (&self.scheme, &self.header) {
            (_, Some(name)) => format!("in {name}"),
            (Some(scheme), None) => format!("in authorization, as {scheme}"),
            (None, None) => "in authorization".to_owned(),
        }
    }
}

fn read(path: &Path) -> Result<String, Trouble> {
    let mut text = Vec::new();
    let is_stdin = path.as_os_str() == "-";
    let read = if is_stdin {
        io::stdin().lock().take(LIMIT).read_to_end(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut text))
    };
    read.map_err(|error| Trouble::unreadable(&path.display().to_string(), &error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn is_quoted(value: &str) -> bool {
    ['"', '\'', '`'].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote))
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let brackets = [("<", ">"), ("${", "}"), ("{{", "}}"), ("[", "]"), ("%", "%")];
    let words = ["changeme", "change-me", "redacted", "undefined", "null", "none", "todo"];
    brackets.iter().any(|(open, close)| lower.starts_with(open) && lower.ends_with(close))
        || words.contains(&lower.as_str())
        || lower.starts_with("your-")
        || lower.starts_with("your_")
        || (!lower.is_empty() && lower.bytes().all(|byte| matches!(byte, b'x' | b'*' | b'.')))
}

/// Bytes of a file that are read: no credential is longer.
const LIMIT: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;

    #[test]
    fn what_people_put_in_the_place_of_a_credential_is_found() {
        for value in [
            "",
            "  ",
            "Bearer abc",
            "\"abc\"",
            "${API_TOKEN}",
            "<your token>",
            "YOUR_TOKEN_HERE",
            "changeme",
            "xxxxxxxx",
            "abc def",
            "abc\u{2019}",
            "abc\ndef",
            "abcdef...",
        ] {
            assert_eq!(credential(value, "Bearer").form().status, Status::Fail, "{value:?}");
        }
        for value in ["abc", "a.b.c", "testkit-access-1", "exp-...x", "null-terminated-key"] {
            assert_eq!(credential(value, "Bearer").form().status, Status::Ok, "{value:?}");
        }
        assert_eq!(credential("user:pass word", "Basic").form().status, Status::Ok);
    }

    #[test]
    fn it_is_sent_as_was_said() {
        let header = |value, scheme| {
            let (_, value) = credential(value, scheme).header().unwrap();
            assert!(value.is_sensitive());
            value.to_str().unwrap().to_owned()
        };

        assert_eq!(header("abc", "Bearer"), "Bearer abc");
        assert_eq!(header("abc", "Basic"), "Basic abc");
        assert_eq!(header("u:p", "basic"), "Basic dTpw");
        assert_eq!(header("abc", "token"), "token abc");
    }

    #[test]
    fn r55_no_finding_repeats_the_credential() {
        let credential = credential("Bearer s3cret-token", "Bearer");

        let told = format!("{:?} {:?} {credential:?}", credential.form(), credential.source());

        assert!(!told.contains("s3cret"), "{told}");
    }

    fn credential(value: &str, scheme: &str) -> Credential {
        Credential {
            secret: Secret::new(value.to_owned()),
            source: "env:A".to_owned(),
            shadowed: Vec::new(),
            scheme: Some(scheme.to_owned()),
            header: None,
        }
    }
}
