use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use readmit_testkit::{Api, Skew};
use serde_json::{Value, json};

use crate::client::{Reply, client_form, form, get};

#[tokio::test(start_paused = true)]
async fn a_jwt_in_force_buys_a_token_whoever_signed_it() {
    let api = Api::builder().wall(UNIX_EPOCH).build();

    let reply = bearer(&api, &jwt(claims())).await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(get(&api, "/data_flows", &reply.text("access_token")).await.status, StatusCode::OK);
    assert_eq!(reply.json().get("refresh_token"), None);
}

#[tokio::test(start_paused = true)]
async fn a_jwt_that_lacks_a_claim_or_is_not_in_force_is_invalid_grant() {
    let api = Api::builder().wall(UNIX_EPOCH).build();
    let broken = [
        jwt(with("iss", Value::Null)),
        jwt(with("sub", json!(7))),
        jwt(with("aud", Value::Null)),
        jwt(with("exp", Value::Null)),
        jwt(with("exp", json!(0))),
        jwt(with("nbf", json!(1))),
        jwt(with("iat", json!(301))),
        "assertion".to_owned(),
    ];

    for assertion in broken {
        let reply = bearer(&api, &assertion).await;

        assert_eq!((reply.status, reply.text("error")), (StatusCode::BAD_REQUEST, grant_error()));
    }
}

#[tokio::test(start_paused = true)]
async fn r51_a_jwt_is_in_force_by_the_clock_of_the_api() {
    let api = Api::builder().wall(UNIX_EPOCH).build();
    let assertion = jwt(claims());

    api.skew(Skew::Ahead(Duration::from_secs(59)));
    assert_eq!(bearer(&api, &assertion).await.status, StatusCode::OK);
    api.skew(Skew::Ahead(Duration::from_secs(60)));
    assert_eq!(bearer(&api, &assertion).await.text("error"), grant_error());
}

#[tokio::test(start_paused = true)]
async fn an_assertion_that_was_named_is_the_only_one() {
    let api = Api::builder().assertion("the one").build();

    assert_eq!(bearer(&api, "the+one").await.status, StatusCode::OK);
    assert_eq!(bearer(&api, &jwt(claims())).await.text("error"), grant_error());
}

#[tokio::test(start_paused = true)]
async fn an_access_token_or_an_assertion_is_exchanged() {
    let api = Api::builder().wall(UNIX_EPOCH).build();
    let many = "audience=a&audience=b&resource=https://a.test&resource=https://b.test";

    for subject in [api.new_access_token(), jwt(claims())] {
        let actor = format!("actor_token={}&actor_token_type={JWT}", jwt(claims()));
        let reply = exchange(&api, &subject, &format!("&{many}&{actor}&scope=a")).await;

        let body = reply.json();
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!((&body["issued_token_type"], &body["scope"]), (&json!(ACCESS), &json!("a")));
        let token = reply.text("access_token");
        assert_eq!(get(&api, "/data_flows", &token).await.status, StatusCode::OK);
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_exchanged_is_invalid_request() {
    let api = Api::builder().wall(UNIX_EPOCH).build();
    let good = api.new_access_token();
    let revoked = api.new_access_token();
    form(&api, "/revoke", None, &format!("token={revoked}")).await;

    for (subject, more) in [
        ("foreign", ""),
        (revoked.as_str(), ""),
        (good.as_str(), "&actor_token_type=a"),
        (good.as_str(), "&actor_token=foreign&actor_token_type=a"),
        (good.as_str(), "&requested_token_type=urn:ietf:params:oauth:token-type:saml2"),
    ] {
        let reply = exchange(&api, subject, more).await;

        assert_eq!(reply.text("error"), "invalid_request", "{more}");
    }
}

async fn bearer(api: &Api, assertion: &str) -> Reply {
    let grant = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer";
    form(api, "/token", None, &format!("{grant}&assertion={assertion}")).await
}

async fn exchange(api: &Api, subject: &str, more: &str) -> Reply {
    let grant = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
    let body = format!("{grant}&subject_token={subject}&subject_token_type={ACCESS}{more}");
    client_form(api, "/token", &body).await
}

fn claims() -> Value {
    json!({ "iss": "issuer", "sub": "user", "aud": ["api"], "exp": 60 })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn jwt(claims: Value) -> String {
    let parts = [json!({ "alg": "ES256" }).to_string(), claims.to_string(), "signature".to_owned()];
    parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
}

fn grant_error() -> String {
    "invalid_grant".to_owned()
}

const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
