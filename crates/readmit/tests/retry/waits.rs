//! How long the wait before a retry is.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use readmit::error::Kind;
use readmit::retry::{Jitter, Policy};
use readmit_testkit::{Api, Fault, Hint, Skew};
use tokio::time::Instant;

use crate::{builder, client, get, millis, secs, unavailable};

#[tokio::test(start_paused = true)]
async fn r43_a_get_is_repeated_and_waits_as_its_policy_says() {
    let api = Api::new();
    let client = client(&api);
    api.fault(unavailable()).next(2);
    let began = Instant::now();

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.status(), answer.attempts()), (StatusCode::OK, 3));
    assert_eq!(answer.recoveries(), 0);
    assert_eq!(began.elapsed(), millis(100 + 200));
    assert_eq!(api.seen().requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn r43_full_jitter_never_waits_longer_than_the_policy() {
    let api = Api::new();
    let builder = builder(&api).retry(Policy::DEFAULT).without_breaker();
    let client = builder.build_over(api.service()).unwrap();

    for _ in 0..30 {
        api.fault(unavailable()).next(2);
        let began = Instant::now();
        get(&client).await.unwrap();

        // Tokio's timers round a wait up to the next millisecond.
        assert!(began.elapsed() <= millis(100 + 200 + 2));
        tokio::time::advance(secs(2)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn r43_a_server_delay_is_waited_for_in_full_in_each_form_that_is_one() {
    let wait = secs(7);
    let policy = millis(100);
    for (hint, waited) in [
        (Hint::Seconds(7), wait),
        (Hint::Date(wait), wait),
        (Hint::Body(wait), wait),
        (Hint::Text("0".into()), Duration::ZERO),
        (Hint::Text("Sun, 06 Nov 1994 08:49:37 GMT".into()), Duration::ZERO),
        (Hint::Absent, policy),
        (Hint::Text("soon".into()), policy),
        (Hint::Text("-1".into()), policy),
        (Hint::Text("+5".into()), policy),
        (Hint::Text("1.5".into()), policy),
        (Hint::Text("".into()), policy),
    ] {
        for skew in [Skew::Ahead(secs(300)), Skew::Behind(secs(300))] {
            let api = Api::builder().wall(noon()).skew(skew).build();
            let client = client(&api);
            api.fault(Fault::RateLimited { retry_after: hint.clone() }).once();
            let began = Instant::now();

            let answer = get(&client).await.unwrap();

            assert_eq!(answer.attempts(), 2, "{hint:?}");
            assert_eq!(began.elapsed(), waited, "{hint:?} {skew:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r43_jitter_only_ever_lengthens_a_server_delay() {
    let api = Api::builder().wall(noon()).build();
    let builder = builder(&api).retry(Policy::DEFAULT).without_breaker();
    let client = builder.build_over(api.service()).unwrap();

    for _ in 0..30 {
        api.fault(Fault::Unavailable { retry_after: Hint::Seconds(3) }).once();
        let began = Instant::now();
        get(&client).await.unwrap();

        let waited = began.elapsed();
        assert!((millis(3_000)..=millis(3_101)).contains(&waited), "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r44_a_delay_beyond_the_deadline_fails_at_once_and_says_when_to_come_back() {
    for (hint, told) in
        [(Hint::Seconds(61), Some(secs(61))), (Hint::Date(secs(3_600)), Some(secs(3_600)))]
    {
        let api = Api::builder().wall(noon()).build();
        let client = client(&api);
        api.fault(Fault::RateLimited { retry_after: hint }).always();
        let began = Instant::now();

        let error = get(&client).await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::RateLimited);
        assert!(error.is_throttled() && error.is_out_of_time() && !error.is_exhausted());
        assert_eq!(error.retry_after(), told);
        assert_eq!((error.attempts(), began.elapsed()), (1, Duration::ZERO));
        assert_eq!(api.seen().requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn r44_an_absurd_delay_is_neither_slept_nor_cut_short() {
    for text in ["3601", "99999999999", "99999999999999999999999999"] {
        let api = Api::new();
        let client = client(&api);
        api.fault(Fault::RateLimited { retry_after: Hint::Text(text.into()) }).always();
        let began = Instant::now();

        let error = client.get("/data_flows").deadline(Duration::MAX).send().await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::RateLimited, "{text}");
        assert!(Some(secs(3_601)) <= error.retry_after(), "{text}");
        assert_eq!((error.attempts(), began.elapsed()), (1, Duration::ZERO), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn r77_a_403_that_is_a_rate_limit_is_waited_for() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::RateLimitedAsForbidden { retry_after: Hint::Seconds(2) }).once();
    let began = Instant::now();

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), began.elapsed()), (2, secs(2)));
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_its_own_is_followed() {
    let api = Api::new();
    let policy = Policy::constant(secs(2)).jitter(Jitter::None).max_attempts(5).build().unwrap();
    let client = builder(&api).retry(policy).build_over(api.service()).unwrap();
    api.fault(unavailable()).always();
    let began = Instant::now();

    let error = get(&client).await.unwrap_err();

    assert_eq!((error.attempts(), began.elapsed()), (5, secs(8)));
}

/// A whole second, so that a date in a header loses nothing.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + secs(1_800_000_000)
}
