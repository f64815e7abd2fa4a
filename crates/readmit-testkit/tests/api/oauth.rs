use std::time::Duration;

use http::StatusCode;
use readmit_testkit::{Api, Fault};
use serde_json::Value;
use tokio::time::advance;

use crate::client::{Reply, form, get, refresh};

#[tokio::test(start_paused = true)]
async fn client_credentials_are_taken_in_the_header_or_in_the_form() {
    let api = Api::builder().client("client", "s:cr t").build();

    // base64 of `client:s%3Acr+t` (RFC 6749 section 2.3.1).
    let basic = form(&api, "/token", Some("Y2xpZW50OnMlM0Fjcit0"), GRANT).await;
    let in_form = format!("{GRANT}&client_id=client&client_secret=s%3Acr%20t");
    let in_form = form(&api, "/token", None, &in_form).await;

    for reply in [basic, in_form] {
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(get(&api, "/data_flows", &access(&reply)).await.status, StatusCode::OK);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_or_missing_client_is_invalid_client_with_a_challenge() {
    let api = Api::new();

    for reply in [
        form(&api, "/token", Some("d3Jvbmc6d3Jvbmc="), GRANT).await,
        form(&api, "/token", Some("not base64"), GRANT).await,
        form(&api, "/token", None, GRANT).await,
    ] {
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.json()["error"], "invalid_client");
        assert_eq!(reply.header("www-authenticate"), Some(r#"Basic realm="readmit-testkit""#));
    }
}

#[tokio::test(start_paused = true)]
async fn a_malformed_token_request_is_invalid_request() {
    let api = Api::new();
    let twice = format!("{GRANT}&{GRANT}");
    let both = format!("{GRANT}&client_id=a&client_secret=b");

    for (basic, body) in [
        (None, ""),
        (None, "grant_type="),
        (None, "grant_type=refresh_token"),
        (None, twice.as_str()),
        (Some("YTpi"), both.as_str()),
    ] {
        let reply = form(&api, "/token", basic, body).await;

        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(reply.json()["error"], "invalid_request", "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_grant_is_unsupported() {
    let api = Api::new();

    for path in ["/token", "/token/refresh"] {
        let reply = form(&api, path, None, "grant_type=password").await;

        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert_eq!(reply.json()["error"], "unsupported_grant_type");
    }
}

#[tokio::test(start_paused = true)]
async fn r19_a_refresh_brings_a_new_token_of_each_kind() {
    let api = Api::new();
    let first = api.new_refresh_token();

    let reply = refresh(&api, &first).await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(get(&api, "/data_flows", &access(&reply)).await.status, StatusCode::OK);
    assert_ne!(successor(&reply), first);
    assert_eq!(refresh(&api, &successor(&reply)).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r19_refresh_tokens_that_do_not_rotate_are_not_sent_again() {
    let api = Api::builder().keep_refresh_tokens().build();
    let only = api.new_refresh_token();

    for _ in 0..2 {
        let reply = refresh(&api, &only).await;

        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.json().get("refresh_token"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn r20_a_used_refresh_token_revokes_its_whole_family() {
    let api = Api::new();
    let first = api.new_refresh_token();
    let reply = refresh(&api, &first).await;

    let reused = refresh(&api, &first).await;

    assert_eq!(reused.status, StatusCode::BAD_REQUEST);
    assert_eq!(reused.json()["error"], "invalid_grant");
    assert_eq!(refresh(&api, &successor(&reply)).await.json()["error"], "invalid_grant");
    let rejected = get(&api, "/data_flows", &access(&reply)).await;
    assert_eq!(rejected.json()["error_code"], "AUTH_001");
}

#[tokio::test(start_paused = true)]
async fn r23_a_lost_answer_has_used_the_refresh_token() {
    let api = Api::new();
    let first = api.new_refresh_token();
    api.fault(Fault::LostAnswer).on("POST", "/token/refresh").once();

    let body = format!("grant_type=refresh_token&refresh_token={first}");
    let request = http::Request::post("/token/refresh").body(body).unwrap();
    assert!(crate::client::send(&api, request).await.is_err());

    assert_eq!(refresh(&api, &first).await.json()["error"], "invalid_grant");
}

#[tokio::test(start_paused = true)]
async fn r23_a_grace_forgives_a_lost_answer_for_a_while() {
    let api = Api::builder().refresh_grace(Duration::from_secs(10)).build();
    let first = api.new_refresh_token();
    refresh(&api, &first).await;

    advance(Duration::from_secs(9)).await;
    assert_eq!(refresh(&api, &first).await.status, StatusCode::OK);
    advance(Duration::from_secs(1)).await;
    assert_eq!(refresh(&api, &first).await.json()["error"], "invalid_grant");
}

#[tokio::test(start_paused = true)]
async fn r24_a_concurrent_refresh_may_be_told_to_retry() {
    let api = Api::new();
    let first = api.new_refresh_token();
    let error = "invalid_request".into();
    let description = "Please retry the request".into();
    api.fault(Fault::OAuth { error, description }).on("POST", "/token/refresh").once();

    let told = refresh(&api, &first).await;

    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    assert_eq!(told.json()["error_description"], "Please retry the request");
    assert_eq!(refresh(&api, &first).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_or_foreign_refresh_token_is_invalid_grant() {
    let api = Api::new();
    let revoked = api.new_refresh_token();
    api.revoke_refresh_tokens();

    for token in [revoked.as_str(), "foreign"] {
        assert_eq!(refresh(&api, token).await.json()["error"], "invalid_grant");
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_endpoint_takes_refresh_tokens_too() {
    let api = Api::new();
    let body = format!("grant_type=refresh_token&refresh_token={}", api.new_refresh_token());

    assert_eq!(form(&api, "/token", None, &body).await.status, StatusCode::OK);
}

fn access(reply: &Reply) -> String {
    text(&reply.json()["access_token"])
}

fn successor(reply: &Reply) -> String {
    text(&reply.json()["refresh_token"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

const GRANT: &str = "grant_type=client_credentials";
