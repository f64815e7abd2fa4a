use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;

use crate::answer::Answer;
use crate::api::Api;
use crate::arrival::credential;
use crate::effect::oauth_error;
use crate::routes::form::Form;

/// An error of a token endpoint (RFC 6749 section 5.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct OAuthError {
    error: &'static str,
    description: &'static str,
}

/// A client of OAuth 2.0 that proved who it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Authenticated;

impl OAuthError {
    pub(crate) const ACCESS_DENIED: OAuthError =
        OAuthError { error: "access_denied", description: "The user said no" };

    pub(crate) const AUTHORIZATION_PENDING: OAuthError =
        OAuthError { error: "authorization_pending", description: "The user has yet to decide" };

    pub(crate) const CONCURRENT: OAuthError =
        OAuthError { error: "invalid_request", description: "Please retry the request" };

    pub(crate) const EXPIRED_TOKEN: OAuthError =
        OAuthError { error: "expired_token", description: "The device code has expired" };

    pub(crate) const INVALID_CLIENT: OAuthError =
        OAuthError { error: "invalid_client", description: "Client authentication failed" };

    pub(crate) const INVALID_GRANT: OAuthError = OAuthError {
        error: "invalid_grant",
        description: "The grant is invalid, expired or revoked",
    };

    pub(crate) const INVALID_REFRESH_TOKEN: OAuthError = OAuthError {
        error: "invalid_grant",
        description: "The refresh token is invalid, expired or revoked",
    };

    pub(crate) const INVALID_REQUEST: OAuthError = OAuthError {
        error: "invalid_request",
        description: "A parameter is missing, malformed or there more than once",
    };

    pub(crate) const INVALID_SCOPE: OAuthError =
        OAuthError { error: "invalid_scope", description: "The scope exceeds what was granted" };

    pub(crate) const SLOW_DOWN: OAuthError =
        OAuthError { error: "slow_down", description: "The polls come too fast" };

    pub(crate) const UNSUPPORTED_GRANT_TYPE: OAuthError = OAuthError {
        error: "unsupported_grant_type",
        description: "The grant type is not supported here",
    };
}

pub(crate) fn answer(result: Result<Answer, OAuthError>) -> Answer {
    result.unwrap_or_else(|error| oauth_error(error.error, error.description))
}

/// Looks at the client's credentials, in the header or in the form (RFC 6749 section 2.3.1);
/// `None` where it sent none.
pub(crate) fn authenticate(
    api: &Api,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Option<Authenticated>, OAuthError> {
    let in_form = form.get("client_id").zip(form.get("client_secret"));
    let (id, secret) = match (credential(headers, "basic"), in_form) {
        (Some(_), Some(_)) => return Err(OAuthError::INVALID_REQUEST),
        (Some(basic), None) => decode(basic).ok_or(OAuthError::INVALID_CLIENT)?,
        (None, Some((id, secret))) => (id.to_owned(), secret.to_owned()),
        (None, None) => return Ok(None),
    };
    if id == api.client_id() && secret == api.client_secret() {
        Ok(Some(Authenticated))
    } else {
        Err(OAuthError::INVALID_CLIENT)
    }
}

/// Looks at who the client is, which a device may say without a proof (RFC 8628 section 3.1).
pub(crate) fn identify(api: &Api, headers: &HeaderMap, form: &Form) -> Result<(), OAuthError> {
    let is_known = authenticate(api, headers, form)?.is_some()
        || form.get("client_id") == Some(api.client_id());
    if is_known { Ok(()) } else { Err(OAuthError::INVALID_CLIENT) }
}

/// Decodes `base64(form(id) ":" form(secret))`.
fn decode(basic: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(basic).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((form_decode(id)?, form_decode(secret)?))
}

fn form_decode(text: &str) -> Option<String> {
    // A text alone is the form of one parameter whose value is that text.
    let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(&format!("v={text}")).ok()?;
    pairs.into_iter().next().map(|(_, value)| value)
}
