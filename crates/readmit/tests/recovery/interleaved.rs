//! Calls, departures, refreshes, answers, expiries and time in any order, each call polled by hand.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use proptest::prelude::*;
use readmit::error::Kind;
use readmit::{Body, Client, Error, SourceError, Token, credentials};
use tokio::sync::Semaphore;
use tower_service::Service;

use crate::{secs, settle};

#[derive(Clone, Debug)]
enum Step {
    Answer,
    Begin,
    Expire,
    Fetched { outcome: Fetched },
    Leave { which: usize },
    Pass { millis: u64 },
    Poll { which: usize },
    Unlock,
    Yield,
}

#[derive(Clone, Copy, Debug)]
enum Fetched {
    Fresh,
    Refused,
    Unavailable,
}

type Calls = BTreeMap<u32, Pin<Box<dyn Future<Output = Result<(), Error>>>>>;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r1_whatever_the_order_a_rejected_token_costs_one_refresh_and_nobody_waits_for_ever(
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let server = Server::default();
            let client = server.client();
            let mut calls = run(&server, &client, steps).await;
            server.shared().is_open = true;
            finish(&server, &mut calls).await;

            // Whatever happened, the next one gets in: no permit and no waiter was lost.
            client.unlock();
            tokio::time::advance(secs(10)).await;
            server.shared().accepted = false;
            calls.insert(0, begin(&client));
            finish(&server, &mut calls).await;
            assert!(server.shared().accepted, "the last call was not let in");
        });
    }
}

/// Takes the steps, and returns the calls that have not ended.
async fn run(server: &Server, client: &Client<Server>, steps: Vec<Step>) -> Calls {
    let (mut calls, mut asked) = (Calls::new(), 0);
    for step in steps {
        match step {
            Step::Answer => server.answers.add_permits(1),
            Step::Begin => {
                asked += 1;
                calls.insert(asked, begin(client));
            }
            Step::Expire => {
                let mut shared = server.shared();
                shared.expired = shared.given;
            }
            Step::Fetched { outcome } => {
                server.shared().outcomes.push(outcome);
                server.fetches.add_permits(1);
            }
            Step::Leave { which } => {
                if let Some(call) = nth(&calls, which) {
                    calls.remove(&call);
                }
            }
            Step::Pass { millis } => {
                tokio::time::advance(std::time::Duration::from_millis(millis)).await;
            }
            Step::Poll { which } => {
                if let Some(call) = nth(&calls, which) {
                    poll(&mut calls, call).await;
                }
            }
            Step::Unlock => client.unlock(),
            Step::Yield => settle().await,
        }
    }
    calls
}

/// Polls until all calls have ended, which they must while everything is answered.
async fn finish(server: &Server, calls: &mut Calls) {
    server.answers.add_permits(1_000);
    server.fetches.add_permits(1_000);
    let began = tokio::time::Instant::now();
    while !calls.is_empty() {
        for call in calls.keys().copied().collect::<Vec<_>>() {
            poll(calls, call).await;
        }
        tokio::time::advance(secs(1)).await;
        settle().await;
        assert!(began.elapsed() < secs(120), "{} calls hang", calls.len());
    }
}

fn begin(client: &Client<Server>) -> Pin<Box<dyn Future<Output = Result<(), Error>>>> {
    let call = client.get("/").send();
    Box::pin(async move { call.await.map(drop) })
}

/// Polls one call, and takes it out when it has ended.
async fn poll(calls: &mut Calls, which: u32) {
    let Some(call) = calls.get_mut(&which) else {
        return;
    };
    let polled = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
    let Poll::Ready(ended) = polled else {
        return;
    };
    calls.remove(&which);
    if let Err(error) = ended {
        // A token rejected at birth, or twice; a source that refuses; a wait that was too long.
        let may_be = matches!(
            error.failure().kind(),
            Kind::TokenExpired
                | Kind::InvalidCredentials
                | Kind::Unavailable
                | Kind::LockedOut
                | Kind::DeadlineExceeded
                | Kind::ClientTimeout
        );
        assert!(may_be, "{error}");
    }
}

fn nth(calls: &Calls, which: usize) -> Option<u32> {
    calls.keys().nth(which % calls.len().max(1)).copied()
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![
        4 => Just(Fetched::Fresh),
        1 => Just(Fetched::Refused),
        1 => Just(Fetched::Unavailable),
    ];
    prop_oneof![
        6 => Just(Step::Answer),
        8 => Just(Step::Begin),
        2 => Just(Step::Expire),
        4 => outcome.prop_map(|outcome| Step::Fetched { outcome }),
        3 => any::<usize>().prop_map(|which| Step::Leave { which }),
        2 => (0_u64..12_000).prop_map(|millis| Step::Pass { millis }),
        14 => any::<usize>().prop_map(|which| Step::Poll { which }),
        1 => Just(Step::Unlock),
        8 => Just(Step::Yield),
    ]
}

/// Gives tokens and takes them, each when it is told to, and knows what the client must know.
#[derive(Clone)]
struct Server {
    answers: Arc<Semaphore>,
    fetches: Arc<Semaphore>,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    /// Tokens are numbers, and these the last that was given and the last that expired.
    given: u64,
    expired: u64,
    outcomes: Vec<Fetched>,
    /// What the client heard of the last token: that it was accepted, and then that it was not.
    accepted: bool,
    rejected: bool,
    is_fetching: bool,
    /// Whether every fetch succeeds by now.
    is_open: bool,
}

/// A fetch under way, until its future is dropped.
struct Fetching(Server);

impl Default for Server {
    fn default() -> Server {
        let shut = || Arc::new(Semaphore::new(0));
        Server { answers: shut(), fetches: shut(), shared: Arc::default() }
    }
}

impl Server {
    fn client(&self) -> Client<Server> {
        let server = self.clone();
        let source = credentials::from_fn(move || server.clone().fetch());
        Client::builder("https://api.test")
            .credentials(source)
            .untraced()
            .build_over(self.clone())
            .unwrap()
    }

    async fn fetch(self) -> Result<Token, SourceError> {
        let _fetching = Fetching::begin(&self);
        self.fetches.acquire().await.unwrap().forget();
        let mut shared = self.shared();
        let outcome = shared.outcomes.pop().filter(|_| !shared.is_open);
        match outcome.unwrap_or(Fetched::Fresh) {
            Fetched::Fresh => {
                shared.given += 1;
                (shared.accepted, shared.rejected) = (false, false);
                Ok(Token::bearer(shared.given.to_string()).unwrap())
            }
            Fetched::Refused => Err(SourceError::terminal("refused")),
            Fetched::Unavailable => Err(SourceError::transient("unavailable")),
        }
    }

    async fn answer(self, token: u64) -> Result<Response<Full<Bytes>>, Infallible> {
        {
            let shared = self.shared();
            assert_eq!(token, shared.given, "sent with an old token");
            assert!(!shared.rejected, "sent with a token that was rejected");
        }
        self.answers.acquire().await.unwrap().forget();
        let mut shared = self.shared();
        let status =
            if token <= shared.expired { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        // A late answer says nothing of the token that came after.
        if token == shared.given {
            match status {
                StatusCode::OK => shared.accepted = true,
                _ => shared.rejected |= shared.accepted,
            }
        }
        let body = if status == StatusCode::OK { "" } else { EXPIRED };
        Ok(Response::builder().status(status).body(Full::from(body)).unwrap())
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }
}

impl Service<Request<Body>> for Server {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let token = request.headers()[AUTHORIZATION].to_str().unwrap();
        let token = token.trim_start_matches("Bearer ").parse().unwrap();
        Box::pin(self.clone().answer(token))
    }
}

impl Fetching {
    fn begin(server: &Server) -> Fetching {
        let mut shared = server.shared();
        assert!(!shared.is_fetching, "two fetches at once");
        shared.is_fetching = true;
        Fetching(server.clone())
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        self.0.shared().is_fetching = false;
    }
}

const EXPIRED: &str = r#"{"error": "token_expired", "error_code": "AUTH_003"}"#;
