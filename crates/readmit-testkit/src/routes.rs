mod bearer;
mod data_flows;
mod device;
mod form;
mod grants;
mod issue;
mod logout;
mod members;
mod oauth;
mod proven;
mod revoke;
mod token;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::json;

use crate::answer::Answer;
use crate::api::Api;

/// Returns all routes of the API.
pub(crate) fn router(api: Api) -> Router {
    Router::new()
        .route("/token", post(token::issue))
        .route("/token/refresh", post(token::refresh))
        .route("/device", post(device::authorize))
        .route("/revoke", post(revoke::revoke))
        .route("/logout", post(logout::logout))
        .route("/data_flows", get(data_flows::list).post(data_flows::create))
        .route("/data_flows/{id}", get(data_flows::find))
        .route("/organizations/{id}/members", get(members::list))
        .fallback(not_found)
        .layer(DefaultBodyLimit::disable())
        .with_state(api)
}

async fn not_found() -> Answer {
    let body = json!({ "error": "not_found", "error_description": "Resource not found" });
    Answer::json(StatusCode::NOT_FOUND, &body)
}
