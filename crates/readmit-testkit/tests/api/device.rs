use std::time::Duration;

use http::StatusCode;
use readmit_testkit::Api;
use serde_json::json;
use tokio::time::advance;

use crate::client::{Reply, client_form, form, get, refresh};

#[tokio::test(start_paused = true)]
async fn r34_a_device_polls_until_the_user_says_yes() {
    let api = Api::new();
    let begun = begin(&api).await;
    let pending = poll(&api, &begun).await;
    assert_eq!((pending.status, error(&pending)), (StatusCode::BAD_REQUEST, PENDING.to_owned()));

    api.approve_device(&begun.text("user_code"));
    let reply = poll(&api, &begun).await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(get(&api, "/data_flows", &reply.text("access_token")).await.status, StatusCode::OK);
    assert_eq!(refresh(&api, &reply.text("refresh_token")).await.status, StatusCode::OK);
    assert_eq!(error(&poll(&api, &begun).await), "invalid_grant");
}

#[tokio::test(start_paused = true)]
async fn r34_a_device_is_told_what_to_show_and_how_to_poll() {
    let api = Api::builder()
        .device_lifetime(Duration::from_secs(90))
        .device_interval(Duration::from_secs(2))
        .build();

    let begun = begin(&api).await;

    let body = begun.json();
    assert_eq!((&body["expires_in"], &body["interval"]), (&json!(90), &json!(2)));
    assert_eq!(api.user_codes(), [begun.text("user_code")]);
    let complete = begun.text("verification_uri_complete");
    assert!(complete.starts_with(&begun.text("verification_uri")));
    assert!(complete.ends_with(&begun.text("user_code")));
    assert_eq!(begun.header("cache-control"), Some("no-store"));
}

#[tokio::test(start_paused = true)]
async fn r34_a_poll_within_the_interval_is_told_to_slow_down_for_good() {
    let api = Api::new();
    let begun = begin(&api).await;
    let mut told = Vec::new();

    for wait in [0, 4, 9, 10, 15] {
        advance(Duration::from_secs(wait)).await;
        told.push(error(&poll(&api, &begun).await));
    }

    // Each widens the interval by five seconds, and the next one waits a second less, or five.
    assert_eq!(told, [PENDING, SLOW, SLOW, SLOW, SLOW]);
    advance(Duration::from_secs(25)).await;
    assert_eq!(error(&poll(&api, &begun).await), PENDING);
}

#[tokio::test(start_paused = true)]
async fn r34_a_denied_or_expired_code_stops_the_device() {
    let api = Api::builder().device_lifetime(Duration::from_secs(60)).build();
    let (denied, expired) = (begin(&api).await, begin(&api).await);

    api.deny_device(&denied.text("user_code"));
    assert_eq!(error(&poll(&api, &denied).await), "access_denied");
    advance(Duration::from_secs(60)).await;
    api.approve_device(&expired.text("user_code"));
    assert_eq!(error(&poll(&api, &expired).await), "expired_token");
}

#[tokio::test(start_paused = true)]
async fn a_device_has_no_secret_but_must_say_which_client_it_is() {
    let api = Api::new();
    let public = format!("client_id={}", api.client_id());

    let told = form(&api, "/device", None, &public).await;
    let silent = form(&api, "/device", None, "scope=a").await;

    assert_eq!(told.status, StatusCode::OK);
    assert_eq!(error(&silent), "invalid_client");
    let poll = format!("{GRANT}&{public}&device_code={}", told.text("device_code"));
    assert_eq!(error(&form(&api, "/token", None, &poll).await), PENDING);
}

async fn begin(api: &Api) -> Reply {
    let begun = client_form(api, "/device", "scope=flows").await;
    assert_eq!(begun.status, StatusCode::OK);
    begun
}

async fn poll(api: &Api, begun: &Reply) -> Reply {
    client_form(api, "/token", &format!("{GRANT}&device_code={}", begun.text("device_code"))).await
}

fn error(reply: &Reply) -> String {
    reply.text("error")
}

const GRANT: &str = "grant_type=urn:ietf:params:oauth:grant-type:device_code";
const PENDING: &str = "authorization_pending";
const SLOW: &str = "slow_down";
