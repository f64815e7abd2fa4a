//! What goes up.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};
use http_body::Frame;
use readmit::error::event::CallContext;
use readmit::error::{Kind, Stage};
use readmit::{Body, Client};
use readmit_testkit::{Api, Fault, Hint};
use tower_service::Service;

use crate::{Chunks, Flow, Kept, client, over};

#[tokio::test(start_paused = true)]
async fn a_stream_passes_through() {
    let api = Api::new();
    let flow = Chunks::of([r#"{"name": "#, r#""streamed"}"#]);

    let answer = client(&api).post("/data_flows").body(Body::stream(flow)).send().await.unwrap();

    let flow: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(flow["name"], "streamed");
}

#[tokio::test(start_paused = true)]
async fn a_large_stream_passes_through() {
    let api = Api::new();
    let big = Chunks(std::iter::repeat_n(Ok(Bytes::from(vec![b'x'; 1 << 20])), 32).collect());

    let error = client(&api).put("/data_flows").body(Body::stream(big)).send().await.unwrap_err();

    assert_eq!(error.status().unwrap().as_u16(), 405);
    assert_eq!(api.seen().requests().last().unwrap().body_len(), 32 << 20);
}

#[tokio::test(start_paused = true)]
async fn r39_a_stream_is_sent_once() {
    for fault in [
        Fault::Unavailable { retry_after: Hint::Absent },
        Fault::RateLimited { retry_after: Hint::Absent },
        Fault::ExpiredAccessToken,
        Fault::Broken(Stage::Sent),
        Fault::BadGateway,
    ] {
        let api = Api::new();
        let client = client(&api);
        client.get("/data_flows").send().await.unwrap();
        api.fault(fault).on("PUT", "/data_flows").once();

        let put = client.put("/data_flows").idempotency_key("k");
        let stream = Body::stream(Chunks::of([r#"{"name": "a"}"#]));
        let error = put.body(stream).send().await.unwrap_err();

        assert_eq!(api.seen().count("PUT", "/data_flows"), 1, "{error}");
        assert_eq!((error.attempts(), error.recoveries()), (1, 0));
        assert!(!error.is_exhausted(), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_nobody_reads_does_not_wait_for_ever_for_the_rest_of_a_refusal() {
    let client = Client::builder("https://api.test").build_over(Deaf).unwrap();
    let begun = tokio::time::Instant::now();

    let put = client.put("/data_flows").body(Body::stream(Chunks::of(["{}"])));
    let error = put.send().await.unwrap_err();

    assert_eq!(begun.elapsed(), Duration::from_secs(30));
    assert_eq!((error.status().unwrap().as_u16(), error.is_body_cut()), (413, true));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_off_is_told_and_not_repeated() {
    let api = Api::new();
    let broken = Chunks([Ok(Bytes::from_static(b"{")), Err("broke off")].into());

    let put = client(&api).put("/data_flows").body(Body::stream(broken));
    let error = put.send().await.unwrap_err();

    assert!(error.is_network(), "{error}");
    assert_eq!((error.attempts(), api.seen().count("PUT", "*")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_query_a_form_and_json_are_what_the_server_gets() {
    let api = Api::new();
    let client = client(&api);

    client.get("/data_flows?a=1").query(&[("b", "x y&z"), ("c", "ü")]).send().await.unwrap();
    let query = api.seen().requests().last().unwrap().query().map(str::to_owned);
    client.get("/data_flows").query(&[("", ""); 0]).send().await.unwrap();
    let none = api.seen().requests().last().unwrap().query().map(str::to_owned);
    client.post("/data_flows").json(&Flow { name: "ü" }).send().await.unwrap();
    let json = api.seen().requests().last().unwrap().headers()[CONTENT_TYPE].clone();
    let form = client.post("/data_flows").form([("name", "a&b")]).send().await.unwrap_err();
    let sent = api.seen().requests().last().unwrap().clone();

    assert_eq!(query.as_deref(), Some("a=1&b=x+y%26z&c=%C3%BC"));
    assert_eq!(none, None);
    assert_eq!(json, "application/json");
    assert_eq!(form.failure().kind(), Kind::ValidationFailed);
    assert_eq!(sent.headers()[CONTENT_TYPE], "application/x-www-form-urlencoded");
    assert_eq!(sent.body_len(), "name=a%26b".len());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_is_reported_by_send_and_sent_nowhere() {
    let api = Api::new();
    let client = client(&api);
    let long = format!("/data_flows?{}", "x".repeat(70_000));
    let map = std::collections::BTreeMap::from([((1, 2), 3)]);

    for request in [
        client.get("/data_flows").header("x-a", "planted\r\nx-b: 1"),
        client.get("/data_flows").idempotency_key("planted\n"),
        client.get("/data_flows").header("no header", "planted"),
        client.get("/data_flows").header("", "planted"),
        client.get("/data_flows").json(&map),
        client.get("file:///planted"),
        client.get(long),
    ] {
        let error = request.send().await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::MalformedRequest, "{error}");
        assert!(error.is_rejected() && std::error::Error::source(&error).is_some());
        let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(!shown.contains("planted"), "{shown}");
    }
    assert!(api.seen().requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r55_events_know_route_and_context_and_never_the_raw_path_or_query() {
    let api = Api::new();
    let kept = Kept::default();
    let client = over(&api).sink(kept.clone()).build_over(api.service()).unwrap();
    api.fault(Fault::ExpiredAccessToken).on("GET", "*").nth(1);
    api.fault(Fault::InsufficientPermissions).on("GET", "*").always();

    let who = CallContext::default().user("ada").organization("org_42");
    let call = client.get("/data_flows/planted-id").query(&[("planted-name", "planted-value")]);
    call.route("/data_flows/{id}").context(who).send().await.unwrap_err();
    client.get("/data_flows/planted-id").send().await.unwrap_err();

    let records = kept.0.lock().unwrap();
    let mut calls = records.iter().filter(|record| record.call.method.is_some());
    let first = &calls.next().unwrap().call;
    assert_eq!(first.template.as_deref(), Some("/data_flows/{id}"));
    assert_eq!(
        (first.user.as_deref(), first.organization.as_deref()),
        (Some("ada"), Some("org_42"))
    );
    assert_eq!((first.method.as_deref(), first.server.as_deref()), (Some("GET"), Some("api.test")));
    assert_eq!(calls.next_back().unwrap().call.template, None);
    let shown = format!("{records:?}");
    assert!(!shown.contains("planted"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_method_is_sent_as_it_is() {
    let api = Api::new();
    let method = Method::from_bytes(b"PURGE").unwrap();

    let error = client(&api).request(method, "/data_flows").send().await.unwrap_err();

    assert_eq!(error.status().unwrap().as_u16(), 405);
    assert_eq!(api.seen().count("PURGE", "/data_flows"), 1);
}

/// Refuses what it does not read, and never comes to the end of saying so.
#[derive(Clone)]
struct Deaf;

/// Keeps the request with the answer, as a connection does that is neither read nor closed.
struct Unread(#[expect(dead_code, reason = "held, and not read")] Body);

impl Service<Request<Body>> for Deaf {
    type Response = Response<Unread>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut response = Response::new(Unread(request.into_body()));
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        ready(Ok(response))
    }
}

impl http_body::Body for Unread {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}
