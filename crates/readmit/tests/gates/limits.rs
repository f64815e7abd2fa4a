//! Who waits when a server asks for less, and how long.

use std::num::NonZeroU32;
use std::time::Duration;

use http::Response;
use readmit::BuildError;
use readmit::error::{Kind, Origin, Replay};
use readmit::limit::{Adaptive, Quota};
use readmit::retry::{Jitter, Policy};
use readmit_testkit::{Api, Fault, Hint};
use tokio::time::Instant;

use crate::{builder, client, get, secs, sent, unpaced};

#[tokio::test(start_paused = true)]
async fn r71_a_429_holds_every_caller_of_the_origin_until_the_server_said() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(30) }).once();
    let began = Instant::now();
    get(&client).await.unwrap_err();

    let calls: Vec<_> = (0..10).map(|_| tokio::spawn(client.get("/data_flows").send())).collect();
    tokio::time::sleep(secs(29)).await;
    let early = sent(&api);
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }

    assert_eq!((early, sent(&api), began.elapsed()), (1, 1 + 10, secs(30)));
}

#[tokio::test(start_paused = true)]
async fn r71_a_hold_beyond_the_deadline_fails_at_once_and_sends_nothing() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(30) }).once();
    get(&client).await.unwrap_err();
    tokio::time::advance(secs(1)).await;
    let began = Instant::now();

    let error = client.get("/data_flows").deadline(secs(10)).send().await.unwrap_err();

    let failure = error.failure();
    assert_eq!((failure.kind(), failure.origin()), (Kind::RateLimited, Origin::Local));
    assert_eq!((failure.replay(), error.retry_after()), (Replay::NotProcessed, Some(secs(29))));
    assert!(error.is_throttled() && error.is_rejected());
    assert_eq!((sent(&api), began.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn r71_chance_lengthens_a_hold_and_never_shortens_it() {
    let api = Api::new();
    let client = builder(&api).limit_jitter(secs(10)).build_over(api.service()).unwrap();
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(30) }).once();
    let began = Instant::now();
    get(&client).await.unwrap_err();

    get(&client).await.unwrap();

    assert!((secs(30)..=secs(34)).contains(&began.elapsed()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn r48_a_retry_that_the_hold_would_keep_out_is_not_waited_for() {
    let api = Api::new();
    let policy = Policy::constant(secs(1)).jitter(Jitter::None).build().unwrap();
    let builder = builder(&api).retry(policy).limit_jitter(secs(10));
    let client = builder.build_over(api.service()).unwrap();
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(30) }).once();
    let began = Instant::now();

    // What chance adds to the hold does not fit.
    let error = client.get("/data_flows").deadline(secs(30)).send().await.unwrap_err();

    assert_eq!(error.failure().status(), Some(429));
    assert!(error.is_out_of_time());
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_503_that_says_how_long_holds_the_others_too_and_one_that_does_not_does_not() {
    for (retry_after, waited) in [(Hint::Seconds(7), secs(7)), (Hint::Absent, Duration::ZERO)] {
        let api = Api::new();
        let client = client(&api);
        api.fault(Fault::Unavailable { retry_after }).once();
        let began = Instant::now();
        get(&client).await.unwrap_err();

        get(&client).await.unwrap();

        assert_eq!(began.elapsed(), waited);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_server_says_is_left_is_counted_down_and_then_waited_for() {
    for fields in [
        &[("x-ratelimit-remaining", "2"), ("x-ratelimit-reset", "10")][..],
        &[("ratelimit", r#""default";r=2;t=10"#)],
    ] {
        let api = Api::new();
        let client = client(&api);
        api.fault(well(fields)).once();
        let began = Instant::now();
        get(&client).await.unwrap();

        let mut ended = Vec::new();
        for _ in 0..3 {
            get(&client).await.unwrap();
            ended.push(began.elapsed());
        }

        assert_eq!(ended, [Duration::ZERO, Duration::ZERO, secs(10)], "{fields:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r71_a_success_that_says_it_was_the_last_holds_the_next() {
    let api = Api::new();
    let client = client(&api);
    api.fault(well(&[("ratelimit", r#""default";r=0;t=7"#)])).once();
    let began = Instant::now();
    get(&client).await.unwrap();

    get(&client).await.unwrap();

    assert_eq!(began.elapsed(), secs(7));
}

#[tokio::test(start_paused = true)]
async fn a_quota_of_ones_own_spreads_the_calls() {
    let api = Api::new();
    let quota = Quota::per_second(NonZeroU32::new(10).unwrap());
    let client = builder(&api).limit(quota).build_over(api.service()).unwrap();
    let began = Instant::now();

    for _ in 0..31 {
        get(&client).await.unwrap();
    }

    assert_eq!(began.elapsed(), secs(3));
}

#[tokio::test(start_paused = true)]
async fn r72_those_who_wait_are_sent_in_the_order_of_arrival_and_one_may_leave() {
    let api = Api::new();
    let quota = Quota::per_second(NonZeroU32::MIN);
    let client = builder(&api).limit(quota).build_over(api.service()).unwrap();
    let began = Instant::now();
    let call = |number: u32| {
        let request = client.get(format!("/data_flows?number={number}"));
        tokio::spawn(async move { drop(request.send().await.unwrap()) })
    };
    let mut calls = Vec::new();
    for number in 0..5 {
        calls.push(call(number));
        tokio::task::yield_now().await;
    }

    calls.remove(2).abort();
    for call in calls {
        call.await.unwrap();
    }

    let seen = api.seen();
    let order: Vec<_> = seen.requests().iter().filter_map(|request| request.query()).collect();
    assert_eq!(order, ["number=0", "number=1", "number=3", "number=4"]);
    assert_eq!(began.elapsed(), secs(3));
}

#[tokio::test(start_paused = true)]
async fn the_rate_of_a_server_that_says_no_more_than_too_many_is_found() {
    let api = Api::new();
    let adaptive = builder(&api).adaptive_limit(Adaptive::DEFAULT);
    let client = adaptive.build_over(api.service()).unwrap();
    for _ in 0..20 {
        get(&client).await.unwrap();
    }
    api.fault(Fault::RateLimited { retry_after: Hint::Absent }).next(5);
    for _ in 0..5 {
        get(&client).await.unwrap_err();
    }
    let began = Instant::now();

    for _ in 0..10 {
        get(&client).await.unwrap();
    }

    assert!(Duration::ZERO < began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn one_origin_holds_no_caller_of_another() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(30) }).once();
    let began = Instant::now();
    client.get("https://other.test/data_flows").send().await.unwrap_err();

    get(&client).await.unwrap();

    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn r71_what_an_origin_says_of_its_limits_as_it_redirects_is_heard() {
    let api = Api::new();
    let client = client(&api);
    let away = Response::builder()
        .status(302)
        .header("location", "https://other.test/data_flows")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", "30");
    api.fault(Fault::respond(away.body("").unwrap())).on("GET", "/away").once();
    let began = Instant::now();
    let _ = client.get("/away").send().await;

    get(&client).await.unwrap();

    assert_eq!(began.elapsed(), secs(30));
}

#[tokio::test(start_paused = true)]
async fn without_a_limiter_only_who_was_told_waits() {
    let api = Api::new();
    let policy = Policy::constant(secs(1)).jitter(Jitter::None).build().unwrap();
    let client = unpaced(&api).retry(policy).without_limiter().build_over(api.service()).unwrap();
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(30) }).once();
    let began = Instant::now();
    let told = tokio::spawn(client.get("/data_flows").send());
    tokio::task::yield_now().await;

    get(&client).await.unwrap();
    let other = began.elapsed();
    let told = told.await.unwrap().unwrap();

    assert_eq!(other, Duration::ZERO);
    assert_eq!((told.attempts(), began.elapsed()), (2, secs(30)));
}

#[test]
fn r97_a_limit_without_a_limiter_is_refused() {
    let api = Api::new();
    let client = || builder(&api).limit(Quota::per_second(NonZeroU32::MIN));

    let refused = client().without_limiter().build_over(api.service()).unwrap_err();

    assert!(matches!(refused, BuildError::PacedWithoutLimiter));
    assert!(client().build_over(api.service()).is_ok());
}

fn well(fields: &[(&str, &str)]) -> Fault {
    let mut answer = Response::builder().header("content-type", "application/json");
    for (name, value) in fields {
        answer = answer.header(*name, *value);
    }
    Fault::respond(answer.body("[]").unwrap())
}
