use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::answer::Answer;
use crate::api::Api;
use crate::routes::form::Form;
use crate::routes::oauth;

/// Revokes a token of either kind (RFC 7009); the hint of its kind is not needed.
pub(crate) async fn revoke(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Answer {
    let answer = Form::parse(&body).and_then(|form| {
        oauth::authenticate(&api, &headers, &form)?;
        api.state().tokens.give_up(form.require("token")?);
        Ok(Answer::empty(StatusCode::OK))
    });
    oauth::answer(answer)
}
