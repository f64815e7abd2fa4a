//! What comes down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use readmit::error::{Category, Failure, Kind, Replay, Stage};
use readmit_testkit::{Api, Fault, Hint};

use crate::{Flow, client, over};

#[tokio::test(start_paused = true)]
async fn r50_send_raw_gives_back_the_whole_error_body_with_its_failure() {
    let api = Api::new();
    api.fault(Fault::HugeError).on("GET", "/data_flows").always();

    let answer = client(&api).get("/data_flows").send_raw().await.unwrap();

    let failure = answer.extensions().get::<Failure>().unwrap();
    assert_eq!((answer.status().as_u16(), failure.kind()), (500, Kind::ServerError));
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(10 << 20 < body.len());
    assert!(body.starts_with(b"{") && body.ends_with(b"}"));
    assert_eq!(api.seen().count("GET", "/data_flows"), 3);
}

#[tokio::test(start_paused = true)]
async fn r75_send_keeps_64_kib_and_says_that_it_is_cut() {
    let api = Api::new();
    api.fault(Fault::HugeError).on("GET", "/data_flows").always();

    let error = client(&api).get("/data_flows").send().await.unwrap_err();

    assert_eq!(error.body().unwrap().len(), 64 << 10);
    assert!(error.is_body_cut());
    assert_eq!((error.failure().kind(), error.attempts()), (Kind::ServerError, 3));
}

#[tokio::test(start_paused = true)]
async fn r75_a_body_of_just_64_kib_is_not_cut() {
    for (length, cut) in [(65_535, false), (65_536, false), (65_537, true)] {
        let api = Api::new();
        let full = Response::builder().status(400).body("x".repeat(length)).unwrap();
        api.fault(Fault::respond(full)).on("GET", "/data_flows").always();

        let error = client(&api).get("/data_flows").send().await.unwrap_err();

        assert_eq!((error.is_body_cut(), error.body().unwrap().len()), (cut, length.min(65_536)));
    }
}

#[tokio::test(start_paused = true)]
async fn r75_a_truncated_error_is_classified_by_what_came() {
    let api = Api::new();
    api.fault(Fault::TruncatedError).on("GET", "/data_flows").always();

    let error = client(&api).get("/data_flows").send().await.unwrap_err();

    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (500, 3));
    assert_eq!(error.failure().kind(), Kind::ServerError);
    assert!(error.is_body_cut() && !error.body().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r75_an_error_body_that_stalls_ends_with_the_attempt_and_keeps_its_status() {
    let api = Api::new();
    api.fault(Fault::Stalled).on("GET", "/data_flows/{id}").always();
    let client = over(&api).attempt_timeout(Duration::from_secs(7));
    let client = client.build_over(api.service()).unwrap();
    client.get("/data_flows").send().await.unwrap();
    let begun = tokio::time::Instant::now();

    let error = client.get("/data_flows/9").send().await.unwrap_err();

    assert_eq!(begun.elapsed(), Duration::from_secs(7));
    assert_eq!((error.status().unwrap().as_u16(), error.failure().kind()), (404, Kind::NotFound));
    assert_eq!((error.is_body_cut(), error.attempts()), (true, 1));
}

#[tokio::test(start_paused = true)]
async fn r48_an_error_body_that_outlasts_the_deadline_keeps_its_status() {
    let api = Api::new();
    api.fault(Fault::Stalled).on("GET", "/data_flows/{id}").always();
    let client = client(&api);
    client.get("/data_flows").send().await.unwrap();

    let call = client.get("/data_flows/9").deadline(Duration::from_secs(5));
    let error = call.send().await.unwrap_err();

    assert_eq!((error.status().unwrap().as_u16(), error.failure().kind()), (404, Kind::NotFound));
}

#[tokio::test(start_paused = true)]
async fn a_good_answer_that_breaks_off_is_a_lost_connection() {
    let api = Api::new();
    let client = client(&api);
    client.post("/data_flows").json(&Flow { name: "a" }).send().await.unwrap();
    api.expire_access_tokens();
    let get = || async {
        api.fault(Fault::Broken(Stage::Answering)).on("GET", "/data_flows").nth(2);
        api.expire_access_tokens();
        client.get("/data_flows").send().await.unwrap()
    };

    let bytes = get().await.bytes().await.unwrap_err();
    let json = get().await.json::<serde_json::Value>().await.unwrap_err();
    let text = get().await.text().await.unwrap_err();
    let mut answer = get().await;
    let chunk = loop {
        match answer.chunk().await {
            Ok(piece) => assert!(piece.is_some(), "it did not end well"),
            Err(error) => break error,
        }
    };

    for error in [bytes, json, text, chunk] {
        assert_eq!(error.failure().kind(), Kind::ConnectionLost);
        assert_eq!((error.attempts(), error.recoveries()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn r55_json_of_another_shape_is_told_without_a_value_of_it() {
    for body in [r#""planted""#, r#"{"name": "planted"}"#, "planted", "[1, \"planted\"", ""] {
        let api = Api::new();
        api.fault(Fault::respond(Response::new(body))).on("GET", "/data_flows").always();

        let answer = client(&api).get("/data_flows").send().await.unwrap();
        let error = answer.json::<Vec<u32>>().await.unwrap_err();

        let source = std::error::Error::source(&error).unwrap();
        let shown = format!("{error} {error:?} {source} {source:?}");
        assert!(!shown.contains("planted"), "{shown}");
        assert_eq!((error.attempts(), error.failure().status()), (1, Some(200)));
        assert_eq!(error.failure().replay(), Replay::Processed);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_body_is_one() {
    let api = Api::new();
    let client = client(&api);
    client.get("/data_flows").send().await.unwrap();

    for status in [200, 202, 204, 304] {
        let empty = Response::builder().status(status).body("").unwrap();
        api.fault(Fault::respond(empty)).once();
        let answer = client.delete("/data_flows/1").send().await.unwrap();

        assert_eq!((answer.status().as_u16(), answer.bytes().await.unwrap().len()), (status, 0));
    }
    for status in [401, 403, 404, 429, 500, 599] {
        let api = Api::new();
        let empty = Response::builder().status(status).body("").unwrap();
        api.fault(Fault::respond(empty)).on("DELETE", "*").always();
        let error = crate::client(&api).delete("/data_flows/1").send().await.unwrap_err();

        assert_eq!((error.status().unwrap().as_u16(), error.body().unwrap().len()), (status, 0));
        assert!(!error.is_body_cut());
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_is_answered_and_refused_without_a_body() {
    let api = Api::new();
    let client = client(&api);

    let good = client.head("/data_flows").send().await.unwrap();
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).on("HEAD", "*").always();
    let bad = client.head("/data_flows").send().await.unwrap_err();

    assert_eq!(good.bytes().await.unwrap().len(), 0);
    assert_eq!((bad.failure().kind(), bad.attempts()), (Kind::Unavailable, 3));
    assert!(bad.body().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_page_of_a_proxy_is_a_gateway_failure() {
    let api = Api::new();
    api.fault(Fault::BadGateway).on("GET", "*").always();

    let error = client(&api).get("/data_flows").send().await.unwrap_err();

    assert_eq!((error.failure().kind(), error.failure().code()), (Kind::Gateway, Some("HTTP_502")));
    assert!(error.body().unwrap().starts_with(b"<html>"));
}

#[tokio::test(start_paused = true)]
async fn a_fallback_is_asked_once_and_only_for_failures() {
    let api = Api::new();
    let client = client(&api);
    let asked = Arc::new(AtomicU32::new(0));
    let call = |answers: bool| {
        let asked = Arc::clone(&asked);
        client.get("/data_flows").fallback(move |failure| {
            asked.fetch_add(1, Ordering::Relaxed);
            let is_service = failure.kind().category() == Category::Service;
            (answers && is_service).then(|| Response::new(Bytes::from_static(b"cached")))
        })
    };

    let healthy = call(true).send().await.unwrap();
    let unasked = asked.load(Ordering::Relaxed);
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).always();
    let down = call(true).send().await.unwrap();
    let none = call(false).send().await.unwrap_err();
    let raw = call(true).send_raw().await.unwrap();

    assert!(healthy.fallback_for().is_none());
    assert_eq!((unasked, asked.load(Ordering::Relaxed)), (0, 2));
    assert_eq!(down.fallback_for().map(Failure::kind), Some(Kind::Unavailable));
    assert_eq!(down.attempts(), 3);
    assert_eq!(down.text().await.unwrap(), "cached");
    assert_eq!(none.failure().kind(), Kind::Unavailable);
    assert_eq!(raw.status(), 503);
}
