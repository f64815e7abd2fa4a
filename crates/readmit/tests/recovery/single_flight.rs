//! One refresh for everybody, whatever becomes of who began it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use http::StatusCode;
use readmit::error::event::{Event, Record, Sink};
use readmit::error::{Action, Kind, Origin};
use readmit::{Client, SourceError, Token, credentials};
use readmit_testkit::{Api, ApiService};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::clock::AheadOfTokio;
use crate::{
    Outcome, builder, client, client_with, create, get, in_flight, secs, settle, spawn, together,
};

#[tokio::test(start_paused = true)]
async fn r1_64_first_calls_share_one_token() {
    let api = Api::new();
    let client = client(&api);

    let answers = together(&client, 64).await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r1_64_calls_in_flight_when_the_token_expires_cost_one_refresh() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    let (hold, calls) = in_flight(&api, &client).await;

    api.expire_access_tokens();
    hold.release();

    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
    let seen = api.seen();
    assert_eq!(seen.token_calls(), 2);
    assert_eq!(seen.sent_with_stale_token(), 0);
    assert_eq!(seen.count("GET", "/data_flows"), 1 + 64 + 64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r1_whatever_the_interleaving_an_expiry_costs_one_refresh_and_no_call() {
    let api = Api::new();
    let client = client(&api);

    for round in 0..100 {
        // Accepted before it expires: a token that is rejected at birth is not replaced (rule 28).
        get(&client).await.unwrap();
        let calls: Vec<_> = (0..32).map(|_| tokio::spawn(several(client.clone()))).collect();
        api.expire_access_tokens();
        for call in calls {
            call.await.unwrap();
        }
        // Where all of them were faster than the expiry, it is this one that pays for it.
        get(&client).await.unwrap();

        assert_eq!(api.tokens_issued(), round + 2);
    }
    assert_eq!(api.seen().token_calls(), 101);
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
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
async fn r3_a_waiter_that_wakes_late_leaves_a_token_alone_that_was_rejected_meanwhile() {
    let api = Api::new();
    let client = client(&api);
    let hold = api.hold_on("POST", "/token");
    let prompt = spawn(&client);
    let mut late = Box::pin(client.get("/data_flows").send());
    assert!(is_pending(late.as_mut()).await);
    hold.wait_for(1).await;
    hold.release();
    prompt.await.unwrap().unwrap();
    api.revoke_access_tokens();
    let hold = api.hold_on("POST", "/token");
    let rejected = spawn(&client);
    hold.wait_for(1).await;

    let waits = is_pending(late.as_mut()).await;
    hold.release();

    assert!(waits);
    assert_eq!(late.await.unwrap().recoveries(), 0);
    assert_eq!(rejected.await.unwrap().unwrap().recoveries(), 1);
    assert_eq!((api.seen().with_token(1), api.seen().token_calls()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn r4_64_waiters_share_one_refused_refresh() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    let (hold, calls) = in_flight(&api, &client).await;
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
async fn r4_a_failure_is_everybodys_though_a_person_ends_the_rest_before_they_wake() {
    let api = Api::new();
    api.revoke_service_key();
    let sink = UnlocksOnce::default();
    let client = builder(&api).sink(sink.clone()).build_over(api.service()).unwrap();
    *sink.0.lock().unwrap() = Some(client.clone());

    let answers = together(&client, 8).await;

    assert!(answers.iter().all(Result::is_err));
    assert_eq!(api.seen().token_calls(), 1);
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
    let began = Instant::now();

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
    let began = Instant::now();

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
    let began = Instant::now();
    let waiter = spawn(&client);
    settle().await;

    elsewhere.shutdown_background();

    assert_eq!(waiter.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(api.seen().token_calls(), 1);
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
        let client = builder(&api).credentials(source).clock(clock.clone());
        let client = client.build_over(api.service()).unwrap();
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

async fn several(client: Client<ApiService>) {
    for _ in 0..4 {
        get(&client).await.unwrap();
    }
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

/// A sink that ends the rest after the first refresh that fails.
#[derive(Clone, Debug, Default)]
struct UnlocksOnce(Arc<Mutex<Option<Client<ApiService>>>>);

impl Sink for UnlocksOnce {
    fn record(&self, record: &Record) {
        if let Event::RefreshFailed { .. } = record.event
            && let Some(client) = self.0.lock().unwrap().take()
        {
            client.unlock();
        }
    }
}
