use http::{Request, StatusCode};
use readmit_testkit::{Api, ApiBody, ApiService, Error, Hold, Seen, Server};
use serde_json::json;

use crate::client::{Reply, get, post, send, with_bearer};

#[tokio::test(start_paused = true)]
async fn a_flow_is_created_listed_and_found() {
    let api = Api::new();
    let token = api.new_access_token();

    let created = post(&api, "/data_flows", &token, r#"{"name":"orders","tags":[1]}"#).await;

    let flow = json!({ "id": 1, "name": "orders", "tags": [1] });
    assert_eq!((created.status, created.json()), (StatusCode::CREATED, flow.clone()));
    assert_eq!(get(&api, "/data_flows", &token).await.json(), json!([flow]));
    assert_eq!(get(&api, "/data_flows/1", &token).await.json(), flow);
    assert_eq!(get(&api, "/data_flows/2", &token).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(start_paused = true)]
async fn a_flow_without_a_name_is_val_001() {
    let api = Api::new();
    let token = api.new_access_token();

    for (body, field, value) in [
        (r#"{"tags":[]}"#, "name", json!(null)),
        (r#"{"name":""}"#, "name", json!("")),
        (r#"{"name":7}"#, "name", json!(7)),
        ("[]", "body", json!(null)),
        ("{", "body", json!(null)),
        ("", "body", json!(null)),
    ] {
        let reply = post(&api, "/data_flows", &token, body).await;

        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(reply.json()["error_code"], "VAL_001", "{body}");
        assert_eq!(reply.json()["details"]["field"], field, "{body}");
        assert_eq!(reply.json()["details"]["value"], value, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn r40_an_idempotency_key_creates_once() {
    let api = Api::new();

    let first = post_with_key(&api, "k1", r#"{"name":"a"}"#).await;
    let again = post_with_key(&api, "k1", r#"{"name":"a"}"#).await;
    let other = post_with_key(&api, "k2", r#"{"name":"a"}"#).await;

    assert_eq!(again.json(), first.json());
    assert_eq!(other.json()["id"], 2);
    assert_eq!((api.seen().sent("k1"), api.seen().created("k1")), (2, 1));
    assert_eq!(api.seen().duplicates(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_idempotency_key_with_another_payload_is_refused() {
    let api = Api::new();
    post_with_key(&api, "k1", r#"{"name":"a"}"#).await;

    let reply = post_with_key(&api, "k1", r#"{"name":"b"}"#).await;

    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(start_paused = true)]
async fn members_are_for_administrators() {
    let api = Api::new();
    let token = api.new_access_token();
    let path = "/organizations/7/members";

    let denied = get(&api, path, &token).await;
    api.grant_admin();
    let granted = get(&api, path, &token).await;
    api.withdraw_admin();

    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert_eq!(
        denied.json(),
        json!({
            "error": "insufficient_permissions",
            "error_description": "User lacks required permissions for this operation",
            "error_code": "AUTH_004",
        })
    );
    assert_eq!(granted.status, StatusCode::OK);
    assert_eq!(get(&api, path, &token).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(start_paused = true)]
async fn every_answer_has_a_date_and_a_request_id_of_its_own() {
    let api = Api::new();
    let token = api.new_access_token();

    let replies = [
        get(&api, "/data_flows", &token).await,
        get(&api, "/nowhere", &token).await,
        post(&api, "/nowhere", &token, "").await,
        get(&api, "/token", &token).await,
    ];

    for reply in &replies {
        assert!(reply.header("date").is_some());
        assert_eq!(reply.header("content-length"), Some(reply.body.len().to_string().as_str()));
    }
    let mut ids = replies.map(|reply| reply.header("x-request-id").unwrap().to_owned()).to_vec();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_head_tells_the_length_and_sends_nothing() {
    let api = Api::new();
    let request = with_bearer(Request::head("/data_flows"), &api.new_access_token());

    let reply = send(&api, request.body(String::new()).unwrap()).await.unwrap();

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-length"), Some("2"));
    assert!(reply.body.is_empty());
}

#[test]
fn the_handles_may_go_anywhere() {
    fn is_shareable<T: Clone + Send + Sync + 'static>() {}
    fn is_sendable<T: Send + Sync + 'static>() {}

    is_shareable::<Api>();
    is_shareable::<ApiService>();
    is_shareable::<Seen>();
    is_sendable::<ApiBody>();
    is_sendable::<Error>();
    is_sendable::<Hold>();
    is_sendable::<Server>();
}

async fn post_with_key(api: &Api, key: &str, body: &str) -> Reply {
    let request = with_bearer(Request::post("/data_flows"), &api.new_access_token());
    let request = request.header("idempotency-key", key).body(body.to_owned()).unwrap();
    send(api, request).await.unwrap()
}
