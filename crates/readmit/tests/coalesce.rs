//! Identical reads that are one call, and what else shares work that is under way.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::StatusCode;
use readmit::error::Kind;
use readmit::{Client, CoalesceError, Coalescer, RequestBuilder, credentials};
use readmit_testkit::{Api, ApiService, Fault, Hint};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

#[tokio::test(start_paused = true)]
async fn identical_reads_are_one_call_and_each_caller_has_its_own_answer() {
    let api = Api::new();
    let client = client(&api);

    let calls: Vec<_> = (0..64).map(|_| tokio::spawn(flows(&client).send())).collect();
    let mut bodies = Vec::new();
    for call in calls {
        let response = call.await.unwrap().unwrap();
        assert_eq!((response.status(), response.attempts()), (StatusCode::OK, 1));
        assert!(response.headers().contains_key("x-request-id"));
        bodies.push(response.text().await.unwrap());
    }

    assert_eq!(api.seen().count("GET", "/data_flows"), 1);
    assert!(bodies.iter().all(|body| body == "[]"), "{bodies:?}");
}

#[tokio::test(start_paused = true)]
async fn an_error_is_shared_whole_and_so_are_its_attempts() {
    let api = Api::new();
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).on("GET", "/data_flows").always();
    let client = client(&api);

    let (one, other) = tokio::join!(flows(&client).send(), flows(&client).send_raw());
    let (one, other) = (one.unwrap_err(), other.unwrap());

    assert_eq!(api.seen().count("GET", "/data_flows"), 3);
    assert_eq!((one.failure().kind(), one.attempts()), (Kind::Unavailable, 3));
    assert!(one.is_exhausted());
    assert_eq!(other.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(other.extensions().get::<readmit::error::Failure>().is_some());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_cached() {
    let api = Api::new();
    let client = client(&api);

    flows(&client).send().await.unwrap();
    flows(&client).send().await.unwrap();

    assert_eq!(api.seen().count("GET", "/data_flows"), 2);
}

#[tokio::test(start_paused = true)]
async fn what_differs_in_anything_is_not_shared() {
    let api = Api::new();
    let client = client(&api);
    let accept = |media_type| flows(&client).header("accept", media_type);
    let longer = Duration::from_secs(61);

    let (one, two, three, four, five, _head) = tokio::join!(
        accept("application/json").send(),
        accept("text/plain").send(),
        flows(&client).query([("page", "2")]).send(),
        flows(&client).deadline(longer).send(),
        client.get("/data_flows").send(),
        client.head("/data_flows").coalesce().send(),
    );

    assert!([one, two, three, four, five].iter().all(Result::is_ok));
    assert_eq!(api.seen().count("GET", "/data_flows"), 5);
    assert_eq!(api.seen().count("HEAD", "/data_flows"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_plain_read_is_refused_and_not_sent() {
    let api = Api::new();
    let client = client(&api);

    let post = client.post("/data_flows").coalesce().send().await.unwrap_err();
    let body = flows(&client).body("{}").send_raw().await.unwrap_err();

    for error in [post, body] {
        assert!(error.is_rejected());
        assert_eq!(
            error.to_string(),
            "The request cannot be sent as it is: only a GET or a HEAD without a body can be \
             coalesced"
        );
    }
    assert_eq!(api.seen().requests().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn r98_the_call_outlives_whoever_began_it_and_ends_with_the_last() {
    let api = Api::new();
    let client = client(&api);
    client.get("/data_flows").send().await.unwrap();
    let hold = api.hold();
    let leader = tokio::spawn(flows(&client).send());
    hold.wait_for(1).await;
    let follower = tokio::spawn(flows(&client).send());
    settle().await;

    leader.abort();
    settle().await;
    hold.release();

    assert_eq!(follower.await.unwrap().unwrap().text().await.unwrap(), "[]");
    assert_eq!(api.seen().count("GET", "/data_flows"), 2);

    let hold = api.hold();
    let only = tokio::spawn(flows(&client).send());
    hold.wait_for(1).await;
    only.abort();
    settle().await;
    assert_eq!(hold.waiting(), 0, "a call that nobody waits for is dropped");
}

#[tokio::test(start_paused = true)]
async fn r75_an_answer_past_the_bound_is_an_error_for_everybody() {
    let limit = 8 * 1024 * 1024;
    for (length, fits) in [(limit, true), (limit + 1, false)] {
        let api = Api::new();
        let long = http::Response::new(vec![b'x'; length]);
        api.fault(Fault::respond(long)).on("GET", "/data_flows").always();
        let client = client(&api);

        let (one, other) = tokio::join!(flows(&client).send(), flows(&client).send());

        for outcome in [one, other] {
            match outcome {
                Ok(response) => assert!(fits && response.bytes().await.unwrap().len() == length),
                Err(error) => assert!(!fits && error.to_string().contains("8 MiB"), "{error}"),
            }
        }
        assert_eq!(api.seen().count("GET", "/data_flows"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_panics_is_an_error_for_everybody_and_the_next_begins_anew() {
    let shared = coalescer(8);
    let fails = || shared.call("key", async { panic!("the work panics") });

    let (one, other) = tokio::join!(fails(), fails());

    assert_eq!((one, other), (Err(CoalesceError::Panicked), Err(CoalesceError::Panicked)));
    assert_eq!(shared.call("key", async { 7 }).await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn keys_are_bounded_and_one_more_is_worked_on_alone() {
    let shared = coalescer(1);
    let (runs, door) = (Arc::new(AtomicU32::new(0)), Arc::new(Semaphore::new(0)));
    let begin = |key| begin(&shared, key, &runs, &door);

    let calls = [begin("a"), begin("b"), begin("b"), begin("a")];
    settle().await;
    let shown = format!("{shared:?}");
    door.add_permits(9);
    for call in calls {
        call.await.unwrap().unwrap();
    }

    assert!(shown.contains("keys: 1"), "{shown}");
    assert_eq!(runs.load(Ordering::Relaxed), 3);
    assert!(format!("{shared:?}").contains("keys: 0"));
}

#[tokio::test(start_paused = true)]
async fn r98_whoever_comes_as_the_last_one_leaves_begins_anew() {
    let shared = coalescer(8);
    let (runs, door) = (Arc::new(AtomicU32::new(0)), Arc::new(Semaphore::new(0)));
    let leaving = begin(&shared, "key", &runs, &door);
    settle().await;

    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    // The work that nobody waits for has not heard of it yet.
    let coming = begin(&shared, "key", &runs, &door);
    settle().await;
    door.add_permits(9);

    assert!(coming.await.unwrap().is_ok());
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert!(format!("{shared:?}").contains("keys: 0"));
}

#[test]
fn a_runtime_that_is_shut_down_loses_the_work_and_a_waiter_takes_over() {
    let shared = coalescer(8);
    let (first, second) = (runtime(), runtime());
    let mut leader = Box::pin(shared.call("key", std::future::pending()));
    first.block_on(async {
        std::future::poll_fn(|cx| {
            assert!(leader.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    });

    let (follower, leader) = second.block_on(async {
        let sharing = shared.clone();
        let follower = tokio::spawn(async move { sharing.call("key", async { 7 }).await });
        settle().await;
        assert!(!follower.is_finished());
        std::thread::spawn(move || drop(first)).join().unwrap();
        (follower.await.unwrap(), leader.await)
    });

    assert_eq!(follower, Ok(7));
    // The first has no work left to take over with; it may have heard of the other's in time.
    assert!(matches!(leader, Ok(7) | Err(CoalesceError::Lost)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r98_on_several_threads_nobody_who_stays_goes_without() {
    let shared: Coalescer<u32, u32> = Coalescer::new(NonZeroUsize::new(3).unwrap());
    let calls: Vec<JoinHandle<_>> = (0..600_u32)
        .map(|number| {
            let shared = shared.clone();
            let work = async move {
                tokio::task::yield_now().await;
                number % 5
            };
            tokio::spawn(async move { shared.call(number % 5, work).await })
        })
        .collect();
    calls.iter().skip(1).step_by(3).for_each(|call| call.abort());

    for (number, call) in calls.into_iter().enumerate() {
        match call.await {
            Ok(outcome) => assert_eq!(outcome.unwrap() as usize, number % 5),
            Err(aborted) => assert!(aborted.is_cancelled() && number % 3 == 1),
        }
    }
}

fn client(api: &Api) -> Client<ApiService> {
    let key = credentials::service_key("https://api.test/token", api.service_key());
    let builder = Client::builder("https://api.test").credentials(key).clock(api.clock());
    builder.build_over(api.service()).unwrap()
}

fn flows(client: &Client<ApiService>) -> RequestBuilder<ApiService> {
    client.get("/data_flows").coalesce()
}

fn coalescer(max_keys: usize) -> Coalescer<&'static str, u32> {
    Coalescer::new(NonZeroUsize::new(max_keys).unwrap())
}

/// Calls with work that counts itself and ends when it is let.
fn begin(
    shared: &Coalescer<&'static str, u32>,
    key: &'static str,
    runs: &Arc<AtomicU32>,
    door: &Arc<Semaphore>,
) -> JoinHandle<Result<u32, CoalesceError>> {
    let (shared, runs, door) = (shared.clone(), Arc::clone(runs), Arc::clone(door));
    let work = async move {
        let run = runs.fetch_add(1, Ordering::Relaxed);
        door.acquire().await.unwrap().forget();
        run
    };
    tokio::spawn(async move { shared.call(key, work).await })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

/// Lets every task go on that can, without time passing.
async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}
