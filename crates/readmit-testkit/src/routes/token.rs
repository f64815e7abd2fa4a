use axum::Extension;
use axum::extract::State;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::answer::Answer;
use crate::api::Api;
use crate::arrival::credential;
use crate::effect::Terms;
use crate::grant::Grant;
use crate::refusal::{Moment, Refusal};
use crate::routes::form::Form;
use crate::routes::grants::TokenRequest;
use crate::routes::issue::Issue;
use crate::routes::oauth::{self, OAuthError};
use crate::routes::proven::Proven;
use crate::tokens::Holder;

/// Trades a service key, or a grant of OAuth 2.0 where the body is a form, for an access token.
pub(crate) async fn issue(
    State(api): State<Api>,
    Extension(moment): Extension<Moment>,
    Extension(terms): Extension<Terms>,
    Proven(key): Proven,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    if is_form(&headers) {
        let answer = Form::parse(&body).and_then(|form| {
            TokenRequest { api: &api, headers: &headers, form, key, terms }.grant()
        });
        return oauth::answer(answer);
    }
    let service_key = credential(&headers, "basic");
    if service_key.is_none() || service_key != api.state().service_key.as_deref() {
        return Refusal::KeyInvalid.answer(&moment);
    }
    let grant = Grant::plain(api.elapsed(), key);
    Issue::new(Holder::ServiceKey, grant, terms).answer(&api)
}

/// Trades a refresh token for an access token.
pub(crate) async fn refresh(
    State(api): State<Api>,
    Extension(terms): Extension<Terms>,
    Proven(key): Proven,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let answer = Form::parse(&body).and_then(|form| match form.require("grant_type")? {
        "refresh_token" => {
            TokenRequest { api: &api, headers: &headers, form, key, terms }.refresh()
        }
        _ => Err(OAuthError::UNSUPPORTED_GRANT_TYPE),
    });
    oauth::answer(answer)
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
