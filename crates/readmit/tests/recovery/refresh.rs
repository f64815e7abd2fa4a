//! A refresh that fails, hangs or is refused, and what the calls make of it.

use std::error::Error as _;
use std::time::Duration;

use http::StatusCode;
use readmit::error::{Action, Category, Kind, Replay};
use readmit::{SourceError, credentials};
use readmit_testkit::{Api, Fault, Hint};
use tokio::time::Instant;

use crate::{client, client_with, get, secs, spawn, together};

#[tokio::test(start_paused = true)]
async fn r25_a_token_endpoint_that_is_down_asks_nobody_to_sign_in() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).on("POST", "/token").always();

    let answers = together(&client, 64).await;

    for error in answers.into_iter().map(Result::unwrap_err) {
        assert_eq!(error.failure().kind(), Kind::Unavailable);
        assert_eq!(error.failure().action(), Action::RetryWithBackoff);
        assert!(!error.is_authentication());
        assert_eq!(error.attempts(), 0);
    }
    // One refresh, of three attempts.
    assert_eq!(api.seen().token_calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn r6_a_refresh_that_hangs_ends_at_its_own_deadline() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).on("POST", "/token").always();
    let began = Instant::now();
    let patient = spawn(&client);

    let hasty = client.get("/data_flows").deadline(secs(2)).send().await.unwrap_err();
    let hasty_took = began.elapsed();
    let patient = patient.await.unwrap().unwrap_err();
    let patient_took = began.elapsed();

    assert!(hasty.is_out_of_time());
    assert_eq!(hasty.failure().replay(), Replay::NotProcessed);
    assert_eq!((hasty.attempts(), hasty_took), (0, secs(2)));
    assert_eq!(patient.failure().kind(), Kind::ClientTimeout);
    assert_eq!(patient_took, secs(30));
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r6_a_source_that_hangs_is_bounded_as_well() {
    let api = Api::new();
    let client = client_with(&api, credentials::from_fn(std::future::pending));
    let began = Instant::now();

    let answers = together(&client, 8).await;

    for error in answers.into_iter().map(Result::unwrap_err) {
        assert_eq!(error.failure().kind(), Kind::ClientTimeout);
        assert_eq!((error.attempts(), error.failure().replay()), (0, Replay::NotProcessed));
    }
    assert_eq!(began.elapsed(), secs(30));
}

#[tokio::test(start_paused = true)]
async fn r8_a_401_of_the_token_endpoint_is_not_recovered_from() {
    let challenged = Fault::Challenged("Bearer error=\"invalid_token\"".into());
    for fault in [Fault::Unauthorized, Fault::ExpiredAccessToken, challenged] {
        let api = Api::new();
        api.fault(fault).on("POST", "/token").always();

        let error = get(&client(&api)).await.unwrap_err();

        assert!(error.is_authentication());
        assert_ne!(error.failure().kind(), Kind::TokenExpired, "a refresh is what failed");
        assert_eq!((error.attempts(), error.recoveries()), (0, 0));
        assert_eq!(api.seen().requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn r10_a_terminal_failure_answers_for_a_while_and_r11_not_for_ever() {
    let api = Api::new();
    let client = client(&api);
    api.revoke_service_key();
    let refused = get(&client).await.unwrap_err();
    api.accept_service_key(api.service_key());
    tokio::time::advance(Duration::from_millis(4_999)).await;

    let remembered = get(&client).await.unwrap_err();
    let token_calls = api.seen().token_calls();
    tokio::time::advance(Duration::from_millis(1)).await;
    let answer = get(&client).await.unwrap();

    for error in [refused, remembered] {
        assert_eq!(error.failure().code(), Some("AUTH_002"));
    }
    assert_eq!(token_calls, 1);
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r11_a_person_may_try_again_at_once() {
    let api = Api::new();
    let client = client(&api);
    api.revoke_service_key();
    get(&client).await.unwrap_err();
    api.accept_service_key(api.service_key());

    client.unlock();

    assert_eq!(get(&client).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r13_a_token_that_arrives_expired_is_a_failed_refresh() {
    let api = Api::builder().token_lifetime(Duration::ZERO).build();
    let client = client(&api);

    let mut answers = together(&client, 8).await;
    // While the client rests, it says why.
    answers.push(get(&client).await);

    for error in answers.into_iter().map(Result::unwrap_err) {
        assert_eq!(error.failure().kind(), Kind::Unavailable);
        assert!(error.source().is_some_and(|source| source.is::<SourceError>()), "{error:?}");
    }
    assert_eq!(api.seen().token_calls(), 1);
    assert_eq!(api.seen().count("GET", "/data_flows"), 0);
}

#[tokio::test(start_paused = true)]
async fn r26_a_token_answer_that_makes_no_sense_is_no_rejection_of_the_caller() {
    let api = Api::new();
    let page = http::Response::new("<html>a portal</html>");
    api.fault(Fault::respond(page)).on("POST", "/token").always();

    let error = get(&client(&api)).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Unavailable);
    assert!(!error.is_authentication());
}

#[tokio::test(start_paused = true)]
async fn r43_a_token_endpoint_that_asks_for_a_moment_gets_it() {
    let api = Api::new();
    let client = client(&api);
    let busy = Fault::RateLimited { retry_after: Hint::Seconds(2) };
    api.fault(busy).on("POST", "/token").once();
    let began = Instant::now();

    let answers = together(&client, 8).await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(api.seen().token_calls(), 2);
    assert!(secs(2) <= began.elapsed() && began.elapsed() < secs(3));
}

#[tokio::test(start_paused = true)]
async fn r48_a_token_endpoint_that_asks_for_longer_than_a_refresh_may_take_is_given_up_at_once() {
    let api = Api::new();
    let client = client(&api);
    let busy = Fault::Unavailable { retry_after: Hint::Seconds(120) };
    api.fault(busy).on("POST", "/token").once();
    let began = Instant::now();

    let told = get(&client).await.unwrap_err();
    let took = began.elapsed();
    tokio::time::advance(secs(119)).await;
    let rested = get(&client).await.unwrap_err();
    let token_calls = api.seen().token_calls();
    tokio::time::advance(secs(1)).await;
    let answer = get(&client).await.unwrap();

    assert_eq!((told.failure().kind(), took), (Kind::Unavailable, Duration::ZERO));
    assert_eq!(told.retry_after(), Some(secs(120)));
    assert_eq!((rested.failure().kind(), token_calls), (Kind::Unavailable, 1));
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_source_says_itself_what_kind_of_error_it_has() {
    let api = Api::new();
    let sources = [
        (SourceError::terminal("the file is gone"), Category::Authentication),
        (SourceError::transient("the vault is sealed"), Category::Service),
    ];

    for (error, category) in sources {
        let source = credentials::from_fn(move || std::future::ready(Err(error.clone())));
        let error = get(&client_with(&api, source)).await.unwrap_err();

        assert_eq!(error.failure().kind().category(), category);
        assert!(error.is_rejected());
    }
}
