use axum::Extension;
use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::api::Api;
use crate::recorded::{IDEMPOTENCY_KEY, marker};
use crate::refusal::{Moment, Refusal};
use crate::routes::bearer::Bearer;

/// Lists the flows, oldest first.
pub(crate) async fn list(State(api): State<Api>, _: Bearer) -> Answer {
    let flows = Value::Array(api.state().flows.clone());
    Answer::json(StatusCode::OK, &flows)
}

/// Finds one flow.
pub(crate) async fn find(State(api): State<Api>, _: Bearer, Path(id): Path<String>) -> Answer {
    let id = id.parse::<u64>().ok();
    let flow = api.state().flows.iter().find(|flow| flow["id"].as_u64() == id).cloned();
    match flow {
        Some(flow) => Answer::json(StatusCode::OK, &flow),
        None => Answer::json(
            StatusCode::NOT_FOUND,
            &json!({ "error": "not_found", "error_description": "Data flow not found" }),
        ),
    }
}

/// Creates a flow of the members that were sent, once for each idempotency key.
pub(crate) async fn create(
    State(api): State<Api>,
    Extension(moment): Extension<Moment>,
    _: Bearer,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok()).map(str::to_owned);
    let mut state = api.state();
    match key.as_ref().and_then(|key| state.created.get(key)) {
        Some((earlier, flow)) if *earlier == body => {
            return Answer::json(StatusCode::CREATED, flow);
        }
        Some(_) => return key_reused(),
        None => {}
    }
    let mut flow = match parse(&body) {
        Ok(flow) => flow,
        Err(refusal) => return refusal.answer(&moment),
    };
    flow["id"] = (state.flows.len() + 1).into();
    state.flows.push(flow.clone());
    if let Some(marker) = marker(&flow, key.as_deref()) {
        state.seen.create(marker);
    }
    if let Some(key) = key {
        state.created.insert(key, (body, flow.clone()));
    }
    Answer::json(StatusCode::CREATED, &flow)
}

fn parse(body: &Bytes) -> Result<Value, Refusal> {
    let flow = serde_json::from_slice::<Value>(body).unwrap_or_default();
    if !flow.is_object() {
        let message = "Must be a JSON object";
        return Err(Refusal::Invalid { field: "body", message, value: Value::Null });
    }
    match flow["name"].as_str() {
        Some(name) if !name.is_empty() => Ok(flow),
        Some(_) | None => {
            let value = flow["name"].clone();
            Err(Refusal::Invalid { field: "name", message: "Name is required", value })
        }
    }
}

/// The same key with another payload (the Idempotency-Key draft, section 2.7).
fn key_reused() -> Answer {
    Answer::json(
        StatusCode::UNPROCESSABLE_ENTITY,
        &json!({
            "error": "idempotency_key_reused",
            "error_description": "Idempotency key was used with another payload",
        }),
    )
}
