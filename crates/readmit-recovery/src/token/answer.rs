use std::fmt;
use std::time::{Duration, SystemTime};

use readmit_error::{neutralise, redact};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::error::{Fault, TokenError, WhoseMove, standard};
use super::request::{TokenRequest, misfit};
use crate::lifetime::Lifetime;
use crate::offset::Offset;

/// What a token endpoint gave (RFC 6749 section 5.1).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use http::Uri;
/// use readmit_recovery::{Lifetime, TokenAnswer, TokenRequest};
/// use secrecy::ExposeSecret;
///
/// let url = Uri::from_static("https://auth.example.com/token");
/// let request = TokenRequest::service_key(&url, &"k3y".into())?;
///
/// let body = br#"{"access_token":"t0k3n","expires_in":"3600"}"#;
/// let answer = TokenAnswer::read(&request, 200, None, body)?;
///
/// assert_eq!(answer.access_token().expose_secret(), "t0k3n");
/// assert_eq!(answer.token_type(), "Bearer");
/// assert_eq!(answer.lifetime(), Lifetime::For(Duration::from_secs(3600)));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct TokenAnswer {
    access_token: SecretString,
    token_type: String,
    lifetime: Lifetime,
    refresh_token: Option<SecretString>,
    scope: Option<String>,
    issued_token_type: Option<String>,
}

impl TokenAnswer {
    /// Reads the answer to a request.
    ///
    /// `retry_after` is how long the answer asks to wait, if it does. The request is needed
    /// for its secrets: an error that repeats one of them comes out without it (rule 56).
    ///
    /// # Errors
    ///
    /// Returns [`TokenError::Refused`] for a status other than 2xx, and [`TokenError::Malformed`]
    /// for one with a body that holds no token (rule 26).
    pub fn read(
        request: &TokenRequest,
        status: u16,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Result<TokenAnswer, TokenError> {
        let object = success(request, status, retry_after, body)?;
        token(object).map_err(|fault| TokenError::Malformed { status, fault })
    }

    /// Returns the answer with its absolute end, if it has one, by the local clock: the server that
    /// told it has one that is this far off (rule 51).
    #[must_use]
    pub fn told_by(mut self, server: Offset) -> TokenAnswer {
        self.lifetime = self.lifetime.told_by(server);
        self
    }

    /// Returns the access token; every character of it can stand in a header.
    #[must_use]
    pub fn access_token(&self) -> &SecretString {
        &self.access_token
    }

    /// Returns the scheme to send the token under: `Bearer`, spelled so, unless another was told.
    #[must_use]
    pub fn token_type(&self) -> &str {
        &self.token_type
    }

    /// Returns how long the token lives, as far as told (rule 15).
    #[must_use]
    pub fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// Returns the refresh token that replaces the one sent, if there is one; without one the old
    /// one stays good (rule 19).
    #[must_use]
    pub fn refresh_token(&self) -> Option<&SecretString> {
        self.refresh_token.as_ref()
    }

    /// Returns what was issued in an exchange of tokens, as the server names it (RFC 8693 section
    /// 2.2.1).
    #[must_use]
    pub fn issued_token_type(&self) -> Option<&str> {
        self.issued_token_type.as_deref()
    }

    /// Returns the scope that was granted; where none is told, it is the one asked for.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAnswer")
            .field("lifetime", &self.lifetime)
            .field("has_refresh_token", &self.refresh_token.is_some())
            .finish_non_exhaustive()
    }
}

/// Returns the object in an answer that says it is good, and has no error inside.
pub(super) fn success(
    request: &TokenRequest,
    status: u16,
    retry_after: Option<Duration>,
    body: &[u8],
) -> Result<Map<String, Value>, TokenError> {
    let object = object(body);
    if !(200..300).contains(&status) {
        let object = object.unwrap_or_default();
        return Err(refusal(request, status, retry_after, &object));
    }
    let object = object.map_err(|fault| TokenError::Malformed { status, fault })?;
    let Some(code) = code(&object) else { return Ok(object) };
    let (whose_move, code) = (WhoseMove::of(400, code), standard(code));
    Err(TokenError::Malformed { status, fault: Fault::ErrorInside { whose_move, code } })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    if MAX_BODY < body.len() {
        return Err(Fault::TooLong);
    }
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    serde_json::from_slice(body).map_err(|_| Fault::NotJson)
}

fn token(mut object: Map<String, Value>) -> Result<TokenAnswer, Fault> {
    let lifetime = lifetime(&object);
    let access_token = take_text(&mut object, "access_token").ok_or(Fault::NoAccessToken)?;
    if misfit(&access_token).is_some() {
        return Err(Fault::UnfitAccessToken);
    }
    let token_type = match take_text(&mut object, "token_type") {
        Some(other)
            if ![BEARER, NOT_APPLICABLE].iter().any(|it| other.eq_ignore_ascii_case(it)) =>
        {
            other
        }
        Some(_) | None => BEARER.to_owned(),
    };
    if misfit(&token_type).is_some() {
        return Err(Fault::UnfitTokenType);
    }
    Ok(TokenAnswer {
        access_token: SecretString::from(access_token),
        token_type,
        lifetime,
        refresh_token: take_text(&mut object, "refresh_token").map(SecretString::from),
        scope: take_text(&mut object, "scope"),
        issued_token_type: take_text(&mut object, "issued_token_type"),
    })
}

pub(super) fn refusal(
    request: &TokenRequest,
    status: u16,
    retry_after: Option<Duration>,
    object: &Map<String, Value>,
) -> TokenError {
    let code = code(object).map_or_else(|| format!("HTTP_{status}"), str::to_owned);
    let description = text(object, "error_description").or_else(|| text(object, "message"));
    TokenError::Refused {
        status,
        whose_move: WhoseMove::of(status, &code),
        code: presentable(&code, request, CODE_CHARS),
        description: description.map(|text| presentable(text, request, DESCRIPTION_CHARS)),
        retry_after,
    }
}

/// Returns what a server said as text that can be shown (rules 55 and 56).
fn presentable(text: &str, request: &TokenRequest, max_chars: usize) -> String {
    let secrets = request.secrets().iter().map(ExposeSecret::expose_secret);
    let clean = secrets.fold(text.to_owned(), |text, secret| redact(&text, secret).into_owned());
    neutralise(&clean, max_chars)
}

/// Returns the error's code: the documented one where there is one, else that of RFC 6749.
fn code(object: &Map<String, Value>) -> Option<&str> {
    let documented = text(object, "error_code");
    let is_known = |code: &&str| DOCUMENTED_CODES.contains(code);
    documented.filter(is_known).or_else(|| text(object, "error")).or(documented)
}

fn lifetime(object: &Map<String, Value>) -> Lifetime {
    if let Some(lifetime) = object.get("expires_in").and_then(seconds) {
        return Lifetime::For(lifetime);
    }
    let end = object.get("expires_at").or_else(|| object.get("expires_on"));
    let since_epoch = end.and_then(seconds);
    let end = since_epoch.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
    end.map_or(Lifetime::Unknown, Lifetime::Until)
}

/// Reads a number of seconds in any of the forms in which servers write it: below zero is zero, and
/// more than a [`Duration`] holds is as much as it holds (rule 15).
pub(super) fn seconds(value: &Value) -> Option<Duration> {
    if let Some(whole) = value.as_u64() {
        return Some(Duration::from_secs(whole));
    }
    let text = value.as_str().map(str::trim);
    if let Some(whole) = text.and_then(|text| text.parse().ok()) {
        return Some(Duration::from_secs(whole));
    }
    let number = value.as_f64().or_else(|| text?.parse().ok())?;
    if !number.is_finite() {
        return None;
    }
    Some(Duration::try_from_secs_f64(number.max(0.0)).unwrap_or(Duration::MAX))
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}

pub(super) fn take_text(object: &mut Map<String, Value>, name: &str) -> Option<String> {
    match object.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

const BEARER: &str = "Bearer";

/// What a server says that traded a token for one of another kind: it names no scheme (RFC 8693
/// section 2.2.1).
const NOT_APPLICABLE: &str = "N_A";

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The codes of the documented wire format, which says more with them than with its `error`.
const DOCUMENTED_CODES: [&str; 6] =
    ["AUTH_001", "AUTH_002", "AUTH_003", "AUTH_004", "RATE_001", "VAL_001"];

/// In bytes: many times the longest token that a header field can carry.
const MAX_BODY: usize = 1024 * 1024;

const CODE_CHARS: usize = 64;

const DESCRIPTION_CHARS: usize = 500;

#[cfg(test)]
mod tests;
