//! Calls whose futures are dropped at any moment: nothing may be left behind (rule 98).

#![expect(clippy::unwrap_used, reason = "a test")]

mod recorder;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::StatusCode;
use readmit::error::Kind;
use readmit::error::event::Event;
use readmit::retry::{Jitter, Policy};
use readmit::{Client, ClientBuilder, Error, Response, credentials};
use readmit_core::Draws;
use readmit_testkit::{Api, ApiBody, ApiService, Fault, Hint};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::recorder::Recorder;

#[tokio::test(start_paused = true)]
async fn r98_a_thousand_calls_dropped_after_any_poll_leave_nothing_behind() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    let draws = Draws::seeded(1);

    for _ in 0..20 {
        trouble(&api);
        expire_under(&api, &client, || after_polls(&client, below(&draws, 8))).await;
    }

    // One token to begin with, and one for each expiry: the first strikes when there is none.
    assert_eq!(api.tokens_issued(), 20);
    left_behind_nothing(&api, client, &sink).await;
}

#[tokio::test(start_paused = true)]
async fn r98_a_thousand_calls_dropped_at_any_time_leave_nothing_behind() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    let draws = Draws::seeded(2);

    for _ in 0..20 {
        trouble(&api);
        // The token endpoint is slow as well, so that calls are dropped while they wait for it.
        api.fault(Fault::Slow(millis(150))).on("POST", "/token").always();
        expire_under(&api, &client, || after_time(&client, below(&draws, 400))).await;
    }

    assert_eq!(api.tokens_issued(), 20);
    left_behind_nothing(&api, client, &sink).await;
}

#[tokio::test(start_paused = true)]
async fn r98_a_call_dropped_while_it_refreshes_does_not_lose_the_refresh() {
    let api = Api::new();
    let url = "https://api.test/token/refresh";
    let rotating = credentials::refresh_token(url, api.new_refresh_token(), None);
    let client = builder(&api).credentials(rotating).build_over(api.service()).unwrap();

    for round in 0..100 {
        api.expire_access_tokens();
        after_polls(&client, round % 10).await.unwrap();
        get(&client).await.unwrap();
    }

    let refused = |request: &&readmit_testkit::Recorded| {
        request.path() == "/token/refresh" && request.status() != Some(StatusCode::OK)
    };
    assert_eq!(api.seen().requests().iter().filter(refused).count(), 0);
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r98_a_call_dropped_while_it_backs_off_gives_its_credit_back() {
    let api = Api::new();
    let client = patient(&api);
    get(&client).await.unwrap();
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).always();
    for _ in 0..1_000 {
        let call = client.get("/data_flows").send();
        polled(call, 1).await;
    }
    let dropped = api.seen().requests().len();
    let began = tokio::time::Instant::now();

    // All at once, so that time brings no credit: a hundred of them are retried.
    let calls: Vec<_> = (0..150).map(|_| tokio::spawn(client.get("/data_flows").send())).collect();
    let mut retried = 0;
    for call in calls {
        retried += usize::from(call.await.unwrap().unwrap_err().attempts() == 2);
    }

    assert_eq!((dropped, retried), (1 + 1_000, 100));
    assert_eq!(began.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn r98_waiters_dropped_while_a_refresh_hangs_do_not_keep_the_next_from_it() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    api.fault(Fault::Hang).on("POST", "/token").once();
    let calls: Vec<_> = (0..64).map(|i| after_time(&client, i)).collect();
    rejoin(calls).await;
    let alive = Handle::current().metrics().num_alive_tasks();

    let bounded = get(&client).await.unwrap_err();
    tokio::time::advance(Duration::from_secs(5)).await;
    let answer = get(&client).await.unwrap();

    assert_eq!(alive, 1, "the refresh, which goes on without its callers");
    assert_eq!(bounded.failure().kind(), Kind::ClientTimeout);
    assert_eq!((answer.status(), api.seen().token_calls()), (StatusCode::OK, 2));
    left_behind_nothing(&api, client, &sink).await;
}

#[tokio::test(start_paused = true)]
async fn r99_a_client_that_is_dropped_during_a_refresh_leaves_nothing_behind() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    let idle = Handle::current().metrics().num_alive_tasks();
    let hold = api.hold_on("POST", "/token");
    after_time(&client, 10).await.unwrap();
    hold.wait_for(1).await;

    drop(client);
    hold.release();
    settle().await;

    assert_eq!(idle, 0);
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    assert_eq!(Arc::strong_count(&sink.0), 1, "only the test holds it");
}

/// What may go wrong with a call, all of it at once.
fn trouble(api: &Api) {
    let unavailable = Fault::Unavailable { retry_after: Hint::Absent };
    api.fault(unavailable).on("GET", "/data_flows").at_percent(20);
    api.fault(Fault::Hang).on("GET", "/data_flows").at_percent(20);
    api.fault(Fault::Slow(millis(100))).on("GET", "/data_flows").at_percent(20);
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(1) })
        .on("GET", "/data_flows")
        .at_percent(10);
}

/// Has the token expire under fifty calls that are dropped, and one that finds all well again.
async fn expire_under(
    api: &Api,
    client: &Client<ApiService>,
    dropped: impl Fn() -> JoinHandle<()>,
) {
    api.expire_access_tokens();
    rejoin((0..50).map(|_| dropped()).collect()).await;
    api.clear_faults();
    get(client).await.unwrap();
}

/// The client works, has no task of its own, and goes when it is dropped.
async fn left_behind_nothing(api: &Api, client: Client<ApiService>, sink: &Recorder) {
    assert_eq!(get(&client).await.unwrap().status(), StatusCode::OK);
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
    let refreshed = |event: &&Event| matches!(event, Event::RefreshSucceeded { .. });
    assert_eq!(sink.events().iter().filter(refreshed).count(), api.tokens_issued() as usize);
    settle().await;
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    drop(client);
    assert_eq!(Arc::strong_count(&sink.0), 1, "only the test holds it");
}

/// Drops a call after this many polls, each of which may have been worth one.
fn after_polls(client: &Client<ApiService>, polls: u64) -> JoinHandle<()> {
    tokio::spawn(polled(client.get("/data_flows").send(), polls))
}

async fn polled(call: impl Future, polls: u64) {
    let mut left = polls;
    let mut call = pin!(call);
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        // Polled again at once: a future must bear it, and no timer has to pass.
        cx.waker().wake_by_ref();
        call.as_mut().poll(cx).map(drop)
    })
    .await;
}

/// Drops a call after this many milliseconds.
fn after_time(client: &Client<ApiService>, time: u64) -> JoinHandle<()> {
    let call = client.get("/data_flows").send();
    tokio::spawn(async move { drop(tokio::time::timeout(millis(time), call).await) })
}

async fn rejoin(calls: Vec<JoinHandle<()>>) {
    for call in calls {
        call.await.unwrap();
    }
}

fn watched(api: &Api) -> (Recorder, Client<ApiService>) {
    let sink = Recorder::default();
    let client = builder(api).sink(sink.clone()).build_over(api.service()).unwrap();
    (sink, client)
}

fn builder(api: &Api) -> ClientBuilder {
    let key = credentials::service_key("https://api.test/token", api.service_key());
    Client::builder("https://api.test").credentials(key).clock(api.clock())
}

/// A client that retries once, after a second and whatever fails, with a token that needs no
/// fetching.
fn patient(api: &Api) -> Client<ApiService> {
    let policy = Policy::constant(Duration::from_secs(1))
        .jitter(Jitter::None)
        .max_attempts(2)
        .build()
        .unwrap();
    let bearer = credentials::bearer(api.new_access_token());
    let builder = builder(api).credentials(bearer).retry(policy).without_breaker();
    builder.build_over(api.service()).unwrap()
}

async fn get(client: &Client<ApiService>) -> Result<Response<ApiBody>, Error> {
    client.get("/data_flows").send().await
}

/// Lets every task go on that can, without time passing.
async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small number, and not a negative one"
)]
fn below(draws: &Draws, end: u32) -> u64 {
    (draws.draw().get() * f64::from(end)) as u64
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
