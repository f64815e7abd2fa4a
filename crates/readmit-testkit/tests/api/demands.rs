use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use readmit_testkit::{Api, Demand, Fault};
use serde_json::{Value, json};
use tokio::time::advance;

use crate::client::{Reply, client_form, form, get, refresh};

#[tokio::test(start_paused = true)]
async fn r30_a_scope_is_demanded_until_the_token_has_it() {
    let api = demanding(Demand::Scope("read write".into()));
    let (poor, rich) = (issue(&api, "&scope=read").await, issue(&api, "&scope=write+x+read").await);

    let refused = get(&api, "/data_flows", &poor).await;

    assert_eq!((refused.status, error(&refused)), (FORBIDDEN, "insufficient_scope".to_owned()));
    assert_eq!(parameter(&refused, "scope"), "read write");
    assert_eq!(get(&api, "/data_flows", &rich).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r30_a_refresh_asks_for_scopes_within_what_was_granted() {
    let api = demanding(Demand::Scope("write".into()));
    let first = device(&api, "&scope=read+write").await;
    let ask = |token: String, scope| {
        let body = format!("grant_type=refresh_token&refresh_token={token}&scope={scope}");
        let api = api.clone();
        async move { form(&api, "/token", None, &body).await }
    };

    let wider = ask(first.text("refresh_token"), "read+admin").await;
    let narrow = ask(first.text("refresh_token"), "read").await;
    let whole = refresh(&api, &narrow.text("refresh_token")).await;

    assert_eq!(wider.text("error"), "invalid_scope");
    assert_eq!((narrow.text("scope"), whole.text("scope")), ("read".into(), "read write".into()));
    let refused = get(&api, "/data_flows", &narrow.text("access_token")).await;
    assert_eq!(error(&refused), "insufficient_scope");
    assert_eq!(get(&api, "/data_flows", &whole.text("access_token")).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r31_claims_are_demanded_until_the_token_was_asked_for_with_them() {
    let claims = json!({ "access_token": { "nbf": { "essential": true, "value": "1" } } });
    let api = demanding(Demand::Claims(claims.clone()));
    let poor = issue(&api, "").await;

    let refused = get(&api, "/data_flows", &poor).await;
    let told = URL_SAFE_NO_PAD.decode(parameter(&refused, "claims")).unwrap();
    let told = serde_json::from_slice::<Value>(&told).unwrap();
    let rich = issue(&api, &format!("&claims={told}")).await;

    assert_eq!((refused.status, error(&refused)), (UNAUTHORIZED, "insufficient_claims".to_owned()));
    assert_eq!(told, claims);
    assert_eq!(get(&api, "/data_flows", &rich).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r31_claims_that_are_no_json_are_an_invalid_request() {
    let reply = client_form(&Api::new(), "/token", &format!("{GRANT}&claims=no")).await;

    assert_eq!(reply.text("error"), "invalid_request");
}

#[tokio::test(start_paused = true)]
async fn r32_a_level_is_demanded_until_the_token_has_one_of_them() {
    let api = demanding(Demand::StepUp { acr_values: "phrh phr".into(), max_age: None });
    let (poor, rich) = (issue(&api, "").await, issue(&api, "&acr_values=phr+other").await);

    let refused = get(&api, "/data_flows", &poor).await;

    let expected = (UNAUTHORIZED, "insufficient_user_authentication".to_owned());
    assert_eq!((refused.status, error(&refused)), expected);
    assert_eq!(parameter(&refused, "acr_values"), "phrh phr");
    assert!(!refused.header("www-authenticate").unwrap().contains("max_age"));
    assert_eq!(get(&api, "/data_flows", &rich).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r32_a_user_steps_up_on_a_device_and_a_refresh_neither_does_nor_undoes_it() {
    let api = demanding(Demand::StepUp { acr_values: "phr".into(), max_age: None });
    let (poor, rich) = (device(&api, "").await, device(&api, "&acr_values=phr").await);
    let token = poor.text("refresh_token");
    let asking = format!("grant_type=refresh_token&refresh_token={token}&acr_values=phr");

    let poor = form(&api, "/token", None, &asking).await.text("access_token");
    let rich = refresh(&api, &rich.text("refresh_token")).await.text("access_token");

    assert_eq!(get(&api, "/data_flows", &poor).await.status, UNAUTHORIZED);
    assert_eq!(get(&api, "/data_flows", &rich).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r32_an_authentication_that_is_too_old_is_not_helped_by_a_refresh() {
    let max_age = Some(Duration::from_secs(60));
    let api = demanding(Demand::StepUp { acr_values: "".into(), max_age });
    let first = refresh(&api, &api.new_refresh_token()).await;
    advance(Duration::from_secs(60)).await;
    assert_eq!(get(&api, "/data_flows", &first.text("access_token")).await.status, StatusCode::OK);

    advance(Duration::from_secs(1)).await;
    let second = refresh(&api, &first.text("refresh_token")).await;
    let refused = get(&api, "/data_flows", &second.text("access_token")).await;

    assert_eq!(error(&refused), "insufficient_user_authentication");
    assert_eq!(parameter(&refused, "max_age"), "60");
    let anew = issue(&api, "&max_age=60").await;
    assert_eq!(get(&api, "/data_flows", &anew).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_not_good_is_told_that_first() {
    let api = demanding(Demand::Scope("write".into()));
    let token = issue(&api, "").await;
    api.expire_access_tokens();

    let expired = get(&api, "/data_flows", &token).await;
    let foreign = get(&api, "/data_flows", "foreign").await;

    assert_eq!((expired.text("error_code"), expired.status), ("AUTH_001".into(), UNAUTHORIZED));
    assert_eq!(foreign.text("error_code"), "AUTH_001");
}

#[tokio::test(start_paused = true)]
async fn a_demand_is_no_word_against_the_token() {
    let api = demanding(Demand::Scope("write".into()));
    let token = issue(&api, "").await;

    get(&api, "/data_flows", &token).await;
    get(&api, "/organizations/1/members", &token).await;

    assert_eq!(api.seen().sent_with_rejected_token(), 0);
}

fn demanding(demand: Demand) -> Api {
    let api = Api::new();
    api.fault(Fault::Demands(demand)).on("GET", "/data_flows").always();
    api
}

async fn issue(api: &Api, more: &str) -> String {
    client_form(api, "/token", &format!("{GRANT}{more}")).await.text("access_token")
}

/// Goes through a device authorization that the user approves.
async fn device(api: &Api, more: &str) -> Reply {
    let begun = client_form(api, "/device", more).await;
    api.approve_device(&begun.text("user_code"));
    let grant = "grant_type=urn:ietf:params:oauth:grant-type:device_code";
    let code = format!("{grant}&device_code={}", begun.text("device_code"));
    client_form(api, "/token", &code).await
}

fn error(reply: &Reply) -> String {
    assert_eq!(parameter(reply, "error"), reply.text("error"));
    reply.text("error")
}

/// Returns a parameter of the one challenge.
fn parameter(reply: &Reply, name: &str) -> String {
    let challenge = reply.header("www-authenticate").unwrap();
    let (_, rest) = challenge.split_once(&format!(" {name}=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

const GRANT: &str = "grant_type=client_credentials";
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
