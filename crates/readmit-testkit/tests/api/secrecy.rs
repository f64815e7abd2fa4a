use http::{HeaderValue, Request, Response};
use readmit_testkit::{Api, Fault};

use crate::client::{form, get, send, token};

#[tokio::test]
async fn r55_no_secret_is_shown_by_any_debug() {
    let builder = Api::builder()
        .service_key(format!("{SECRET}-key"))
        .client("client", format!("{SECRET}-client"))
        .access_token_prefix(SECRET)
        .refresh_token_prefix(SECRET);
    let mut shown = vec![format!("{builder:?}")];
    let api = builder.build();
    let server = api.serve().await.unwrap();
    let token = token(&api).await;
    get(&api, &format!("/data_flows?token={token}"), &token).await;
    let refresh = format!("grant_type=refresh_token&refresh_token={}", api.new_refresh_token());
    form(&api, "/token/refresh", None, &refresh).await;
    let request = Request::get("/data_flows").header("x-api-key", SECRET).header("cookie", SECRET);
    send(&api, request.body(String::new()).unwrap()).await.unwrap();

    let fault = Fault::respond(Response::new(SECRET));
    shown.push(format!("{api:?} {:?} {server:?} {:?}", api.service(), api.hold()));
    shown.push(format!("{:?} {:?}", api.seen(), api.fault(fault)));

    assert!(shown.iter().all(|text| !text.is_empty() && !text.contains(SECRET)), "{shown:?}");
}

#[tokio::test(start_paused = true)]
async fn planted_secrets_are_the_ones_in_use() {
    let api = Api::builder()
        .service_key("key")
        .client("id", "secret")
        .access_token_prefix("A-")
        .refresh_token_prefix("R-")
        .build();

    assert_eq!((api.service_key(), api.client_id(), api.client_secret()), ("key", "id", "secret"));
    assert!(token(&api).await.starts_with("A-"));
    assert!(api.new_access_token().starts_with("A-"));
    assert!(api.new_refresh_token().starts_with("R-"));
}

#[tokio::test(start_paused = true)]
async fn no_recorded_header_holds_a_secret() {
    let api = Api::builder().access_token_prefix(SECRET).build();
    let request = Request::get("/data_flows").header("x-api-key", SECRET).header("cookie", SECRET);
    let request = request.header("proxy-authorization", SECRET).header("authorization", SECRET);
    let mut marked = HeaderValue::from_static(SECRET);
    marked.set_sensitive(true);
    let request = request.header("x-custom-key", marked);
    send(&api, request.body(String::new()).unwrap()).await.unwrap();

    let seen = api.seen();

    let headers = seen.requests()[0].headers();
    assert_eq!(headers.len(), 5);
    assert!(headers.values().all(|value| value == "[hidden]"));
}

const SECRET: &str = "planted-secret-1f6b";
