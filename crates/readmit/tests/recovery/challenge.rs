//! What a 401 or a 403 of the API sets off: one recovery, and the call once more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::StatusCode;
use http::header::AUTHORIZATION;
use http_body_util::Full;
use readmit::error::event::Event;
use readmit::error::{Action, Kind};
use readmit::{Body, Token, credentials};
use readmit_testkit::{Api, Fault, Hint, Skew};

use crate::{client, client_with, create, get, secs, watched};

#[tokio::test(start_paused = true)]
async fn r27_a_call_is_recovered_once_of_each_kind() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    api.fault(Fault::ExpiredAccessToken).on("GET", "/data_flows").always();

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::TokenExpired);
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!((error.attempts(), error.recoveries()), (1, 1));
    assert_eq!(api.seen().count("GET", "/data_flows"), 1 + 2);
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r28_a_fresh_token_that_is_rejected_is_not_refreshed() {
    let api = Api::new();
    api.fault(Fault::InvalidAccessToken).on("GET", "/data_flows").always();

    let error = get(&client(&api)).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::InvalidCredentials);
    assert_eq!(error.failure().code(), Some("AUTH_001"));
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert!(!error.body().unwrap().is_empty());
    assert_eq!(error.attempts(), 1);
    assert_eq!(api.seen().token_calls(), 1);
    assert_eq!(api.seen().count("GET", "/data_flows"), 1);
}

#[tokio::test(start_paused = true)]
async fn r28_a_fresh_token_that_is_rejected_is_not_refreshed_for_another_reason_either() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    api.fault(Fault::ExpiredAccessToken).on("GET", "/data_flows").once();
    api.fault(Fault::InvalidAccessToken).on("GET", "/data_flows").always();

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::InvalidCredentials);
    assert_eq!(error.attempts(), 1);
    assert_eq!(api.seen().count("GET", "/data_flows"), 1 + 2);
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r28_a_source_that_has_nothing_but_the_rejected_token_is_asked_once() {
    let api = Api::new();
    let fetches = Arc::new(AtomicU64::new(0));
    let source = {
        let (token, fetches) = (api.new_access_token(), Arc::clone(&fetches));
        credentials::from_fn(move || {
            fetches.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Ok(Token::bearer(token.clone()).unwrap()))
        })
    };
    let client = client_with(&api, source);
    get(&client).await.unwrap();
    api.revoke_access_tokens();

    let refused = get(&client).await.unwrap_err();
    let remembered = get(&client).await.unwrap_err();

    for error in [refused, remembered] {
        assert_eq!(error.failure().kind(), Kind::InvalidCredentials);
        assert!(error.is_authentication());
    }
    assert_eq!(fetches.load(Ordering::Relaxed), 2);
    assert_eq!(api.seen().count("GET", "/data_flows"), 2);
}

#[tokio::test(start_paused = true)]
async fn r29_a_401_without_a_challenge_is_recovered_from() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    api.fault(Fault::Unauthorized).on("GET", "/data_flows").once();

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), answer.recoveries()), (1, 1));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r30_a_missing_permission_is_no_reason_for_a_refresh() {
    let api = Api::new();
    let client = client(&api);

    let error = client.get("/organizations/1/members").send().await.unwrap_err();

    assert!(error.is_permission() && !error.is_authentication());
    assert_eq!(error.failure().code(), Some("AUTH_004"));
    assert_eq!(error.failure().action(), Action::VerifyPermissions);
    assert_eq!(api.seen().requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn r42_a_recovery_is_not_an_attempt() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    let unavailable = || Fault::Unavailable { retry_after: Hint::Absent };
    api.fault(unavailable()).on("GET", "/data_flows").once();
    api.fault(Fault::ExpiredAccessToken).on("GET", "/data_flows").once();
    api.fault(unavailable()).on("GET", "/data_flows").once();

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), answer.recoveries()), (3, 1));
    assert_eq!(api.seen().count("GET", "/data_flows"), 1 + 4);
}

#[tokio::test(start_paused = true)]
async fn r42_a_post_that_was_refused_for_its_token_is_sent_again() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    api.expire_access_tokens();

    let answer = create(&client).send().await.unwrap();

    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!((answer.attempts(), answer.recoveries()), (1, 1));
    assert_eq!(api.seen().duplicates(), 0);
}

#[tokio::test(start_paused = true)]
async fn r39_a_stream_that_was_refused_has_the_token_replaced_for_the_next_call() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    api.expire_access_tokens();
    let stream = Body::stream(Full::new(Bytes::from_static(b"{\"name\":\"orders\"}")));

    let error = client.post("/data_flows").body(stream).send().await.unwrap_err();
    let next = get(&client).await.unwrap();

    assert_eq!((error.failure().kind(), error.attempts()), (Kind::TokenExpired, 1));
    assert_eq!((next.attempts(), next.recoveries()), (1, 0));
    assert_eq!(api.seen().count("POST", "/data_flows"), 1);
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r51_a_server_whose_clock_is_off_says_by_its_own_time_what_expired() {
    for skew in [Skew::Ahead(secs(300)), Skew::Behind(secs(300))] {
        let api = Api::builder().skew(skew).build();
        let (sink, client) = watched(&api);
        get(&client).await.unwrap();
        api.expire_access_tokens();

        let answer = get(&client).await.unwrap();

        assert_eq!((answer.attempts(), answer.recoveries()), (1, 1), "{skew:?}");
        let expired = |event: &&Event| matches!(event, Event::TokenExpired { .. });
        assert_eq!(sink.events().iter().filter(expired).count(), 1, "{skew:?}");
        assert_eq!(api.seen().token_calls(), 2, "{skew:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_brings_what_authenticates_it_keeps_that_and_is_not_recovered() {
    let api = Api::new();
    let client = client(&api);
    let own = format!("Bearer {}", api.new_access_token());
    let request = |own: &str| client.get("/data_flows").header(AUTHORIZATION, own).send();

    let answer = request(&own).await.unwrap();
    let error = request("Bearer no-such-token").await.unwrap_err();

    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!((error.attempts(), error.recoveries()), (1, 0));
    assert_eq!(api.seen().token_calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn r40_a_post_that_was_redirected_to_its_result_is_not_sent_again_for_a_refresh() {
    let api = Api::new();
    let client = client(&api);
    let (status, location) = (StatusCode::SEE_OTHER, "/data_flows/9".to_owned());
    api.fault(Fault::Redirect { status, location }).on("POST", "/data_flows").always();
    api.fault(Fault::ExpiredAccessToken).on("GET", "/data_flows/{id}").once();

    let error = create(&client).send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::TokenExpired);
    assert_eq!((api.seen().count("POST", "/data_flows"), error.recoveries()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn r56_what_a_request_brought_itself_is_not_repeated_when_it_is_echoed() {
    let api = Api::new();
    let client = client(&api);
    let echo = http::Response::builder().status(401);
    let echo = echo.body(r#"{"error_description": "planted-token is not known"}"#).unwrap();
    api.fault(Fault::respond(echo)).once();

    let call = client.get("/data_flows").header(AUTHORIZATION, "Bearer planted-token");
    let error = call.send().await.unwrap_err();

    assert_eq!(error.failure().description(), Some("REDACTED is not known"));
}
