//! Token endpoints have circuits and limits of their own.

use readmit::error::Kind;
use readmit::{breaker, credentials};
use readmit_testkit::{Api, Fault, Hint};

use crate::{builder, get, is_kept_out, open, secs, sent, unavailable};

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_that_is_down_opens_its_own_circuit_and_not_the_apis() {
    let api = Api::new();
    let key = credentials::service_key("https://api.test/token", api.service_key());
    let client = builder(&api).credentials(key).build_over(api.service()).unwrap();
    let own = format!("Bearer {}", api.new_access_token());
    api.fault(unavailable()).on("POST", "/token").always();
    let mut last = None;
    for _ in 0..30 {
        last = Some(get(&client).await.unwrap_err());
        // The rest after a failed refresh, and less than an open circuit takes.
        client.unlock();
    }

    let with_its_own = client.get("/data_flows").header("authorization", own).send().await;

    assert_eq!(api.seen().token_calls(), 20);
    assert!(is_kept_out(last.unwrap().failure()));
    assert_eq!(with_its_own.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn an_api_that_is_down_keeps_nobody_from_its_token_endpoint() {
    let api = Api::new();
    let key = credentials::service_key("https://api.test/token", api.service_key());
    let client = builder(&api).credentials(key).build_over(api.service()).unwrap();
    get(&client).await.unwrap();
    api.forget();
    for _ in 0..10 {
        get(&client).await.unwrap();
    }
    api.forget();
    api.fault(unavailable()).on("GET", "/data_flows").next(20);
    for _ in 0..20 {
        let _ = get(&client).await;
    }
    let kept_out = get(&client).await.unwrap_err();
    api.clear_faults();
    api.expire_access_tokens();
    tokio::time::advance(secs(7_200)).await;

    let probe = get(&client).await;

    assert!(is_kept_out(kept_out.failure()));
    assert_eq!(probe.unwrap().status(), 200);
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r97_an_open_circuit_costs_no_token() {
    let api = Api::builder().token_lifetime(secs(60)).build();
    let key = credentials::service_key("https://api.test/token", api.service_key());
    let long = breaker::Config::failure_rate(50, 100).open_for(secs(120)).build().unwrap();
    let builder = builder(&api).credentials(key).breaker(long);
    let client = builder.build_over(api.service()).unwrap();
    open(&api, &client).await;
    tokio::time::advance(secs(100)).await;
    let tokens = api.seen().token_calls();

    let kept_out = get(&client).await.unwrap_err();
    tokio::time::advance(secs(60)).await;
    get(&client).await.unwrap();

    assert!(is_kept_out(kept_out.failure()));
    assert_eq!(api.seen().token_calls(), tokens + 1, "the one of the probe");
}

#[tokio::test(start_paused = true)]
async fn r71_a_token_endpoint_that_asks_to_wait_is_left_alone_and_the_api_is_not() {
    let api = Api::new();
    let key = credentials::service_key("https://api.test/token", api.service_key());
    let client = builder(&api).credentials(key).build_over(api.service()).unwrap();
    let own = format!("Bearer {}", api.new_access_token());
    let limited = Fault::RateLimited { retry_after: Hint::Seconds(300) };
    api.fault(limited).on("POST", "/token").once();
    get(&client).await.unwrap_err();
    client.unlock();

    let held = get(&client).await.unwrap_err();
    let api_call = client.get("/data_flows").header("authorization", own).send().await;

    assert_eq!(held.failure().kind(), Kind::RateLimited);
    assert_eq!((api.seen().token_calls(), sent(&api)), (1, 1));
    assert_eq!(api_call.unwrap().status(), 200);
}
