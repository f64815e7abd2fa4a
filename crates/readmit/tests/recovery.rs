//! A credential that is refused, expires or cannot be had, and what becomes of the calls.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use readmit::error::event::{Event, Record, RefreshTrigger, Sink};
use readmit::error::{Action, Category, Kind, Origin, Replay, Stage};
use readmit::recovery::ClientAuth;
use readmit::retry::Policy;
use readmit::{Body, Client, ClientBuilder, Credentials, Error, SourceError, Token, credentials};
use readmit_core::Clock;
use readmit_testkit::{Api, ApiService, ExpiryCode, Fault, Hint, Skew};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

#[tokio::test(start_paused = true)]
async fn r1_64_first_calls_share_one_token() {
    let api = Api::new();
    let client = client(&api);

    let answers = together(&client, 64).await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r2_a_late_401_of_an_old_token_uses_the_newer_one() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    let hold = api.hold_on("GET", "/data_flows");
    let late = spawn(&client);
    hold.wait_for(1).await;
    api.expire_access_tokens();
    create(&client).send().await.unwrap();

    hold.release();
    let answer = late.await.unwrap().unwrap();

    assert_eq!((answer.status(), answer.recoveries()), (StatusCode::OK, 1));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r4_64_waiters_share_one_refused_refresh() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    let hold = api.hold();
    let calls: Vec<_> = (0..64).map(|_| spawn(&client)).collect();
    hold.wait_for(64).await;
    api.expire_access_tokens();
    api.revoke_service_key();

    hold.release();

    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        let failure = error.failure();
        assert_eq!(failure.kind(), Kind::InvalidCredentials);
        assert_eq!(failure.code(), Some("AUTH_002"));
        assert_eq!(failure.action(), Action::ReAuthenticate);
        assert!(error.is_authentication() && !error.is_rejected());
        assert_eq!((error.attempts(), error.recoveries()), (1, 1));
    }
    assert_eq!(api.seen().token_calls(), 1 + 1);
}

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
async fn r5_a_leader_that_is_cancelled_leaves_its_refresh_to_the_others() {
    let api = Api::new();
    let client = client(&api);
    let hold = api.hold_on("POST", "/token");
    let leader = spawn(&client);
    hold.wait_for(1).await;
    let waiters: Vec<_> = (0..8).map(|_| spawn(&client)).collect();
    tokio::task::yield_now().await;

    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    hold.release();

    for waiter in waiters {
        assert_eq!(waiter.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r5_an_overtaken_refresh_fails_none_of_its_waiters() {
    let world = Overtaken::begin().await;

    world.first.notify_one();
    settle().await;
    world.second.notify_one();

    let (slow, fast) = world.end().await;
    assert_eq!(slow.unwrap().status(), StatusCode::OK);
    assert_eq!(fast.unwrap().status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r5_an_overtaken_refresh_does_not_hide_the_outcome_of_the_later_one() {
    let world = Overtaken::begin().await;
    let began = tokio::time::Instant::now();

    // Both tasks run before any of those who wait for them.
    world.second.notify_one();
    world.first.notify_one();

    let (slow, fast) = world.end().await;
    assert_eq!(slow.unwrap().status(), StatusCode::OK);
    assert_eq!(fast.unwrap().status(), StatusCode::OK);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn r5_a_leader_on_a_runtime_that_stands_still_is_taken_over_from() {
    let api = Api::new();
    let client = client(&api);
    let elsewhere = lead_elsewhere(&client);
    let began = tokio::time::Instant::now();

    let answer = get(&client).await.unwrap();

    assert_eq!(answer.status(), StatusCode::OK);
    assert!(secs(30) < began.elapsed() && began.elapsed() < secs(40));
    elsewhere.shutdown_background();
}

#[tokio::test(start_paused = true)]
async fn r5_a_leader_whose_runtime_goes_is_taken_over_from_at_once() {
    let api = Api::new();
    let client = client(&api);
    let elsewhere = lead_elsewhere(&client);
    let began = tokio::time::Instant::now();
    let waiter = spawn(&client);
    settle().await;

    elsewhere.shutdown_background();

    assert_eq!(waiter.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r6_a_refresh_that_hangs_ends_at_its_own_deadline() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).on("POST", "/token").always();
    let began = tokio::time::Instant::now();
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
    let began = tokio::time::Instant::now();

    let answers = together(&client, 8).await;

    for error in answers.into_iter().map(Result::unwrap_err) {
        assert_eq!(error.failure().kind(), Kind::ClientTimeout);
        assert_eq!((error.attempts(), error.failure().replay()), (0, Replay::NotProcessed));
    }
    assert_eq!(began.elapsed(), secs(30));
}

#[tokio::test(start_paused = true)]
async fn r8_a_401_of_the_token_endpoint_is_not_recovered_from() {
    for fault in [Fault::Unauthorized, Fault::Challenged("Bearer error=\"invalid_token\"".into())] {
        let api = Api::new();
        api.fault(fault).on("POST", "/token").always();

        let error = get(&client(&api)).await.unwrap_err();

        assert!(error.is_authentication());
        assert_eq!((error.attempts(), error.recoveries()), (0, 0));
        assert_eq!(api.seen().requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn r9_a_refresh_that_fails_early_fails_no_call() {
    let api = Api::new();
    let sink = Recorder::default();
    let client =
        builder(&api).retry(Policy::never()).sink(sink.clone()).build_over(api.service()).unwrap();
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_300)).await;
    api.fault(Fault::InternalError).on("POST", "/token").always();

    for _ in 0..29 {
        get(&client).await.unwrap();
        settle().await;
        tokio::time::advance(secs(10)).await;
    }

    // The rests double from a second on, so that 290 of them hold nine at most.
    let failed = api.seen().token_calls() - 1;
    assert!((5..=10).contains(&failed), "{failed}");
    let early = |event: &Event| {
        let trigger = RefreshTrigger::Proactive;
        matches!(event, Event::RefreshFailed { permanent: false, trigger: t, .. } if *t == trigger)
    };
    assert_eq!(sink.count(early), failed);
}

#[tokio::test(start_paused = true)]
async fn r9_in_the_last_minute_a_refresh_that_hangs_gives_way_to_what_is_still_good() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_545)).await;
    api.fault(Fault::Hang).on("POST", "/token").always();
    let began = tokio::time::Instant::now();

    let answers = together(&client, 8).await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(began.elapsed(), secs(30));
    assert_eq!((api.seen().token_calls(), api.seen().with_token(1)), (2, 1 + 8));
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
async fn r12_a_source_that_panics_is_an_error_and_no_stuck_gate() {
    let api = Api::new();
    let panics = Arc::new(AtomicBool::new(true));
    let source = {
        let (api, panics) = (api.clone(), Arc::clone(&panics));
        credentials::from_fn(move || {
            let (api, panics) = (api.clone(), Arc::clone(&panics));
            async move {
                tokio::task::yield_now().await;
                assert!(!panics.load(Ordering::Relaxed), "a source that panics");
                Ok(Token::bearer(api.new_access_token()).unwrap())
            }
        })
    };
    let client = client_with(&api, source);

    let answers = together(&client, 8).await;
    panics.store(false, Ordering::Relaxed);
    tokio::time::advance(secs(5)).await;
    let answer = get(&client).await.unwrap();

    for error in answers.into_iter().map(Result::unwrap_err) {
        assert_eq!(error.failure().kind(), Kind::Unavailable);
        assert_eq!(error.failure().origin(), Origin::Local);
    }
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r13_a_token_that_arrives_expired_is_a_failed_refresh() {
    let api = Api::builder().token_lifetime(Duration::ZERO).build();
    let client = client(&api);

    let answers = together(&client, 8).await;

    for error in answers.into_iter().map(Result::unwrap_err) {
        assert_eq!(error.failure().kind(), Kind::Unavailable);
    }
    assert_eq!(api.seen().token_calls(), 1);
    assert_eq!(api.seen().count("GET", "/data_flows"), 0);
}

#[tokio::test(start_paused = true)]
async fn r14_a_short_lived_token_is_not_refreshed_on_every_call() {
    let api = Api::builder().token_lifetime(secs(60)).build();
    let client = client(&api);

    for _ in 0..600 {
        get(&client).await.unwrap();
        settle().await;
        tokio::time::advance(secs(1)).await;
    }

    // Each is replaced from the 30th second on, and by the 38th at the latest.
    let issued = api.tokens_issued();
    assert!((15..=20).contains(&issued), "{issued}");
    assert_eq!(answered(&api, StatusCode::UNAUTHORIZED), 0);
}

#[tokio::test(start_paused = true)]
async fn r15_a_token_of_unknown_lifetime_is_used_until_it_is_refused() {
    let api = Api::builder().announced_lifetime(serde_json::Value::Null).build();
    let client = client(&api);
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_599)).await;
    get(&client).await.unwrap();
    let token_calls = api.seen().token_calls();
    tokio::time::advance(secs(1)).await;

    let answer = get(&client).await.unwrap();

    assert_eq!((token_calls, answer.recoveries()), (1, 1));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r16_a_machine_that_slept_refreshes_before_it_calls() {
    let api = Api::new();
    let clock = AheadOfTokio::new(&api);
    let client = builder(&api).clock(clock.clone()).build_over(api.service()).unwrap();
    get(&client).await.unwrap();
    api.expire_access_tokens();

    // The monotonic clock stood still meanwhile.
    clock.wall_ahead_by(secs(7_200));
    let answer = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), answer.recoveries()), (1, 0));
    assert_eq!(answered(&api, StatusCode::UNAUTHORIZED), 0);
    assert_eq!(api.seen().token_calls(), 2);
}

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
        let hold = api.hold();
        let calls: Vec<_> = (0..64).map(|_| spawn(&client)).collect();
        hold.wait_for(64).await;
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
async fn r26_a_token_answer_that_makes_no_sense_is_no_rejection_of_the_caller() {
    let api = Api::new();
    let page = http::Response::new("<html>a portal</html>");
    api.fault(Fault::respond(page)).on("POST", "/token").always();

    let error = get(&client(&api)).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Unavailable);
    assert!(!error.is_authentication());
}

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
async fn r43_a_token_endpoint_that_asks_for_a_moment_gets_it() {
    let api = Api::new();
    let client = client(&api);
    let busy = Fault::RateLimited { retry_after: Hint::Seconds(2) };
    api.fault(busy).on("POST", "/token").once();
    let began = tokio::time::Instant::now();

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
    let began = tokio::time::Instant::now();

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
async fn r51_a_server_whose_clock_is_off_says_by_its_own_time_what_expired() {
    for skew in [Skew::Ahead(secs(300)), Skew::Behind(secs(300))] {
        let api = Api::builder().skew(skew).build();
        let sink = Recorder::default();
        let client = watched(&api, &sink);
        get(&client).await.unwrap();
        api.expire_access_tokens();

        let answer = get(&client).await.unwrap();

        assert_eq!((answer.attempts(), answer.recoveries()), (1, 1), "{skew:?}");
        assert_eq!(sink.count(is_token_expired), 1, "{skew:?}");
        assert_eq!(api.seen().token_calls(), 2, "{skew:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r66_a_credential_that_cannot_be_renewed_is_locked_out_until_a_person_says_so() {
    let api = Api::new();
    let client = client_with(&api, credentials::bearer("wrong"));
    for _ in 0..3 {
        let error = get(&client).await.unwrap_err();
        assert_eq!(error.failure().code(), Some("AUTH_001"));
        assert_eq!((error.attempts(), error.recoveries()), (1, 0));
    }

    let locked = get(&client).await.unwrap_err();
    let sent = api.seen().requests().len();
    client.unlock();
    let unlocked = get(&client).await.unwrap_err();

    assert_eq!(locked.failure().kind(), Kind::LockedOut);
    assert!(locked.is_rejected() && locked.is_authentication());
    assert_eq!((locked.attempts(), sent), (0, 3));
    assert_eq!(unlocked.failure().code(), Some("AUTH_001"));
    assert_eq!(api.seen().requests().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn r66_only_rejections_in_a_row_lock_a_credential_out() {
    let api = Api::new();
    let client = client_with(&api, credentials::bearer(api.new_access_token()));

    for _ in 0..10 {
        api.fault(Fault::InvalidAccessToken).next(2);
        get(&client).await.unwrap_err();
        get(&client).await.unwrap_err();
        get(&client).await.unwrap();
    }

    assert_eq!(api.seen().requests().len(), 30);
}

#[tokio::test(start_paused = true)]
async fn r66_each_rejection_in_a_row_is_told_with_its_number() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = watched(&api, &sink);
    get(&client).await.unwrap();
    api.fault(Fault::InvalidAccessToken).on("GET", "/data_flows").always();

    for _ in 0..4 {
        get(&client).await.unwrap_err();
        tokio::time::advance(secs(11)).await;
    }

    let told = sink.filter_map(|event| {
        let Event::CredentialsRejected { consecutive, .. } = event else { return None };
        Some(*consecutive)
    });
    assert_eq!(told, [1, 2, 2, 3]);
    assert_eq!(get(&client).await.unwrap_err().failure().kind(), Kind::LockedOut);
}

#[tokio::test(start_paused = true)]
async fn a_token_near_its_end_is_replaced_beside_the_call_and_nobody_waits() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = watched(&api, &sink);
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_000)).await;
    let hold = api.hold_on("POST", "/token");

    let answers = together(&client, 16).await;
    hold.wait_for(1).await;
    let replaced = api.tokens_issued();
    hold.release();
    settle().await;
    get(&client).await.unwrap();

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!((replaced, api.seen().with_token(1), api.seen().with_token(2)), (1, 17, 1));
    let triggers = sink.filter_map(|event| {
        let Event::RefreshSucceeded { trigger, .. } = event else { return None };
        Some(*trigger)
    });
    assert_eq!(triggers, [RefreshTrigger::Proactive; 2]);
}

#[tokio::test(start_paused = true)]
async fn an_expiry_is_told_from_its_beginning_to_its_end() {
    let api = Api::builder().expiry_code(ExpiryCode::Auth003).build();
    let sink = Recorder::default();
    let client = watched(&api, &sink);
    get(&client).await.unwrap();
    api.expire_access_tokens();

    get(&client).await.unwrap();

    let told = sink.filter_map(|event| Some(event.clone()));
    let expires_in = Some(secs(3_600));
    assert_eq!(
        told,
        [
            Event::RefreshSucceeded { expires_in, trigger: RefreshTrigger::Proactive },
            Event::TokenExpired { refresh_follows: true, scheme: None, age: None },
            Event::RefreshSucceeded { expires_in, trigger: RefreshTrigger::Reactive },
            Event::RecoverySucceeded {
                authentication: true,
                strategy: "refresh".to_owned(),
                attempts: 2,
                elapsed: Duration::ZERO,
            },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_expiry_that_is_not_recovered_from_is_told_as_such() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = watched(&api, &sink);
    get(&client).await.unwrap();
    api.expire_access_tokens();
    api.revoke_service_key();

    get(&client).await.unwrap_err();

    let exhausted = Event::RecoveryExhausted {
        authentication: true,
        attempts: 1,
        strategies: vec!["refresh".to_owned()],
        elapsed: Duration::ZERO,
    };
    let failed = Event::RefreshFailed {
        oauth_error: Some("invalid_credentials".to_owned()),
        permanent: true,
        trigger: RefreshTrigger::Reactive,
    };
    let told = sink.filter_map(|event| Some(event.clone()));
    assert_eq!(told.last(), Some(&exhausted));
    assert!(told.contains(&failed), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_no_refresh_follows_is_told_so() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = watched(&api, &sink);
    api.fault(Fault::ExpiredAccessToken).on("GET", "/data_flows").always();

    get(&client).await.unwrap_err();

    let follows = sink.filter_map(|event| {
        let Event::TokenExpired { refresh_follows, .. } = event else { return None };
        Some(*refresh_follows)
    });
    assert_eq!(follows, [false]);
}

#[tokio::test(start_paused = true)]
async fn client_credentials_are_fetched_again_when_they_expire() {
    let api = Api::new();
    let auth = ClientAuth::basic(api.client_id(), api.client_secret());
    let url = "https://api.test/token";
    let client = client_with(&api, credentials::client_credentials(url, auth));
    get(&client).await.unwrap();
    api.revoke_access_tokens();

    let answer = get(&client).await.unwrap();

    assert_eq!(answer.recoveries(), 1);
    assert_eq!(api.seen().token_calls(), 2);
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

/// Two refreshes of which the later began when the earlier was overdue, neither with an outcome.
struct Overtaken {
    first: Arc<Notify>,
    second: Arc<Notify>,
    slow: JoinHandle<Outcome>,
    fast: JoinHandle<Outcome>,
}

impl Overtaken {
    async fn begin() -> Overtaken {
        let api = Api::new();
        let (first, second) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let source = {
            let gates = Mutex::new(vec![Arc::clone(&second), Arc::clone(&first)]);
            let api = api.clone();
            credentials::from_fn(move || {
                let (api, gate) = (api.clone(), gates.lock().unwrap().pop());
                async move {
                    gate.ok_or_else(|| SourceError::terminal("a third fetch"))?.notified().await;
                    Ok(Token::bearer(api.new_access_token()).unwrap())
                }
            })
        };
        let clock = AheadOfTokio::new(&api);
        let client = Client::builder("https://api.test")
            .credentials(source)
            .clock(clock.clone())
            .build_over(api.service())
            .unwrap();
        let slow = spawn(&client);
        settle().await;
        clock.ahead_by(secs(31));
        let fast = spawn(&client);
        settle().await;
        Overtaken { first, second, slow, fast }
    }

    async fn end(self) -> (Outcome, Outcome) {
        (self.slow.await.unwrap(), self.fast.await.unwrap())
    }
}

/// A clock that is ahead of tokio's timers: a leader whose deadline passed was not woken yet.
#[derive(Clone, Debug)]
struct AheadOfTokio {
    clock: Arc<dyn Clock>,
    seconds: Arc<AtomicU64>,
    wall_seconds: Arc<AtomicU64>,
}

impl AheadOfTokio {
    fn new(api: &Api) -> AheadOfTokio {
        AheadOfTokio { clock: api.clock(), seconds: Arc::default(), wall_seconds: Arc::default() }
    }

    fn ahead_by(&self, time: Duration) {
        self.seconds.store(time.as_secs(), Ordering::Relaxed);
        self.wall_ahead_by(time);
    }

    fn wall_ahead_by(&self, time: Duration) {
        self.wall_seconds.store(time.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for AheadOfTokio {
    fn now(&self) -> Instant {
        self.clock.now() + secs(self.seconds.load(Ordering::Relaxed))
    }

    fn wall(&self) -> SystemTime {
        self.clock.wall() + secs(self.wall_seconds.load(Ordering::Relaxed))
    }
}

/// Keeps the events that it is told.
#[derive(Clone, Debug, Default)]
struct Recorder(Arc<Mutex<Vec<Event>>>);

impl Recorder {
    fn filter_map<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        self.0.lock().unwrap().iter().filter_map(pick).collect()
    }

    fn count(&self, is_wanted: impl Fn(&Event) -> bool) -> usize {
        self.filter_map(|event| is_wanted(event).then_some(())).len()
    }
}

impl Sink for Recorder {
    fn record(&self, record: &Record) {
        self.0.lock().unwrap().push(record.event.clone());
    }
}

type Outcome = Result<readmit::Response<readmit_testkit::ApiBody>, Error>;

fn builder(api: &Api) -> ClientBuilder {
    let key = credentials::service_key("https://api.test/token", api.service_key());
    Client::builder("https://api.test").credentials(key).clock(api.clock())
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api).build_over(api.service()).unwrap()
}

fn client_with(api: &Api, credentials: Credentials) -> Client<ApiService> {
    builder(api).credentials(credentials).build_over(api.service()).unwrap()
}

fn watched(api: &Api, sink: &Recorder) -> Client<ApiService> {
    builder(api).sink(sink.clone()).build_over(api.service()).unwrap()
}

fn refreshing(api: &Api) -> Credentials {
    let url = "https://api.test/token/refresh";
    credentials::refresh_token(url, api.new_refresh_token(), None)
}

async fn get(client: &Client<ApiService>) -> Outcome {
    client.get("/data_flows").send().await
}

fn create(client: &Client<ApiService>) -> readmit::RequestBuilder<ApiService> {
    client.post("/data_flows").json(&serde_json::json!({ "name": "orders", "marker": "orders" }))
}

fn spawn(client: &Client<ApiService>) -> JoinHandle<Outcome> {
    tokio::spawn(client.get("/data_flows").send())
}

async fn together(client: &Client<ApiService>, calls: usize) -> Vec<Outcome> {
    let calls: Vec<_> = (0..calls).map(|_| spawn(client)).collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.unwrap());
    }
    outcomes
}

/// Has a refresh begun on a runtime that nobody drives.
fn lead_elsewhere(client: &Client<ApiService>) -> Runtime {
    let call = client.get("/data_flows").send();
    let thread = std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        assert!(runtime.block_on(is_pending(pin!(call))));
        runtime
    });
    thread.join().unwrap()
}

/// Polls once.
async fn is_pending(mut call: Pin<&mut impl Future>) -> bool {
    poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await
}

/// Lets every task go on that can, without time passing.
async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

fn answered(api: &Api, status: StatusCode) -> usize {
    api.seen().requests().iter().filter(|request| request.status() == Some(status)).count()
}

fn is_token_expired(event: &Event) -> bool {
    matches!(event, Event::TokenExpired { .. })
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
