//! Failures inside a success, and successes that hold none.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body_util::BodyExt;
use readmit::credentials;
use readmit::error::{Failure, Kind};
use readmit_testkit::{Api, Fault};
use tokio::time::Instant;

use crate::{GRAPHQL, document, graphql, over, says, secs, slack};

#[tokio::test(start_paused = true)]
async fn r43_a_rate_limit_inside_a_success_is_waited_for() {
    let api = Api::new();
    let body = r#"{"ok":false,"error":"ratelimited"}"#;
    let mut limited = document(StatusCode::OK, "application/json; charset=utf-8", body);
    limited.headers_mut().insert("retry-after", "30".parse().unwrap());
    api.fault(Fault::respond(limited)).on("POST", "/api/chat.postMessage").once();
    api.fault(says(StatusCode::OK, r#"{"ok":true,"ts":"1"}"#)).always();
    let began = Instant::now();

    let answer = slack(&api).post("/api/chat.postMessage").send().await.unwrap();

    assert_eq!((answer.attempts(), began.elapsed()), (2, secs(30)));
    assert_eq!(answer.text().await.unwrap(), r#"{"ok":true,"ts":"1"}"#);
}

#[tokio::test(start_paused = true)]
async fn r27_a_token_that_a_success_says_has_expired_is_refreshed_once() {
    let api = Api::new();
    let key = credentials::service_key("https://api.test/token", api.service_key());
    let client = over(&api, "https://slack.com").credentials(key);
    let client = client.build_over(api.service()).unwrap();
    client.get("/data_flows").send().await.unwrap();
    let expired = || says(StatusCode::OK, r#"{"ok":false,"error":"token_expired"}"#);

    // A token that was issued a moment ago would not be refreshed.
    tokio::time::advance(secs(60)).await;
    api.fault(expired()).on("GET", "/data_flows").once();
    let mended = client.get("/data_flows").send().await.unwrap();
    tokio::time::advance(secs(60)).await;
    api.fault(expired()).on("GET", "/data_flows").always();
    let error = client.get("/data_flows").send().await.unwrap_err();

    assert_eq!((mended.attempts(), mended.recoveries()), (1, 1));
    assert_eq!((error.attempts(), error.recoveries()), (1, 1));
    assert_eq!(error.failure().kind(), Kind::TokenExpired);
    assert_eq!(api.tokens_issued(), 3 + 1, "one by hand, one to begin with, one for each refresh");
}

#[tokio::test(start_paused = true)]
async fn the_errors_of_graphql_are_an_error_with_the_whole_answer() {
    let api = Api::new();
    let body = r#"{"data":null,"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}"#;
    api.fault(says(StatusCode::OK, body)).on("POST", GRAPHQL).always();

    let error = graphql(&api).post(GRAPHQL).send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::InsufficientPermissions);
    assert_eq!((error.status(), error.failure().status()), (Some(StatusCode::OK), Some(200)));
    assert_eq!(error.body().map(|body| &body[..]), Some(body.as_bytes()));
    assert_eq!((error.is_body_cut(), error.attempts()), (false, 1));
}

#[tokio::test(start_paused = true)]
async fn r40_what_a_success_may_have_done_is_repeated_only_where_that_does_no_harm() {
    for (method, attempts) in [(Method::POST, 1), (Method::GET, 3)] {
        let api = Api::new();
        let body = r#"{"errors":[{"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#;
        api.fault(says(StatusCode::OK, body)).always();

        let error = graphql(&api).request(method, GRAPHQL).send().await.unwrap_err();

        assert_eq!((error.failure().kind(), error.attempts()), (Kind::ServerError, attempts));
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_that_holds_no_failure_is_given_out_whole() {
    for length in [0, 1, 65_535, 65_536, 65_537, 1 << 20] {
        let api = Api::new();
        let body = Bytes::from(format!(r#"{{"ok":true,"text":"{}"}}"#, "x".repeat(length)));
        let answer = document(StatusCode::OK, "application/json", body.clone());
        api.fault(Fault::respond(answer)).always();

        let answer = slack(&api).get("/api/auth.test").send().await.unwrap();

        assert_eq!(answer.attempts(), 1);
        assert_eq!(answer.bytes().await.unwrap(), body);
    }
}

#[tokio::test(start_paused = true)]
async fn send_raw_gives_a_success_that_failed_back_whole_with_its_failure() {
    let api = Api::new();
    let body = Bytes::from(format!(
        r#"{{"ok":false,"error":"missing_scope","padding":"{}"}}"#,
        "x".repeat(100_000)
    ));
    let answer = document(StatusCode::OK, "application/json", body.clone());
    api.fault(Fault::respond(answer)).always();

    let answer = slack(&api).get("/api/users.list").send_raw().await.unwrap();

    let failure = answer.extensions().get::<Failure>().unwrap();
    assert_eq!(failure.kind(), Kind::InsufficientPermissions);
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), body);
}

#[tokio::test(start_paused = true)]
async fn send_raw_puts_nothing_beside_a_success_that_holds_no_failure() {
    let api = Api::new();
    api.fault(says(StatusCode::OK, r#"{"ok":true}"#)).always();

    let answer = slack(&api).get("/api/users.list").send_raw().await.unwrap();

    assert!(answer.extensions().get::<Failure>().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_failure_inside_a_success_has_its_fallback() {
    let api = Api::new();
    api.fault(says(StatusCode::OK, r#"{"ok":false,"error":"internal_error"}"#)).always();

    let call = slack(&api).get("/api/users.list").fallback(|_| Some(Response::default()));
    let answer = call.send().await.unwrap();

    assert!(answer.fallback_for().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_success_fails_in_xml_and_in_a_form_too() {
    for (origin, media_type, body, kind) in [
        (
            "https://bucket.s3.amazonaws.com",
            "application/xml",
            "<Error><Code>SlowDown</Code></Error>",
            Kind::RateLimited,
        ),
        (
            "https://github.com",
            "application/x-www-form-urlencoded; charset=utf-8",
            "error=bad_verification_code&error_description=expired",
            Kind::InvalidCredentials,
        ),
    ] {
        let api = Api::new();
        api.fault(Fault::respond(document(StatusCode::OK, media_type, body))).always();
        let client = over(&api, origin).build_over(api.service()).unwrap();

        let error = client.post("/a").send().await.unwrap_err();

        assert_eq!(error.failure().kind(), kind, "{media_type}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_of_another_type_is_believed() {
    for media_type in ["text/plain", "application/octet-stream", "text/event-stream"] {
        let api = Api::new();
        api.fault(Fault::respond(document(StatusCode::OK, media_type, r#"{"ok":false}"#))).always();

        assert!(slack(&api).get("/a").send().await.is_ok(), "{media_type}");
    }
}
