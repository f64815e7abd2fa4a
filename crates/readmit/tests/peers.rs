//! Where other clients fail, each probe by its number in the comparison.
//!
//! Probe 6 goes on in `loopback.rs`, where there are connections to count.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use readmit::error::Kind;
use readmit::retry::{Allowance, Jitter, Percent, Policy};
use readmit::{Body, Client, ClientBuilder, credentials};
use readmit_testkit::{Api, Fault, Hint};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn probe_6_a_post_that_was_answered_503_is_sent_once_unless_that_is_safe() {
    let api = Api::new();
    let client = builder(&api).build_over(api.service()).unwrap();
    api.fault(unavailable(Hint::Absent)).on("POST", "*").always();
    let post = |marker| client.post("/data_flows").body(format!(r#"{{"marker": "{marker}"}}"#));

    let bare = post("bare").send().await.unwrap_err();
    let keyed = post("keyed").idempotency_key("7").send().await.unwrap_err();

    assert_eq!((bare.failure().kind(), bare.attempts()), (Kind::Unavailable, 1));
    assert_eq!(keyed.attempts(), 3);
    assert_eq!((api.seen().sent("bare"), api.seen().sent("keyed")), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn probe_6_a_retry_after_of_one_second_is_waited_for() {
    let api = Api::new();
    let client = builder(&api).build_over(api.service()).unwrap();
    api.fault(unavailable(Hint::Seconds(1))).once();
    let began = Instant::now();

    let answer = client.get("/data_flows").send().await.unwrap();

    assert_eq!(answer.attempts(), 2);
    let waited = began.elapsed();
    // Chance adds a tenth, and less than what the policy would wait by itself.
    let most = Duration::from_millis(1_202);
    assert!((Duration::from_secs(1)..=most).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn probe_6_a_streaming_body_passes_on_a_healthy_server() {
    let api = Api::new();
    let client = builder(&api).build_over(api.service()).unwrap();
    let stream = Body::stream(Full::new(Bytes::from_static(br#"{"name": "orders"}"#)));

    let answer = client.post("/data_flows").body(stream).send().await.unwrap();

    assert_eq!((answer.status().as_u16(), answer.attempts()), (201, 1));
}

#[tokio::test(start_paused = true)]
async fn probe_6_a_thousand_calls_to_a_dead_backend_are_about_1100_on_the_wire() {
    let api = Api::new();
    let client = builder(&api).without_breaker().build_over(api.service()).unwrap();

    let sent = thousand_calls(&api, &client).await;

    // A hundred saved up, and one for each second that the waits took.
    assert!((1_100..=1_130).contains(&sent), "{sent}");
}

#[tokio::test(start_paused = true)]
async fn probe_6_with_the_breaker_they_are_a_few_dozen() {
    let api = Api::new();
    let client = builder(&api).build_over(api.service()).unwrap();

    let sent = thousand_calls(&api, &client).await;

    assert!((20..=60).contains(&sent), "{sent}");
}

#[tokio::test(start_paused = true)]
async fn probe_7_what_one_host_earned_retries_no_request_to_another() {
    let api = Api::new();
    let allowance = Allowance::percent_of_calls(Percent::new(100).unwrap());
    let allowance = allowance.initial(0).per_second(0).build().unwrap();
    let client = builder(&api).budget(allowance).build_over(api.service()).unwrap();
    for _ in 0..100 {
        client.get("/data_flows").send().await.unwrap();
    }
    api.fault(unavailable(Hint::Absent)).always();

    let out_of_scope = client.get("https://other.test/data_flows").send().await.unwrap_err();
    let in_scope = client.get("/data_flows").send().await.unwrap_err();

    assert_eq!((out_of_scope.attempts(), in_scope.attempts()), (1, 3));
    assert_eq!(api.seen().requests().len(), 100 + 1 + 3);
}

async fn thousand_calls<S: readmit::HttpService>(api: &Api, client: &Client<S>) -> usize {
    api.fault(unavailable(Hint::Absent)).always();
    for _ in 0..1_000 {
        client.get("/data_flows").send().await.unwrap_err();
    }
    api.seen().requests().len()
}

fn builder(api: &Api) -> ClientBuilder {
    let policy = Policy::exponential(Duration::from_millis(100)).jitter(Jitter::None);
    Client::builder("https://api.test")
        .credentials(credentials::bearer(api.new_access_token()))
        .clock(api.clock())
        .retry(policy.build().unwrap())
}

fn unavailable(retry_after: Hint) -> Fault {
    Fault::Unavailable { retry_after }
}
