//! When a circuit opens, and what a call that finds it open is told.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use readmit::error::{Action, Failure, Kind, Origin, Replay};
use readmit::retry::{Jitter, Policy};
use readmit::{Body, BuildError, breaker};
use readmit_testkit::{Api, Fault};
use tokio::time::Instant;

use crate::{OPEN, builder, client, get, is_kept_out, open, secs, sent, unavailable, unpaced};

#[tokio::test(start_paused = true)]
async fn r64_an_open_circuit_says_when_to_come_back_and_why_and_sends_nothing() {
    let api = Api::new();
    let client = client(&api);
    open(&api, &client).await;
    let began = Instant::now();

    let error = get(&client).await.unwrap_err();

    let failure = error.failure();
    assert_eq!((failure.kind(), failure.origin()), (Kind::CircuitOpen, Origin::Local));
    assert_eq!(failure.replay(), Replay::NotProcessed);
    assert_eq!((failure.action(), failure.is_retryable()), (Action::WaitAndRetry, true));
    assert!((secs(5)..=OPEN).contains(&error.retry_after().unwrap()), "{error:?}");
    let evidence = "the circuit is open: 20 of 20 calls failed (the threshold is 50 %), the last for \
                    unavailable";
    assert_eq!(failure.description(), Some(evidence));
    assert!(error.is_rejected());
    assert_eq!((error.attempts(), error.status()), (0, None));
    assert_eq!((sent(&api), began.elapsed()), (20, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn r57_half_of_the_calls_open_it_and_fewer_do_not() {
    for (failures, successes, opens) in [(19, 0, false), (20, 20, true), (20, 21, false)] {
        let api = Api::new();
        let client = client(&api);
        for _ in 0..successes {
            get(&client).await.unwrap();
        }
        api.fault(unavailable()).next(failures);
        for _ in 0..failures {
            get(&client).await.unwrap_err();
        }

        let next = get(&client).await;

        assert_eq!(
            next.is_err_and(|it| is_kept_out(it.failure())),
            opens,
            "{failures} {successes}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_documented_fault_of_forgetting_failures_on_one_success_is_not_there() {
    let api = Api::new();
    let client = client(&api);

    for number in 0..20 {
        api.clear_faults();
        if number % 4 != 3 {
            api.fault(unavailable()).once();
        }
        let _ = get(&client).await;
    }
    api.fault(unavailable()).once();
    let _ = get(&client).await;

    // Never five in a row, and three of four.
    assert!(is_kept_out(get(&client).await.unwrap_err().failure()));
}

#[tokio::test(start_paused = true)]
async fn r66_a_server_that_says_no_is_well() {
    let status =
        |status: u16| Fault::respond(http::Response::builder().status(status).body("").unwrap());
    for refusal in [400, 401, 403, 404, 407, 409, 410, 422, 429] {
        let api = Api::new();
        let client = client(&api);
        api.fault(status(refusal)).always();
        for _ in 0..200 {
            let call = client.get("/data_flows").header("authorization", "Bearer own");
            let error = call.send().await.unwrap_err();
            assert_eq!(error.status().unwrap().as_u16(), refusal);
        }
        api.clear_faults();

        assert_eq!(get(&client).await.unwrap().status(), StatusCode::OK, "{refusal}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_finds_the_circuit_open_waits_for_it_within_its_deadline() {
    let api = Api::new();
    let patient = builder(&api).retry(Policy::DEFAULT).build_over(api.service()).unwrap();
    api.fault(unavailable()).next(20);
    for _ in 0..7 {
        let _ = patient.get("/data_flows").deadline(secs(3)).send().await;
    }
    assert_eq!(sent(&api), 20);
    let began = Instant::now();

    let answer = get(&patient).await.unwrap();

    assert_eq!(answer.attempts(), 1, "only what is sent is an attempt");
    let waited = began.elapsed();
    assert!((secs(2)..=OPEN + secs(1)).contains(&waited), "{waited:?}");
    assert_eq!(sent(&api), 21);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_never_sent_waits_for_the_circuit_too() {
    let api = Api::new();
    let policy = Policy::constant(secs(1)).max_attempts(2).build().unwrap();
    let client = builder(&api).retry(policy).build_over(api.service()).unwrap();
    api.fault(unavailable()).on("GET", "/data_flows").always();
    for _ in 0..20 {
        let _ = client.get("/data_flows").deadline(Duration::from_millis(1)).send().await;
    }
    let body = Body::stream(Full::new(Bytes::from_static(br#"{"name": "orders"}"#)));

    let answer = client.post("/data_flows").body(body).send().await.unwrap();

    assert_eq!((answer.status(), answer.attempts()), (StatusCode::CREATED, 1));
}

#[tokio::test(start_paused = true)]
async fn r48_a_failure_that_opens_the_circuit_is_not_retried_before_that_opens_again() {
    let api = Api::new();
    let policy = || Policy::constant(secs(1)).jitter(Jitter::None).max_attempts(2).build().unwrap();
    for (deadline, recovers) in [(secs(3), false), (secs(30), true)] {
        let client = builder(&api).retry(policy()).build_over(api.service()).unwrap();
        api.fault(unavailable()).next(20);
        let dropped = |_| tokio::time::timeout(Duration::from_millis(1), get(&client));
        for _ in 0..19 {
            dropped(()).await.unwrap_err();
        }
        let began = Instant::now();

        let last = client.get("/data_flows").deadline(deadline).send().await;

        match last {
            Ok(answer) => {
                assert!(recovers && answer.attempts() == 2);
                assert!((secs(5)..=OPEN + secs(1)).contains(&began.elapsed()));
            }
            Err(error) => {
                // The last real failure, and its answer.
                assert!(!recovers && error.is_out_of_time());
                assert_eq!(error.failure().kind(), Kind::Unavailable);
                assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
                assert_eq!(began.elapsed(), Duration::ZERO);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_kept_out_of_its_retry_says_what_happened_before() {
    let api = Api::new();
    let policy = Policy::constant(secs(1)).jitter(Jitter::None).max_attempts(2).build().unwrap();
    let client = builder(&api).retry(policy).build_over(api.service()).unwrap();
    api.fault(unavailable()).always();
    let first = tokio::spawn(client.get("/data_flows").deadline(secs(3)).send());
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..19 {
        let _ = tokio::time::timeout(Duration::from_millis(1), get(&client)).await;
    }

    let error = first.await.unwrap().unwrap_err();

    assert!(is_kept_out(error.failure()), "{error:?}");
    // Its first attempt may have been acted on.
    assert_eq!(error.failure().replay(), Replay::PossiblyProcessed);
    assert_eq!(error.attempts(), 1);
    let before = error.source().and_then(|source| source.downcast_ref::<Failure>());
    assert_eq!(before.map(Failure::kind), Some(Kind::Unavailable));
}

#[tokio::test(start_paused = true)]
async fn r65_a_server_may_ask_for_a_longer_time() {
    let api = Api::new();
    let client = unpaced(&api).without_limiter().build_over(api.service()).unwrap();
    let hint = readmit_testkit::Hint::Seconds(50);
    api.fault(Fault::Unavailable { retry_after: hint }).next(20);
    for _ in 0..20 {
        get(&client).await.unwrap_err();
    }

    let error = get(&client).await.unwrap_err();

    assert!(is_kept_out(error.failure()));
    assert!((secs(50)..=secs(60)).contains(&error.retry_after().unwrap()), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn one_origin_opens_no_circuit_of_another() {
    let api = Api::new();
    let client = client(&api);
    api.fault(unavailable()).on("GET", "/down").always();
    let down = || client.get("https://other.test/down").send();
    for _ in 0..20 {
        down().await.unwrap_err();
    }

    let there = client.get("https://other.test/data_flows").send().await.unwrap_err();
    let here = get(&client).await.unwrap();

    assert!(is_kept_out(there.failure()));
    assert_eq!(here.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_held_against_the_origin_that_it_leads_to() {
    let api = Api::new();
    let client = client(&api);
    let (status, location) = (StatusCode::FOUND, "https://other.test/down".to_owned());
    api.fault(Fault::Redirect { status, location }).on("GET", "/away").always();
    api.fault(unavailable()).on("GET", "/down").always();
    let away = || client.get("/away").send();
    for _ in 0..20 {
        assert_eq!(away().await.unwrap_err().failure().kind(), Kind::Unavailable);
    }

    let kept_out = away().await.unwrap_err();
    let here = get(&client).await.unwrap();

    assert!(is_kept_out(kept_out.failure()), "{kept_out:?}");
    assert_eq!(api.seen().count("GET", "/down"), 20);
    assert_eq!(here.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn r48_a_redirect_that_is_kept_out_does_not_hide_what_happened_before() {
    let api = Api::new();
    let policy = Policy::constant(secs(1)).jitter(Jitter::None).build().unwrap();
    let client = builder(&api).retry(policy).build_over(api.service()).unwrap();
    api.fault(unavailable()).on("GET", "/down").always();
    for _ in 0..20 {
        let _ = client.get("https://other.test/down").send().await;
    }
    let (status, location) = (StatusCode::FOUND, "https://other.test/down".to_owned());
    api.fault(Fault::LostAnswer).on("GET", "/away").once();
    api.fault(Fault::Redirect { status, location }).on("GET", "/away").always();

    let error = client.get("/away").deadline(secs(3)).send().await.unwrap_err();

    assert!(is_kept_out(error.failure()), "{error:?}");
    assert_eq!(error.failure().replay(), Replay::PossiblyProcessed);
    let cause = error.source().unwrap().downcast_ref::<Failure>().unwrap();
    assert_eq!(cause.kind(), Kind::ConnectionLost);
}

#[tokio::test(start_paused = true)]
async fn a_circuit_of_ones_own_and_none_at_all() {
    let api = Api::new();
    let five = breaker::Config::consecutive_failures(5).build().unwrap();
    let own = builder(&api).breaker(five).build_over(api.service()).unwrap();
    let none = builder(&api).without_breaker().build_over(api.service()).unwrap();
    api.fault(unavailable()).always();

    for client in [&own, &none] {
        for _ in 0..100 {
            get(client).await.unwrap_err();
        }
    }

    assert_eq!(sent(&api), 5 + 100);
}

#[test]
fn r97_a_lease_below_the_attempt_timeout_is_refused_with_the_values() {
    let api = Api::new();
    let short = breaker::Config::DEFAULT.probe_lease() / 6;
    let config = breaker::Config::failure_rate(50, 100).probe_lease(short).build().unwrap();

    let refused = builder(&api).breaker(config.clone()).build_over(api.service()).unwrap_err();
    let shorter = builder(&api).breaker(config).attempt_timeout(short);

    assert!(matches!(refused, BuildError::LeaseBelowAttempt { .. }));
    assert!(refused.to_string().contains("10s") && refused.to_string().contains("30s"));
    assert!(shorter.build_over(api.service()).is_ok());
}
