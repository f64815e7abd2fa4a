use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::api::Api;
use crate::arrival::credential;
use crate::effect::oauth_error;
use crate::tokens::Holder;

/// An error of a token endpoint (RFC 6749 section 5.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct OAuthError {
    error: &'static str,
    description: &'static str,
}

/// The form that a token request is.
pub(crate) struct Form(Vec<(String, String)>);

/// A client of OAuth 2.0 that proved who it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Authenticated;

impl OAuthError {
    pub(crate) const INVALID_CLIENT: OAuthError =
        OAuthError { error: "invalid_client", description: "Client authentication failed" };

    pub(crate) const UNSUPPORTED_GRANT_TYPE: OAuthError = OAuthError {
        error: "unsupported_grant_type",
        description: "The grant type is not supported here",
    };

    const INVALID_GRANT: OAuthError = OAuthError {
        error: "invalid_grant",
        description: "The refresh token is invalid, expired or revoked",
    };

    const INVALID_REQUEST: OAuthError = OAuthError {
        error: "invalid_request",
        description: "A parameter is missing or there more than once",
    };
}

impl Form {
    /// Parses the body of a token request, in which no parameter may stand twice
    /// (RFC 6749 section 3.2).
    pub(crate) fn parse(body: &[u8]) -> Result<Form, OAuthError> {
        let pairs = serde_urlencoded::from_bytes::<Vec<(String, String)>>(body);
        let mut pairs = pairs.map_err(|_| OAuthError::INVALID_REQUEST)?;
        pairs.sort();
        if pairs.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(OAuthError::INVALID_REQUEST);
        }
        Ok(Form(pairs))
    }

    pub(crate) fn require(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::INVALID_REQUEST)
    }

    /// Returns a parameter; one without a value counts as left out (RFC 6749 section 3.2).
    fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(found, value)| found == name && !value.is_empty());
        pair.map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
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

/// Trades a refresh token; a client that sent credentials must have sent the right ones.
pub(crate) fn refresh(api: &Api, headers: &HeaderMap, form: &Form) -> Result<Answer, OAuthError> {
    authenticate(api, headers, form)?;
    let token = form.require("refresh_token")?;
    let (now, rotation) = (api.elapsed(), api.settings().rotation);
    let redeemed = api.state().tokens.redeem(token, now, rotation);
    let redeemed = redeemed.ok_or(OAuthError::INVALID_GRANT)?;
    Ok(issue(api, redeemed.holder, redeemed.successor))
}

/// Issues an access token (RFC 6749 section 5.1).
pub(crate) fn issue(api: &Api, holder: Holder, refresh_token: Option<String>) -> Answer {
    let now = api.elapsed();
    let mut state = api.state();
    let lifetime = state.lifetime;
    let (number, token) = state.tokens.issue(holder, now.saturating_add(lifetime));
    drop(state);

    let mut body = json!({ "access_token": token, "token_type": "Bearer" });
    match &api.settings().announced_lifetime {
        Some(Value::Null) => {}
        Some(announced) => body["expires_in"] = announced.clone(),
        None => body["expires_in"] = lifetime.as_secs().into(),
    }
    if let Some(refresh_token) = refresh_token {
        body["refresh_token"] = refresh_token.into();
    }
    Answer::json(StatusCode::OK, &body).header(CACHE_CONTROL, "no-store").hands_out(number)
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
