use axum::Extension;
use axum::extract::State;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::answer::Answer;
use crate::api::Api;
use crate::arrival::credential;
use crate::refusal::{Moment, Refusal};
use crate::routes::oauth::{self, Form, OAuthError};
use crate::tokens::Holder;

/// Trades a service key, or a grant of OAuth 2.0 where the body is a form, for an access token.
pub(crate) async fn issue(
    State(api): State<Api>,
    Extension(moment): Extension<Moment>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    if is_form(&headers) {
        return oauth::answer(grant(&api, &headers, &body));
    }
    let key = credential(&headers, "basic");
    if key.is_none() || key != api.state().service_key.as_deref() {
        return Refusal::KeyInvalid.answer(&moment);
    }
    oauth::issue(&api, Holder::ServiceKey, None)
}

/// Trades a refresh token for an access token.
pub(crate) async fn refresh(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Answer {
    let answer = Form::parse(&body).and_then(|form| match form.require("grant_type")? {
        "refresh_token" => oauth::refresh(&api, &headers, &form),
        _ => Err(OAuthError::UNSUPPORTED_GRANT_TYPE),
    });
    oauth::answer(answer)
}

fn grant(api: &Api, headers: &HeaderMap, body: &Bytes) -> Result<Answer, OAuthError> {
    let form = Form::parse(body)?;
    match form.require("grant_type")? {
        "client_credentials" => {
            oauth::authenticate(api, headers, &form)?.ok_or(OAuthError::INVALID_CLIENT)?;
            Ok(oauth::issue(api, Holder::OAuthClient, None))
        }
        "refresh_token" => oauth::refresh(api, headers, &form),
        _ => Err(OAuthError::UNSUPPORTED_GRANT_TYPE),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
