use std::time::{Duration, UNIX_EPOCH};

use http::{Request, StatusCode};
use readmit_testkit::{Api, ExpiryCode, Skew};
use serde_json::{Value, json};
use tokio::time::advance;

use crate::client::{Reply, get, post, send, token, token_with};

#[tokio::test(start_paused = true)]
async fn a_service_key_buys_a_token_that_opens_the_api() {
    let api = Api::new();

    let reply = token_with(&api, api.service_key()).await;

    let body = reply.json();
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3_600)));
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(get(&api, "/data_flows", token).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_or_revoked_service_key_is_auth_002() {
    let api = Api::new();
    let documented = json!({
        "error": "invalid_credentials",
        "error_description": "Service key is invalid or has been revoked",
        "error_code": "AUTH_002",
    });

    let wrong = token_with(&api, "wrong").await;
    api.revoke_service_key();
    let revoked = token_with(&api, api.service_key()).await;

    for reply in [wrong, revoked] {
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.json(), documented);
    }
}

#[tokio::test(start_paused = true)]
async fn no_service_key_at_all_is_auth_002_even_when_none_is_in_force() {
    let api = Api::new();

    let before = post_nothing(&api).await;
    api.revoke_service_key();
    let after = post_nothing(&api).await;

    for reply in [before, after] {
        assert_eq!(reply.json()["error_code"], "AUTH_002");
    }
}

#[tokio::test(start_paused = true)]
async fn a_replaced_service_key_is_the_only_one() {
    let api = Api::new();

    api.accept_service_key("new");

    assert_eq!(token_with(&api, "new").await.status, StatusCode::OK);
    assert_eq!(token_with(&api, api.service_key()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(start_paused = true)]
async fn a_token_works_until_the_instant_of_its_expiry() {
    let api = Api::builder().token_lifetime(Duration::from_secs(60)).build();
    let token = token(&api).await;

    advance(Duration::from_millis(59_999)).await;
    assert_eq!(get(&api, "/data_flows", &token).await.status, StatusCode::OK);
    advance(Duration::from_millis(1)).await;
    assert_eq!(get(&api, "/data_flows", &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_auth_001_with_both_times() {
    let api = Api::builder().wall(UNIX_EPOCH).build();
    let token = token(&api).await;
    advance(Duration::from_secs(2 * 3_600)).await;

    let reply = get(&api, "/data_flows", &token).await;

    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(reply.header("www-authenticate"), None);
    assert_eq!(
        reply.json(),
        json!({
            "error": "unauthorized",
            "error_description": "Invalid or expired access token",
            "error_code": "AUTH_001",
            "timestamp": "1970-01-01T02:00:00Z",
            "request_id": reply.header("x-request-id"),
            "details": {
                "token_expires_at": "1970-01-01T01:00:00Z",
                "current_time": "1970-01-01T02:00:00Z",
            },
        })
    );
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_may_be_auth_003() {
    let api = Api::builder().expiry_code(ExpiryCode::Auth003).build();
    let token = token(&api).await;
    api.expire_access_tokens();

    let reply = get(&api, "/data_flows", &token).await;

    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        reply.json(),
        json!({
            "error": "token_expired",
            "error_description": "Access token has expired",
            "error_code": "AUTH_003",
        })
    );
}

#[tokio::test(start_paused = true)]
async fn an_unknown_or_revoked_token_is_auth_001_without_details() {
    let api = Api::new();
    let token = token(&api).await;
    api.revoke_access_tokens();

    for token in [token.as_str(), "foreign"] {
        let reply = get(&api, "/data_flows", token).await;

        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.json()["error_code"], "AUTH_001");
        assert_eq!(reply.json()["details"], Value::Null);
    }
}

#[tokio::test(start_paused = true)]
async fn r30_a_request_without_a_token_gets_a_challenge_without_an_error() {
    let api = Api::new();

    let reply = send(&api, Request::get("/data_flows").body(String::new()).unwrap()).await.unwrap();

    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(reply.header("www-authenticate"), Some(r#"Bearer realm="readmit-testkit""#));
    assert!(reply.body.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_name_of_the_scheme_has_no_case() {
    let api = Api::new();
    let token = api.new_access_token();
    let request = Request::get("/data_flows").header("authorization", format!("bEARER {token}"));

    let reply = send(&api, request.body(String::new()).unwrap()).await.unwrap();

    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn logging_out_revokes_the_token_and_no_other() {
    let api = Api::new();
    let (mine, other) = (token(&api).await, token(&api).await);

    assert_eq!(post(&api, "/logout", &mine, "").await.status, StatusCode::OK);

    assert_eq!(get(&api, "/data_flows", &mine).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&api, "/data_flows", &other).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_token_of_one_api_is_unknown_to_another() {
    let (one, other) = (Api::new(), Api::new());

    let token = token(&one).await;

    assert_eq!(get(&other, "/data_flows", &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(start_paused = true)]
async fn the_announced_lifetime_may_be_anything_or_nothing() {
    let text = Api::builder().announced_lifetime("3600").build();
    let none = Api::builder().announced_lifetime(Value::Null).build();

    let text = token_with(&text, text.service_key()).await.json();
    let none = token_with(&none, none.service_key()).await.json();

    assert_eq!(text["expires_in"], "3600");
    assert_eq!(none.get("expires_in"), None);
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_of_zero_makes_tokens_that_arrive_expired() {
    let api = Api::new();
    api.token_lifetime(Duration::ZERO);

    let token = token(&api).await;

    let reply = get(&api, "/data_flows", &token).await;
    assert_eq!(reply.json()["details"]["token_expires_at"], reply.json()["timestamp"]);
}

#[tokio::test(start_paused = true)]
async fn r51_skew_shows_in_the_date_and_leaves_the_true_clock_alone() {
    let api = Api::builder().wall(UNIX_EPOCH + Duration::from_secs(600)).build();
    let token = token(&api).await;

    api.skew(Skew::Behind(Duration::from_secs(300)));
    let behind = get(&api, "/data_flows", &token).await;
    api.skew(Skew::Ahead(Duration::from_secs(300)));
    let ahead = get(&api, "/data_flows", &token).await;

    assert_eq!(behind.header("date"), Some("Thu, 01 Jan 1970 00:05:00 GMT"));
    assert_eq!(ahead.header("date"), Some("Thu, 01 Jan 1970 00:15:00 GMT"));
    assert_eq!(api.clock().wall(), UNIX_EPOCH + Duration::from_secs(600));
}

#[tokio::test(start_paused = true)]
async fn client_and_api_share_one_time() {
    let api = Api::new();
    let (now, wall) = (api.clock().now(), api.clock().wall());

    advance(Duration::from_secs(5)).await;

    assert_eq!(api.clock().now() - now, Duration::from_secs(5));
    assert_eq!(api.clock().wall(), wall + Duration::from_secs(5));
}

async fn post_nothing(api: &Api) -> Reply {
    send(api, Request::post("/token").body(String::new()).unwrap()).await.unwrap()
}
