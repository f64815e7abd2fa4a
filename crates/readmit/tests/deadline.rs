//! Where time runs out, and what the caller is told.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use readmit::error::{Failure, Kind, Origin, Replay};
use readmit::retry::{Jitter, Policy};
use readmit::{Body, Client, ClientBuilder, credentials};
use readmit_testkit::{Api, ApiService, Fault, Hint};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_an_attempt_under_way() {
    for fault in [Fault::Hang, Fault::Slow(secs(20))] {
        let api = Api::new();
        let client = client(&api);
        api.fault(fault).once();
        let began = Instant::now();

        let error = client.get("/data_flows").deadline(secs(5)).send().await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
        assert_eq!(error.failure().origin(), Origin::Local);
        assert_eq!(error.failure().replay(), Replay::PossiblyProcessed);
        assert!(error.is_out_of_time() && !error.is_rejected());
        assert_eq!((error.attempts(), began.elapsed()), (1, secs(5)));
    }
}

#[tokio::test(start_paused = true)]
async fn r48_a_wait_that_would_end_too_late_is_not_begun() {
    let api = Api::new();
    let policy = Policy::constant(secs(10)).jitter(Jitter::None).build().unwrap();
    let client = builder(&api).retry(policy).build_over(api.service()).unwrap();
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).always();
    let began = Instant::now();

    let error = client.get("/data_flows").deadline(secs(15)).send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Unavailable);
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert!(error.is_out_of_time() && !error.is_exhausted());
    assert_eq!((error.attempts(), began.elapsed()), (2, secs(10)));
}

#[tokio::test(start_paused = true)]
async fn r48_a_policys_own_deadline_holds_where_it_is_earlier() {
    let api = Api::new();
    let policy = Policy::constant(secs(10)).jitter(Jitter::None).deadline(secs(5));
    let client = builder(&api).retry(policy.build().unwrap()).build_over(api.service()).unwrap();
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).always();
    let began = Instant::now();

    let error = client.get("/data_flows").send().await.unwrap_err();

    assert!(error.is_out_of_time());
    assert_eq!((error.attempts(), began.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_body_of_an_answer() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Stalled).next(2);
    let began = Instant::now();

    let whole = client.get("/data_flows").deadline(secs(5)).send().await.unwrap();
    let whole = whole.bytes().await.unwrap_err();
    let took = began.elapsed();
    let mut pieces = client.get("/data_flows").deadline(secs(5)).send().await.unwrap();
    let first = pieces.chunk().await.unwrap();
    let second = pieces.chunk().await.unwrap_err();

    assert_eq!(first.as_deref(), Some(&b"["[..]));
    for error in [whole, second] {
        assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
        assert_eq!(error.failure().replay(), Replay::Processed);
        assert!(error.is_out_of_time());
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!((took, began.elapsed()), (secs(5), secs(10)));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_counts_from_the_beginning_of_the_call() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Slow(secs(4))).once();
    api.fault(Fault::Stalled).once();
    let began = Instant::now();
    client.get("/data_flows").deadline(secs(5)).send().await.unwrap();
    let request = client.get("/data_flows").deadline(secs(5));
    tokio::time::advance(secs(3)).await;

    let answer = request.send().await.unwrap();
    answer.bytes().await.unwrap_err();

    // A request that is not yet sent has no deadline that could run.
    assert_eq!(began.elapsed(), secs(4 + 3 + 5));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_is_given_up_and_the_next_one_succeeds() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).once();
    let began = Instant::now();

    let answer = client.get("/data_flows").send().await.unwrap();

    assert_eq!(answer.attempts(), 2);
    assert_eq!(began.elapsed(), secs(30) + Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_may_have_been_done() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).once();
    let began = Instant::now();

    let error = client.post("/data_flows").body("{}").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::ClientTimeout);
    assert_eq!(error.failure().replay(), Replay::PossiblyProcessed);
    assert!(error.is_network() && !error.is_out_of_time());
    assert_eq!((error.attempts(), began.elapsed()), (1, secs(30)));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_to_the_end_keeps_what_happened_before() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).always();
    let began = Instant::now();

    let error = client.get("/data_flows").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
    let before = error.source().and_then(|source| source.downcast_ref::<Failure>());
    assert_eq!(before.map(Failure::kind), Some(Kind::ClientTimeout));
    assert_eq!((error.attempts(), began.elapsed()), (2, secs(60)));
}

#[tokio::test(start_paused = true)]
async fn an_error_whose_body_never_ends_is_that_error() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Stalled).on("GET", "/data_flows/{id}").always();
    let began = Instant::now();

    let error = client.get("/data_flows/1").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::NotFound);
    assert!(error.is_body_cut());
    assert_eq!((error.attempts(), began.elapsed()), (1, secs(30)));
}

#[tokio::test(start_paused = true)]
async fn the_attempt_timeout_is_not_for_the_body_of_a_good_answer() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Stalled).once();
    let began = Instant::now();

    let error = client.get("/data_flows").send().await.unwrap().bytes().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
    assert_eq!(began.elapsed(), secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_no_deadline_but_its_own() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Stalled).always();
    let began = Instant::now();

    let endless = stream(&client).send().await.unwrap();
    let endless = tokio::time::timeout(secs(3_000), endless.bytes()).await;
    let bounded = stream(&client).deadline(secs(5)).send().await.unwrap();
    let bounded = bounded.bytes().await.unwrap_err();

    assert!(endless.is_err(), "fifty minutes passed, and the call went on");
    assert!(bounded.is_out_of_time());
    assert_eq!(began.elapsed(), secs(3_000 + 5));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_no_clock_reaches_is_none() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).once();

    let answer = client.get("/data_flows").deadline(Duration::MAX).send().await.unwrap();

    assert_eq!(answer.attempts(), 2);
}

fn stream(client: &Client<ApiService>) -> readmit::RequestBuilder<ApiService> {
    let body = Full::new(Bytes::from_static(b"{\"name\":\"orders\"}"));
    client.post("/data_flows").body(Body::stream(body))
}

/// A client whose waits are not left to chance, with a token that needs no fetching.
fn builder(api: &Api) -> ClientBuilder {
    let base = Duration::from_millis(100);
    let policy = Policy::exponential(base).jitter(Jitter::None).build().unwrap();
    Client::builder("https://api.test")
        .credentials(credentials::bearer(api.new_access_token()))
        .clock(api.clock())
        .retry(policy)
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api).build_over(api.service()).unwrap()
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
