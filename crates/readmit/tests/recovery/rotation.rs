//! Refresh tokens: kept, replaced, and never presented twice for want of an answer.

use http::StatusCode;
use readmit::error::event::Event;
use readmit::error::{Action, Kind, Stage};
use readmit::{Credentials, credentials};
use readmit_testkit::{Api, Fault};

use crate::recorder::Recorder;
use crate::{answered, builder, client_with, get, in_flight, secs, together};

#[tokio::test(start_paused = true)]
async fn r19_a_refresh_token_that_is_not_replaced_is_kept() {
    let api = Api::builder().keep_refresh_tokens().build();
    let client = client_with(&api, refreshing(&api));

    for _ in 0..5 {
        get(&client).await.unwrap();
        api.expire_access_tokens();
    }

    assert_eq!(api.seen().count("POST", "/token/refresh"), 5);
    assert_eq!(answered(&api, StatusCode::BAD_REQUEST), 0);
}

#[tokio::test(start_paused = true)]
async fn r19_rotating_refresh_tokens_survive_expiry_after_expiry_under_load() {
    let api = Api::new();
    let client = client_with(&api, refreshing(&api));
    get(&client).await.unwrap();

    for _ in 0..20 {
        let (hold, calls) = in_flight(&api, &client).await;
        api.expire_access_tokens();
        hold.release();
        for call in calls {
            call.await.unwrap().unwrap();
        }
    }

    assert_eq!(api.seen().count("POST", "/token/refresh"), 21);
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
    assert_eq!(answered(&api, StatusCode::BAD_REQUEST), 0);
    assert_eq!(api.seen().sent_with_stale_token(), 0);
}

#[tokio::test(start_paused = true)]
async fn r23_a_refresh_whose_answer_is_lost_is_not_sent_again_by_itself() {
    for fault in [Fault::LostAnswer, Fault::Broken(Stage::Sent), Fault::Broken(Stage::Answering)] {
        let api = Api::new();
        let client = client_with(&api, refreshing(&api));
        api.fault(fault).on("POST", "/token/refresh").once();

        let answers = together(&client, 8).await;

        for error in answers.into_iter().map(Result::unwrap_err) {
            assert!(!error.is_authentication(), "{error}");
        }
        assert_eq!(api.seen().count("POST", "/token/refresh"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn r23_a_refresh_that_never_arrived_is_sent_again() {
    let api = Api::new();
    let client = client_with(&api, refreshing(&api));
    api.fault(Fault::Broken(Stage::Connect)).on("POST", "/token/refresh").once();
    api.fault(Fault::Broken(Stage::Unsent)).on("POST", "/token/refresh").once();

    let answer = get(&client).await.unwrap();

    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(api.seen().count("POST", "/token/refresh"), 1);
}

#[tokio::test(start_paused = true)]
async fn r23_a_refresh_token_that_may_be_spent_is_not_presented_while_the_access_token_is_good() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = builder(&api).credentials(refreshing(&api)).sink(sink.clone());
    let client = client.build_over(api.service()).unwrap();
    get(&client).await.unwrap();
    // The window before the end of a token of an hour begins within its last quarter.
    tokio::time::advance(secs(50 * 60)).await;
    api.fault(Fault::LostAnswer).on("POST", "/token/refresh").once();

    for _ in 0..8 {
        get(&client).await.unwrap();
        tokio::time::advance(secs(60)).await;
    }

    assert_eq!(api.seen().count("POST", "/token/refresh"), 2);
    assert_eq!(answered(&api, StatusCode::BAD_REQUEST), 0);
    let is_permanent =
        |event: &Event| matches!(event, Event::RefreshFailed { permanent: true, .. });
    assert!(!sink.events().iter().any(is_permanent), "the last resort is left");
}

#[tokio::test(start_paused = true)]
async fn r23_it_is_tried_once_more_when_there_is_nothing_left_to_lose() {
    let api = Api::builder().keep_refresh_tokens().build();
    let client = client_with(&api, refreshing(&api));
    get(&client).await.unwrap();
    api.expire_access_tokens();
    api.fault(Fault::LostAnswer).on("POST", "/token/refresh").once();
    get(&client).await.unwrap_err();
    tokio::time::advance(secs(10)).await;

    let answer = get(&client).await.unwrap();

    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(api.seen().count("POST", "/token/refresh"), 3);
}

#[tokio::test(start_paused = true)]
async fn r23_after_two_lost_answers_the_outcome_is_unknown_and_nothing_is_sent() {
    let api = Api::new();
    let client = client_with(&api, refreshing(&api));
    api.fault(Fault::LostAnswer).on("POST", "/token/refresh").always();
    for _ in 0..2 {
        get(&client).await.unwrap_err();
        tokio::time::advance(secs(10)).await;
    }

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::OutcomeUnknown);
    assert_eq!(error.failure().action(), Action::ReAuthenticate);
    assert_eq!(api.seen().count("POST", "/token/refresh"), 2);
}

fn refreshing(api: &Api) -> Credentials {
    let url = "https://api.test/token/refresh";
    credentials::refresh_token(url, api.new_refresh_token(), None)
}
