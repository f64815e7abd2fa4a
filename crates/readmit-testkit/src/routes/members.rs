use axum::Extension;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::json;

use crate::answer::Answer;
use crate::api::Api;
use crate::refusal::{Moment, Refusal};
use crate::routes::bearer::Bearer;

/// Lists the members of an organization, to an administrator.
pub(crate) async fn list(
    State(api): State<Api>,
    Extension(moment): Extension<Moment>,
    _: Bearer,
    Path(organization): Path<String>,
) -> Answer {
    if !api.state().is_admin {
        return Refusal::NotPermitted.answer(&moment);
    }
    let members = json!([
        { "id": 1, "email": "admin@example.com", "organization": organization, "is_admin": true },
    ]);
    Answer::json(StatusCode::OK, &members)
}
