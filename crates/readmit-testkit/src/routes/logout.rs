use axum::extract::State;
use http::StatusCode;
use serde_json::json;

use crate::answer::Answer;
use crate::api::Api;
use crate::routes::bearer::Bearer;

/// Revokes the access token that was presented.
pub(crate) async fn logout(State(api): State<Api>, Bearer(number): Bearer) -> Answer {
    api.state().tokens.revoke(number);
    Answer::json(StatusCode::OK, &json!({ "message": "Logged out" }))
}
