use std::time::Duration;

use http::Request;
use readmit_testkit::{Api, Fault};

use crate::client::{get, refresh, send, token};

#[tokio::test(start_paused = true)]
async fn r02_a_token_is_known_to_be_rejected_once_a_401_said_so() {
    let api = Api::new();
    let token = api.new_access_token();
    api.fault(Fault::ExpiredAccessToken).once();

    get(&api, "/data_flows", &token).await;
    assert_eq!(api.seen().sent_with_rejected_token(), 0);
    get(&api, "/data_flows", &token).await;

    assert_eq!(api.seen().sent_with_rejected_token(), 1);
}

#[tokio::test(start_paused = true)]
async fn r33_a_401_about_something_else_rejects_no_token() {
    let api = Api::new();
    let token = api.new_access_token();
    let nonce = r#"DPoP error="use_dpop_nonce", error_description="a nonce""#;
    api.fault(Fault::Challenged(nonce.into())).once();
    api.fault(Fault::InternalError).once();

    for _ in 0..3 {
        get(&api, "/data_flows", &token).await;
    }

    assert_eq!(api.seen().sent_with_rejected_token(), 0);
}

#[tokio::test(start_paused = true)]
async fn r01_refreshes_are_counted_by_the_token_that_they_renew() {
    let api = Api::new();
    token(&api).await;
    assert_eq!(api.seen().max_refreshes(), 1);
    let hold = api.hold_on("POST", "/token");
    let calls = [(); 3].map(|()| {
        let api = api.clone();
        tokio::spawn(async move { token(&api).await })
    });
    hold.wait_for(3).await;

    hold.release();
    for call in calls {
        call.await.unwrap();
    }

    // All were let in one after the other, and each but the first had a newer token to start from.
    let seen = api.seen();
    assert_eq!(seen.tokens_issued(), 4);
    assert_eq!([1, 2, 3].map(|number| seen.refreshes_of(number)), [1, 1, 1]);
    assert_eq!((seen.refreshes_of(0), seen.refreshes_of(4)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r01_two_refreshes_of_one_token_at_once_are_a_storm() {
    let api = Api::new();
    token(&api).await;
    api.fault(Fault::Slow(Duration::from_secs(1))).on("POST", "/token").next(2);

    tokio::join!(token(&api), token(&api));

    let seen = api.seen();
    assert_eq!((seen.refreshes_of(1), seen.max_refreshes()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn r23_a_refresh_whose_answer_was_lost_is_none() {
    let api = Api::builder().refresh_grace(Duration::from_secs(10)).build();
    let first = api.new_refresh_token();
    api.fault(Fault::LostAnswer).once();
    let body = format!("grant_type=refresh_token&refresh_token={first}");
    send(&api, Request::post("/token/refresh").body(body).unwrap()).await.unwrap_err();

    refresh(&api, &first).await;

    let seen = api.seen();
    assert_eq!((seen.max_refreshes(), seen.lost_refresh_tokens()), (1, 0));
    assert_eq!((seen.tokens_issued(), seen.undelivered_refresh_tokens()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r18_a_client_that_sends_an_older_refresh_token_has_lost_the_newer_one() {
    let api = Api::builder().refresh_grace(Duration::from_secs(10)).build();
    let first = api.new_refresh_token();
    let second = refresh(&api, &first).await.text("refresh_token");
    refresh(&api, &second).await;
    assert_eq!(api.seen().lost_refresh_tokens(), 0);

    refresh(&api, &first).await;

    let seen = api.seen();
    assert_eq!((seen.lost_refresh_tokens(), seen.undelivered_refresh_tokens()), (1, 0));
}
