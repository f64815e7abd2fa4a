use std::fmt;

use crate::routes::oauth::OAuthError;

/// The form that a token request is.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Parses the body of a token request, in which no parameter may stand twice
    /// (RFC 6749 section 3.2), but for those two of which there may be many (RFC 8693 section 2.1).
    pub(crate) fn parse(body: &[u8]) -> Result<Form, OAuthError> {
        let pairs = serde_urlencoded::from_bytes::<Vec<(String, String)>>(body);
        let mut pairs = pairs.map_err(|_| OAuthError::INVALID_REQUEST)?;
        pairs.sort();
        let is_twice = |pair: &[(String, String)]| match pair {
            [(first, _), (second, _)] => first == second && !MANY.contains(&first.as_str()),
            _ => false,
        };
        if pairs.windows(2).any(is_twice) {
            return Err(OAuthError::INVALID_REQUEST);
        }
        Ok(Form(pairs))
    }

    pub(crate) fn require(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::INVALID_REQUEST)
    }

    /// Returns a parameter; one without a value counts as left out (RFC 6749 section 3.2).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(found, value)| found == name && !value.is_empty());
        pair.map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

const MANY: [&str; 2] = ["audience", "resource"];
