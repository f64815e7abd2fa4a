use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, UNIX_EPOCH};

use http::Request;
use http_body_util::Full;
use readmit::error::Kind;
use readmit::retry::{Jitter, Policy};
use readmit::{Client, Credentials, Draws, Error, RequestBuilder, breaker, credentials};
use readmit_testkit::Api;
use serde_json::json;
use tokio::runtime::{Builder, Handle};
use tower_service::Service;

use crate::chance::Chance;
use crate::ledger::{Account, Ledger};
use crate::wire::{CALL, Shared, Wire};

/// A client, an API, and callers who come and go.
pub(crate) struct World {
    seed: u64,
    api: Api,
    shared: Arc<Shared>,
}

/// What a caller does with its call.
#[derive(Clone, Copy)]
enum Patience {
    Endless,
    Polls(u64),
    Time(Duration),
}

impl World {
    /// Plays the world of this seed to its end.
    pub(crate) fn play(seed: u64) -> Account {
        let runtime =
            Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(World::of(seed).run())
    }

    fn of(seed: u64) -> World {
        let chance = Chance::seeded(seed);
        let is_lenient = chance.one_in(2);
        let api = Api::builder()
            .token_lifetime(Duration::from_secs(chance.pick(&[60, 300, 3_600])))
            .refresh_grace(if is_lenient { Duration::from_secs(86_400) } else { Duration::ZERO })
            .wall(UNIX_EPOCH + Duration::from_secs(1_700_000_000))
            .build();
        let (ledger, is_calm) = (Mutex::new(Ledger::default()), Mutex::new(false));
        World { seed, api, shared: Arc::new(Shared { chance, ledger, is_lenient, is_calm }) }
    }

    async fn run(self) -> Account {
        self.create_what_is_read().await;
        let client = self.client();
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| tokio::spawn(call_on(client.clone(), Arc::clone(&self.shared), caller)))
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }

        *self.shared.is_calm.lock().unwrap() = true;
        self.all_is_well_again(&client).await;
        drop(client);
        settle().await;
        let left = Handle::current().metrics().num_alive_tasks();
        let mut ledger = self.shared.ledger();
        if left != 0 || Arc::strong_count(&self.shared) != 1 {
            ledger.violated(format!("the client is gone, and {left} tasks are left"));
        }
        std::mem::take(&mut ledger.account)
    }

    fn client(&self) -> Client<Wire> {
        let policy = Policy::exponential(Duration::from_millis(100)).jitter(Jitter::None);
        let breaker = breaker::Config::failure_rate(50, 100).jitter(0);
        Client::builder("https://api.test")
            .credentials(self.credentials())
            .clock(self.api.clock())
            .draws(Draws::seeded(self.seed))
            .retry(policy.build().unwrap())
            .breaker(breaker.build().unwrap())
            .limit_jitter(Duration::ZERO)
            .untraced()
            .build_over(Wire::new(&self.api, Arc::clone(&self.shared)))
            .unwrap()
    }

    /// Every third world has a service key, the others a refresh token that works once.
    fn credentials(&self) -> Credentials {
        if self.seed.is_multiple_of(3) {
            return credentials::service_key("https://api.test/token", self.api.service_key());
        }
        let session = self.api.new_refresh_token();
        self.shared.ledger().begin_session(&session);
        credentials::refresh_token("https://api.test/token/refresh", session, None)
    }

    async fn create_what_is_read(&self) {
        let request = Request::post("/data_flows")
            .header("authorization", format!("Bearer {}", self.api.new_access_token()))
            .body(Full::new(json!({ "name": "read" }).to_string().into_bytes().into()));
        self.api.service().call(request.unwrap()).await.unwrap();
    }

    /// The session is not lost: with nothing in the way, the client gets in by itself.
    async fn all_is_well_again(&self, client: &Client<Wire>) {
        tokio::time::sleep(Duration::from_secs(600)).await;
        client.unlock();
        for id in 0..20 {
            let call = u64::MAX - id;
            let request = client.get("/data_flows/1").header(CALL, call.to_string());
            if let Err(error) = request.send().await {
                self.shared.ledger().violated(format!("all is well, and a call fails: {error}"));
            }
        }
    }
}

/// Makes one call after the other, until the world has seen enough.
async fn call_on(client: Client<Wire>, shared: Arc<Shared>, caller: u64) {
    let chance = Chance::seeded(shared.chance.below(u64::MAX));
    for number in 0..MOST_CALLS {
        let tasks = Handle::current().metrics().num_alive_tasks();
        {
            let mut ledger = shared.ledger();
            if REQUESTS <= ledger.account.requests {
                return;
            }
            ledger.account.calls += 1;
            ledger.account.most_tasks = ledger.account.most_tasks.max(tasks);
            if CALLERS + 1 < tasks as u64 {
                ledger.violated(format!("{tasks} tasks for {CALLERS} callers and one refresh"));
            }
        }
        let id = number * CALLERS + caller;
        let ended = call(request(&client, &chance, id), patience(&chance)).await;
        match &ended {
            None => shared.ledger().ended_early(id),
            Some(Ok(recoveries)) => shared.ledger().ended_well(id, *recoveries),
            Some(Err(error)) => {
                shared.ledger().failed(id, error);
                if error.failure().kind() == Kind::LockedOut {
                    // A person has a look, after a while.
                    tokio::time::sleep(chance.millis(20_000)).await;
                    shared.ledger().account.unlocked += 1;
                    client.unlock();
                }
            }
        }
        // One that was not even sent has more patience the next time.
        let was_sent = !matches!(&ended, Some(Err(error)) if error.attempts() == 0);
        tokio::time::sleep(chance.millis(if was_sent { 1_000 } else { 8_000 })).await;
    }
}

fn request(client: &Client<Wire>, chance: &Chance, id: u64) -> RequestBuilder<Wire> {
    let flow =
        || client.post("/data_flows").json(&json!({ "name": "orders", "marker": id.to_string() }));
    let request = match chance.below(10) {
        0 => flow(),
        1 => flow().idempotency_key(id.to_string()),
        2 => client.get("/organizations/7/members"),
        _ => client.get("/data_flows/1"),
    };
    let request = request.header(CALL, id.to_string());
    if chance.one_in(8) {
        return request.deadline(Duration::from_millis(1) + chance.millis(5_000));
    }
    request
}

fn patience(chance: &Chance) -> Patience {
    match chance.below(8) {
        0 => Patience::Polls(chance.below(8)),
        1 => Patience::Time(chance.millis(5_000)),
        _ => Patience::Endless,
    }
}

/// Makes a call, unless the caller's patience ends before; returns how often it was recovered.
async fn call(request: RequestBuilder<Wire>, patience: Patience) -> Option<Result<u32, Error>> {
    let call = async { request.send().await.map(|answer| answer.recoveries()) };
    match patience {
        Patience::Endless => Some(call.await),
        Patience::Polls(polls) => polled(call, polls).await,
        Patience::Time(time) => tokio::time::timeout(time, call).await.ok(),
    }
}

/// Polls so often, each time at once, and then lets go.
async fn polled<T>(work: impl Future<Output = T>, polls: u64) -> Option<T> {
    let (mut work, mut left) = (pin!(work), polls);
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        cx.waker().wake_by_ref();
        work.as_mut().poll(cx).map(Some)
    })
    .await
}

async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

const CALLERS: u64 = 64;

/// How many requests a world sees.
const REQUESTS: u64 = 5_000;

/// How many calls a caller makes at most, so that a world in which none gets through ends as well.
const MOST_CALLS: u64 = 20 * REQUESTS / CALLERS;
