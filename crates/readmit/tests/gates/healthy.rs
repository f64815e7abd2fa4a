//! What a healthy origin is spared.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Instant, SystemTime};

use http::{HeaderValue, Response};
use readmit::breaker::State;
use readmit::{Client, Clock};
use readmit_testkit::{Api, ApiService, Fault};

use crate::{builder, client, get, open};

#[tokio::test(start_paused = true)]
async fn r74_a_healthy_call_reads_the_clock_once_for_all() {
    let api = Api::new();
    let guarded = Counting::over(&api);
    let client = guarded.client(&api);
    // A window of failures and successes is not clear; one of successes alone is.
    for _ in 0..101 {
        get(&client).await.unwrap();
    }
    let before = guarded.reads();

    get(&client).await.unwrap();

    // The call's own beginning, by which its deadline and the age of its permit are measured.
    assert_eq!(guarded.reads() - before, 1);
}

#[tokio::test(start_paused = true)]
async fn r74_of_an_answer_that_tells_no_limit_no_time_is_taken() {
    let api = Api::new();
    let clock = Counting::over(&api);
    let client = clock.client(&api);
    let built = clock.walls();
    get(&client).await.unwrap();
    let plain = clock.walls();
    let mut told = Response::new("[]");
    told.headers_mut().insert("x-ratelimit-remaining", HeaderValue::from_static("7"));
    api.fault(Fault::respond(told)).once();

    get(&client).await.unwrap();

    assert_eq!((plain - built, clock.walls() - plain), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r68_the_circuits_can_be_listed() {
    let api = Api::new();
    let client = client(&api);
    let _ = client.get("https://other.test/data_flows").send().await;
    open_home(&api, &client).await;

    let circuits = client.circuits();

    let states: Vec<_> =
        circuits.iter().map(|(name, circuit)| (name.as_str(), circuit.state())).collect();
    assert_eq!(states, [("https://api.test", State::Open), ("https://other.test", State::Closed)]);
}

async fn open_home(api: &Api, client: &Client<ApiService>) {
    api.forget();
    open(api, client).await;
}

/// The clock of an API, and how often it was read.
#[derive(Clone, Debug)]
struct Counting {
    clock: Arc<dyn Clock>,
    nows: Arc<AtomicUsize>,
    walls: Arc<AtomicUsize>,
}

impl Counting {
    fn over(api: &Api) -> Counting {
        Counting { clock: api.clock(), nows: Arc::default(), walls: Arc::default() }
    }

    fn client(&self, api: &Api) -> Client<ApiService> {
        builder(api).clock(self.clone()).untraced().build_over(api.service()).unwrap()
    }

    fn reads(&self) -> usize {
        self.nows.load(Ordering::Relaxed)
    }

    fn walls(&self) -> usize {
        self.walls.load(Ordering::Relaxed)
    }
}

impl Clock for Counting {
    fn now(&self) -> Instant {
        self.nows.fetch_add(1, Ordering::Relaxed);
        self.clock.now()
    }

    fn wall(&self) -> SystemTime {
        self.walls.fetch_add(1, Ordering::Relaxed);
        self.clock.wall()
    }
}
