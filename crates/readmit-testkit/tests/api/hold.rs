use http::StatusCode;
use readmit_testkit::Api;
use tokio::task::JoinSet;

use crate::client::{get, token};

#[tokio::test(start_paused = true)]
async fn all_that_are_held_see_what_happened_meanwhile() {
    let api = Api::new();
    let token = token(&api).await;
    let hold = api.hold();
    let mut calls = gets(&api, &token, 64);

    hold.wait_for(64).await;
    api.expire_access_tokens();
    hold.release();

    while let Some(status) = calls.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(api.seen().max_concurrent(), 64);
    assert_eq!(api.seen().with_token(1), 64);
}

#[tokio::test(start_paused = true)]
async fn token_traffic_is_not_held_unless_it_is_asked_for() {
    let api = Api::new();
    let hold = api.hold();
    token(&api).await;
    drop(hold);

    let hold = api.hold_on("POST", "/token");
    let held = tokio::spawn({
        let api = api.clone();
        async move { token(&api).await }
    });
    hold.wait_for(1).await;

    assert_eq!(api.tokens_issued(), 1);
    hold.release();
    held.await.unwrap();
    assert_eq!(api.tokens_issued(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_leaves_the_door() {
    let api = Api::new();
    let token = api.new_access_token();
    let hold = api.hold();
    let mut calls = gets(&api, &token, 2);
    hold.wait_for(2).await;

    calls.shutdown().await;

    assert_eq!(hold.waiting(), 0);
    assert_eq!(api.seen().requests()[0].status(), None);
}

#[tokio::test(start_paused = true)]
async fn two_holds_need_two_releases() {
    let api = Api::new();
    let token = api.new_access_token();
    let (first, second) = (api.hold(), api.hold());
    let mut calls = gets(&api, &token, 1);

    first.wait_for(1).await;
    first.release();
    second.wait_for(1).await;
    assert!(calls.try_join_next().is_none());
    second.release();

    assert_eq!(calls.join_next().await.unwrap().unwrap(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn an_open_door_holds_nobody() {
    let api = Api::new();
    let token = api.new_access_token();

    api.hold().release();

    assert_eq!(get(&api, "/data_flows", &token).await.status, StatusCode::OK);
}

fn gets(api: &Api, token: &str, count: usize) -> JoinSet<StatusCode> {
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let (api, token) = (api.clone(), token.to_owned());
        calls.spawn(async move { get(&api, "/data_flows", &token).await.status });
    }
    calls
}
