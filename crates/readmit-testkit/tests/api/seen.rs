use http::{Request, StatusCode};
use http_body_util::BodyExt;
use readmit_error::Stage;
use readmit_testkit::{Api, Fault};
use tower_service::Service;

use crate::client::{form, get, post, send, token, with_bearer};

#[tokio::test(start_paused = true)]
async fn requests_are_counted_by_route() {
    let api = Api::new();
    let token = token(&api).await;
    get(&api, "/data_flows", &token).await;
    get(&api, "/organizations/1/members", &token).await;
    get(&api, "/organizations/2/members", &token).await;

    let seen = api.seen();

    assert_eq!(seen.count("*", "*"), 4);
    assert_eq!(seen.count("GET", "/data_flows"), 1);
    assert_eq!(seen.count("POST", "/data_flows"), 0);
    assert_eq!(seen.count("GET", "/organizations/{id}/members"), 2);
}

#[tokio::test(start_paused = true)]
async fn token_calls_are_counted_whatever_became_of_them() {
    let api = Api::new();
    token(&api).await;
    api.fault(Fault::InternalError).once();
    form(&api, "/token", None, "").await;
    form(&api, "/token/refresh", None, "").await;

    assert_eq!(api.seen().token_calls(), 3);
    assert_eq!((api.tokens_issued(), api.seen().tokens_issued()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_recorded_with_all_that_is_not_secret() {
    let api = Api::new();
    let request = with_bearer(Request::get("http://api.test:80/data_flows?page=2"), "foreign");
    let request = request.header("accept", "text/x").body("12".to_owned()).unwrap();
    send(&api, request).await.unwrap();

    let seen = api.seen();
    let request = &seen.requests()[0];

    assert_eq!((request.method().as_str(), request.path()), ("GET", "/data_flows"));
    assert_eq!(request.query(), Some("page=2"));
    assert_eq!(request.authority(), Some("api.test:80"));
    assert_eq!(request.header("accept"), Some("text/x"));
    assert_eq!(request.header("authorization"), Some("[hidden]"));
    assert!(request.has_authorization());
    assert_eq!((request.token(), request.body_len()), (None, 2));
    assert_eq!(request.status(), Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test(start_paused = true)]
async fn requests_are_counted_by_token() {
    let api = Api::new();
    let (first, second) = (token(&api).await, token(&api).await);
    for token in [&first, &second, &second] {
        get(&api, "/data_flows", token).await;
    }

    assert_eq!((api.seen().with_token(1), api.seen().with_token(2)), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_stale_once_a_newer_one_was_handed_out() {
    let api = Api::new();
    let first = token(&api).await;
    get(&api, "/data_flows", &first).await;
    assert_eq!(api.seen().sent_with_stale_token(), 0);

    let second = token(&api).await;
    get(&api, "/data_flows", &second).await;
    get(&api, "/data_flows", &first).await;

    let seen = api.seen();
    assert_eq!(seen.sent_with_stale_token(), 1);
    assert_eq!(seen.sent_with_stale_token_after(1), 0);
    assert_eq!(seen.sent_with_stale_token_after(2), 1);
    assert_eq!(seen.requests().last().unwrap().superseded_by(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_handed_out_when_the_answer_is_read_and_not_before() {
    let api = Api::new();
    let first = token(&api).await;
    let authorization = format!("Basic {}", api.service_key());
    let request = Request::post("/token").header("authorization", authorization);

    let answer = api.service().call(request.body(String::new()).unwrap()).await.unwrap();
    get(&api, "/data_flows", &first).await;
    let before = api.seen().sent_with_stale_token();
    answer.into_body().collect().await.unwrap();
    get(&api, "/data_flows", &first).await;

    assert_eq!((before, api.seen().sent_with_stale_token()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_whose_answer_did_not_come_whole_was_never_handed_out() {
    for fault in [Fault::LostAnswer, Fault::Broken(Stage::Answering)] {
        let api = Api::new();
        let first = token(&api).await;
        api.fault(fault).once();
        let authorization = format!("Basic {}", api.service_key());
        let request = Request::post("/token").header("authorization", authorization);
        assert!(send(&api, request.body(String::new()).unwrap()).await.is_err());

        get(&api, "/data_flows", &first).await;

        assert_eq!(api.tokens_issued(), 2);
        assert_eq!(api.seen().sent_with_stale_token(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn r40_duplicates_of_a_post_are_counted_by_marker() {
    let api = Api::new();
    let token = api.new_access_token();
    api.fault(Fault::InternalError).nth(2);
    for _ in 0..3 {
        post(&api, "/data_flows", &token, r#"{"name":"a","marker":"m"}"#).await;
    }

    let seen = api.seen();

    assert_eq!((seen.sent("m"), seen.created("m"), seen.duplicates()), (3, 2, 1));
    assert_eq!((seen.sent("other"), seen.created("other")), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r40_the_idempotency_keys_of_a_marker_are_told() {
    let api = Api::new();
    for key in ["k1", "k1", "k2"] {
        let request = Request::post("/data_flows").header("idempotency-key", key);
        send(&api, request.body(r#"{"marker":"m"}"#.to_owned()).unwrap()).await.unwrap();
    }

    let keys = api.seen().idempotency_keys("m");

    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["k1", "k2"]);
}

#[tokio::test(start_paused = true)]
async fn concurrency_is_counted_apart_for_data_and_tokens() {
    let api = Api::new();
    let hold = api.hold_on("*", "*");
    let mut calls = tokio::task::JoinSet::new();
    for path in ["/data_flows", "/data_flows", "/token"] {
        let api = api.clone();
        calls.spawn(async move { post(&api, path, "foreign", "").await });
    }
    hold.wait_for(3).await;

    hold.release();
    calls.join_all().await;
    token(&api).await;

    assert_eq!(api.seen().max_concurrent(), 2);
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
    api.forget();
    assert_eq!(api.seen().max_concurrent(), 0);
    assert_eq!(api.seen().max_concurrent_token_calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_forgotten_leaves_the_rest_right() {
    let api = Api::new();
    let token = token(&api).await;
    let hold = api.hold();
    let held = tokio::spawn({
        let (api, token) = (api.clone(), token.clone());
        async move { get(&api, "/data_flows", &token).await }
    });
    hold.wait_for(1).await;

    api.forget();
    hold.release();
    held.await.unwrap();
    get(&api, "/data_flows", &token).await;

    let seen = api.seen();
    assert_eq!(seen.requests().len(), 1);
    assert_eq!(seen.requests()[0].status(), Some(StatusCode::OK));
    assert_eq!((seen.tokens_issued(), seen.max_concurrent()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_a_forgotten_request_is_nobody_elses() {
    let api = Api::new();
    let token = api.new_access_token();
    let hold = api.hold();
    let spawn = || {
        let (api, token) = (api.clone(), token.clone());
        tokio::spawn(async move { get(&api, "/data_flows", &token).await })
    };
    let forgotten = spawn();
    hold.wait_for(1).await;
    api.forget();
    let given_up = spawn();
    hold.wait_for(2).await;
    given_up.abort();
    given_up.await.unwrap_err();

    hold.release();
    forgotten.await.unwrap();

    let seen = api.seen();
    assert_eq!(seen.requests().len(), 1);
    assert_eq!(seen.requests()[0].status(), None);
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_does_not_change_afterwards() {
    let api = Api::new();
    let seen = api.seen();

    token(&api).await;

    assert!(seen.requests().is_empty());
}
