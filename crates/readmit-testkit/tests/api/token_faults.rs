use std::time::Duration;

use http::{Request, StatusCode};
use readmit_error::Stage;
use readmit_testkit::{Api, Fault};
use serde_json::{Value, json};

use crate::client::{get, refresh, send, token_with};

#[tokio::test(start_paused = true)]
async fn r15_one_answer_may_lie_about_the_lifetime() {
    let api = Api::new();
    let lies = [json!("3600"), json!(-1), json!(1e30), json!("soon"), Value::Null];
    for lie in &lies {
        api.fault(Fault::ExpiresIn(lie.clone())).on("POST", "/token").once();
    }

    for lie in lies {
        let told = token_with(&api, api.service_key()).await.json();
        let expected = (lie != Value::Null).then_some(&lie);
        assert_eq!(told.get("expires_in"), expected);
    }

    assert_eq!(token_with(&api, api.service_key()).await.json()["expires_in"], 3_600);
}

#[tokio::test(start_paused = true)]
async fn r19_one_refresh_may_bring_no_refresh_token() {
    let api = Api::new();
    let first = api.new_refresh_token();
    api.fault(Fault::KeptRefreshToken).once();

    let kept = refresh(&api, &first).await;
    let rotated = refresh(&api, &first).await;

    assert_eq!((kept.status, kept.json().get("refresh_token")), (StatusCode::OK, None));
    assert_ne!(rotated.text("refresh_token"), first);
    assert_eq!(refresh(&api, &first).await.text("error"), "invalid_grant");
}

#[tokio::test(start_paused = true)]
async fn r24_a_refresh_during_another_with_the_same_token_is_to_be_retried() {
    let api = Api::builder().refuse_concurrent_refreshes().build();
    let first = api.new_refresh_token();
    api.fault(Fault::Slow(Duration::from_secs(1))).once();
    let slow = tokio::spawn({
        let (api, first) = (api.clone(), first.clone());
        async move { refresh(&api, &first).await }
    });
    tokio::time::advance(Duration::from_millis(1)).await;

    let told = refresh(&api, &first).await;
    let slow = slow.await.unwrap();

    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    assert_eq!(told.text("error"), "invalid_request");
    assert_eq!(told.text("error_description"), "Please retry the request");
    assert_eq!(refresh(&api, &slow.text("refresh_token")).await.status, StatusCode::OK);
    assert_eq!(refresh(&api, &first).await.text("error"), "invalid_grant");
}

#[tokio::test(start_paused = true)]
async fn r24_a_lost_answer_is_not_under_way() {
    let api =
        Api::builder().refuse_concurrent_refreshes().refresh_grace(Duration::from_secs(10)).build();
    let first = api.new_refresh_token();
    api.fault(Fault::LostAnswer).once();
    let body = format!("grant_type=refresh_token&refresh_token={first}");
    send(&api, Request::post("/token/refresh").body(body).unwrap()).await.unwrap_err();

    assert_eq!(refresh(&api, &first).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r26_a_success_may_be_an_error_or_a_page() {
    let api = Api::new();
    let (error, description) = ("invalid_grant".into(), "Bad token".into());
    api.fault(Fault::OAuthInSuccess { error, description }).once();
    api.fault(Fault::HtmlInSuccess).once();

    let error = token_with(&api, api.service_key()).await;
    let page = token_with(&api, api.service_key()).await;

    assert_eq!((error.status, page.status), (StatusCode::OK, StatusCode::OK));
    let body = json!({ "error": "invalid_grant", "error_description": "Bad token" });
    assert_eq!(error.json(), body);
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert!(page.body.starts_with(b"<html>"));
    assert_eq!(api.tokens_issued(), 0);
}

#[tokio::test(start_paused = true)]
async fn r26_an_answer_may_be_cut_in_the_middle_with_or_without_a_sign_of_it() {
    let api = Api::new();
    api.fault(Fault::Halved).once();
    api.fault(Fault::Broken(Stage::Answering)).once();

    let halved = token_with(&api, api.service_key()).await;
    let request = Request::post("/token").header("authorization", format!("Basic {}", KEY));
    let broken = send(&api, request.body(String::new()).unwrap()).await;

    assert_eq!(halved.status, StatusCode::OK);
    assert_eq!(halved.header("content-length").unwrap(), halved.body.len().to_string());
    serde_json::from_slice::<Value>(&halved.body).unwrap_err();
    assert!(broken.is_err());
    assert_eq!((api.tokens_issued(), api.seen().max_refreshes()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn r06_a_token_endpoint_may_hang_while_the_data_is_served() {
    let api = Api::new();
    api.fault(Fault::Hang).on("POST", "/token").once();
    let hangs = token_with(&api, api.service_key());

    assert!(tokio::time::timeout(Duration::from_secs(3_600), hangs).await.is_err());
    let token = api.new_access_token();
    assert_eq!(get(&api, "/data_flows", &token).await.status, StatusCode::OK);
}

const KEY: &str = "testkit-service-key";
