use std::{fmt, iter};

use serde::{Deserialize, Serialize};

/// What an answer of 401 or 407 demands (RFC 9110 section 11.3).
///
/// Scheme and parameter names are compared without case.
/// [`Debug`] shows the names of the parameters and not their values: some servers put a session or
/// a token there.
///
/// # Example
///
/// ```
/// use readmit_error::Challenge;
///
/// let challenge = Challenge::new("Bearer")
///     .param("realm", "flows")
///     .param("error", "invalid_token");
/// assert!(challenge.is("bearer"));
/// assert_eq!(challenge.error(), Some("invalid_token"));
/// assert_eq!(challenge.to_string(), r#"Bearer realm="flows", error="invalid_token""#);
/// ```
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct Challenge {
    scheme: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token68: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    params: Vec<(String, String)>,
}

impl Challenge {
    /// Returns a challenge of this scheme without parameters.
    #[must_use]
    pub fn new(scheme: impl Into<String>) -> Challenge {
        Challenge { scheme: scheme.into(), token68: None, params: Vec::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Challenge {
        self.params.push((name.into(), value.into()));
        self
    }

    /// Sets the one value that some schemes have in place of parameters.
    #[must_use]
    pub fn token68(mut self, value: impl Into<String>) -> Challenge {
        self.token68 = Some(value.into());
        self
    }

    /// Returns the scheme as the server wrote it.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns whether the challenge is of this scheme.
    #[must_use]
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// Returns the value of the parameter of this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.params().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Returns the parameters, in the server's order.
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the one value that stands in place of parameters.
    #[must_use]
    pub fn as_token68(&self) -> Option<&str> {
        self.token68.as_deref()
    }

    /// Returns `realm`: what the credential would be for.
    #[must_use]
    pub fn realm(&self) -> Option<&str> {
        self.value("realm")
    }

    /// Returns `error`: why the credential was refused (RFC 6750 section 3.1).
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.value("error")
    }

    /// Returns the scopes that would do, as `scope` lists them (RFC 6750 section 3).
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.value("scope").unwrap_or_default().split(' ').filter(|scope| !scope.is_empty())
    }
}

impl Challenge {
    /// Returns each of the texts, the scheme and the names as well.
    pub(crate) fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let params = self.params.iter_mut().flat_map(|(name, value)| [name, value]);
        iter::once(&mut self.scheme).chain(&mut self.token68).chain(params)
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.params().map(|(name, _)| name).collect();
        f.debug_struct("Challenge").field("scheme", &self.scheme).field("params", &names).finish()
    }
}

/// The challenge as it stands in a `WWW-Authenticate` field.
///
/// Values are quoted; what cannot stand in a field (control characters, and anything that is not
/// ASCII) becomes a space.
impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_field = |c| if matches!(c, ' '..='~') { c } else { ' ' };
        let plain = |text: &str| text.chars().map(in_field).collect::<String>();
        f.write_str(&plain(&self.scheme))?;
        if let Some(token68) = &self.token68 {
            write!(f, " {}", plain(token68))?;
        }
        for (index, (name, value)) in self.params().enumerate() {
            let mark = if index == 0 { "" } else { "," };
            let value = plain(value).replace('\\', r"\\").replace('"', "\\\"");
            write!(f, "{mark} {}=\"{value}\"", plain(name))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_case() {
        let challenge = Challenge::new("BEARER").param("Scope", " read  write ");

        assert!(challenge.is("bearer"));
        assert_eq!(challenge.value("SCOPE"), Some(" read  write "));
        assert_eq!(challenge.scopes().collect::<Vec<_>>(), ["read", "write"]);
    }

    #[test]
    fn a_value_cannot_leave_its_quotes_or_its_line() {
        let challenge = Challenge::new("Bearer").param("realm", "a\"b\\c\r\nX: y");

        assert_eq!(challenge.to_string(), r#"Bearer realm="a\"b\\c  X: y""#);
    }

    #[test]
    fn nothing_of_a_challenge_can_leave_its_line() {
        let challenge =
            Challenge::new("Bearer\r\nA: b").token68("t\r\nC: d").param("n\r\nE: f", "v\r\n");

        let field = challenge.to_string();

        assert!(!field.contains(['\r', '\n']), "{field:?}");
    }

    #[test]
    fn r55_debug_shows_names_and_no_values() {
        let challenge = Challenge::new("Negotiate").token68("c2VjcmV0").param("nonce", "s3cret");

        let shown = format!("{challenge:?}");

        assert!(shown.contains("nonce"), "{shown}");
        assert!(!shown.contains("s3cret") && !shown.contains("c2VjcmV0"), "{shown}");
    }
}
