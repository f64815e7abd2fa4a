use axum::extract::State;
use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::answer::Answer;
use crate::api::Api;
use crate::routes::form::Form;
use crate::routes::grants::asked;
use crate::routes::oauth::{self, OAuthError};

/// Begins a device authorization (RFC 8628 section 3.1).
pub(crate) async fn authorize(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Answer {
    oauth::answer(begin(&api, &headers, &body))
}

fn begin(api: &Api, headers: &HeaderMap, body: &[u8]) -> Result<Answer, OAuthError> {
    let form = Form::parse(body)?;
    oauth::identify(api, headers, &form)?;
    let grant = asked(api, &form)?;
    let (lifetime, interval) = (api.settings().device_lifetime, api.settings().device_interval);
    let expires = api.elapsed().saturating_add(lifetime);
    let codes = api.state().devices.begin(grant, expires, interval);
    let body = json!({
        "device_code": codes.device,
        "user_code": codes.user,
        "verification_uri": VERIFICATION_URI,
        "verification_uri_complete": format!("{VERIFICATION_URI}?user_code={}", codes.user),
        "expires_in": lifetime.as_secs(),
        "interval": interval.as_secs(),
    });
    Ok(Answer::json(StatusCode::OK, &body).header(CACHE_CONTROL, "no-store"))
}

/// Nobody opens it: the test is the user.
const VERIFICATION_URI: &str = "https://testkit.example/device";
