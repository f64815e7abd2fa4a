//! What an operator sees of a client, does to its circuits, and how it is shut down.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use readmit::error::Kind;
use readmit::error::event::{Record, Sink, Unflushed};
use readmit::log::{Lines, Queue, Scribe};
use readmit::{
    Client, ClientBuilder, Exchange, Source, SourceError, Standing, Token, breaker, credentials,
    store,
};
use readmit_testkit::{Api, ApiService, Fault, Hint};
use secrecy::SecretString;
use serde_json::{Value, json};

#[tokio::test(start_paused = true)]
async fn a_client_that_is_well_says_so_with_all_that_it_knows() {
    let api = Api::new();
    let client = client(&api);
    client.get("/data_flows").send().await.unwrap();
    tokio::time::advance(secs(10)).await;

    let health = json(&client);

    assert_eq!((&health["standing"], &health["because"]), (&json!("ok"), &json!([])));
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!((&health["is_shut_down"], &health["under_way"]), (&json!(false), &json!(0)));
    let credential = &health["credential"];
    assert_eq!((&credential["phase"], &credential["generation"]), (&json!("fresh"), &json!(1)));
    assert_eq!(credential["age_s"], 10.0);
    assert!(credential["expires_in_s"].as_f64().unwrap() > 60.0, "{credential}");
    assert_eq!(credential["last_failure"], Value::Null);
    let (origin, endpoint) = (&health["origins"][0], &health["token_endpoints"][0]);
    assert_eq!((&origin["origin"], &endpoint["origin"]), (&json!(HOME), &json!(HOME)));
    assert_eq!(origin["circuit"]["state"], "closed");
    assert_eq!(origin["limit"]["available"], Value::Null);
    assert_eq!(health["calls"]["errors_last_hour"], json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_shown_as_the_server_told_it_until_it_is_reset() {
    let api = Api::new();
    let client = client(&api);
    let told = http::Response::builder()
        .header("x-ratelimit-remaining", "5")
        .header("x-ratelimit-reset", "30")
        .body("[]")
        .unwrap();
    api.fault(Fault::respond(told)).on("GET", "/data_flows").once();
    client.get("/data_flows").send().await.unwrap();
    tokio::time::advance(secs(10)).await;

    let limit = json(&client)["origins"][0]["limit"].take();
    tokio::time::advance(secs(20)).await;
    let later = json(&client)["origins"][0]["limit"].take();

    assert_eq!(limit["told"], json!({ "remaining": 5, "resets_in_s": 20.0 }));
    assert_eq!((&limit["waiting"], &limit["wait_s"]), (&json!(0), &json!(0.0)));
    assert_eq!(later["told"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_of_its_own_origin_puts_a_client_down() {
    let api = Api::new();
    let config = breaker::Config::consecutive_failures(1).build().unwrap();
    let client = builder(&api).breaker(config).build_over(api.service()).unwrap();
    api.fault(Fault::Unavailable { retry_after: Hint::Absent }).on("GET", "/data_flows").always();

    client.get("/data_flows").without_retry().send().await.unwrap_err();

    let health = client.health();
    assert_eq!(health.standing, Standing::Down);
    assert_eq!(health.to_string(), format!("down: the circuit of {HOME} is open"));
    let circuit = json(&client)["origins"][0]["circuit"].take();
    assert!(0.0 < circuit["retry_in_s"].as_f64().unwrap(), "{circuit}");
    assert_eq!(health.calls.unwrap().errors_last_hour.len(), 0, "an outage is no security event");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_fails_degrades_a_client_whose_token_is_good_and_else_puts_it_down() {
    let api = Api::new();
    api.token_lifetime(secs(600));
    let client = client(&api);
    client.get("/data_flows").send().await.unwrap();
    api.fault(Fault::InternalError).on("POST", "/token").always();

    tokio::time::advance(secs(500)).await;
    client.get("/data_flows").send().await.unwrap();
    tokio::time::sleep(secs(30)).await;
    let degraded = client.health();
    tokio::time::sleep(secs(100)).await;
    client.get("/data_flows").send().await.unwrap_err();
    let down = client.health();

    let failed = "and its last refresh failed: server_error";
    assert_eq!(degraded.to_string(), format!("degraded: the credential is good yet, {failed}"));
    assert_eq!(down.to_string(), format!("down: the credential has expired, {failed}"));
    client.sign_out().await.unwrap();
    assert!(client.health().to_string().starts_with("down: the client is signed out"));
}

#[tokio::test(start_paused = true)]
async fn r55_no_secret_and_nobody_is_in_the_health_of_a_client() {
    let api = Api::new();
    let client = client(&api);
    let call = readmit::error::event::CallContext::default().user("planted-user");
    client.get("/data_flows?key=planted").context(call).send().await.unwrap();

    let health = client.health();
    let shown = format!("{health} {health:?} {}", json(&client));

    for planted in ["planted", api.service_key(), "Bearer"] {
        assert!(!shown.contains(planted), "{planted}: {shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_operator_acts_upon_one_circuit_by_its_origin() {
    let api = Api::new();
    let client = client(&api);
    client.get("/data_flows").send().await.unwrap();

    client.circuit("https://api.test/whatever?path").unwrap().isolate();
    let kept_out = client.get("/data_flows").send().await.unwrap_err();
    client.circuit(HOME).unwrap().release();
    client.circuit("token https://api.test").unwrap().isolate();
    let let_in = client.get("/data_flows").send().await;

    assert_eq!((kept_out.failure().kind(), kept_out.attempts()), (Kind::CircuitOpen, 0));
    assert!(let_in.is_ok());
    assert_eq!(client.health().standing, Standing::Degraded);
    for unknown in ["https://other.test", "token https://other.test", "api.test", ""] {
        assert!(client.circuit(unknown).is_none(), "{unknown}");
    }
}

#[tokio::test(start_paused = true)]
async fn r98_a_shutdown_waits_for_what_is_under_way_and_lets_nothing_further_begin() {
    let api = Api::new();
    let client = client(&api);
    client.sign_in().await.unwrap();
    let held = api.hold_on("GET", "/data_flows");
    let call = tokio::spawn(client.get("/data_flows").send());
    held.wait_for(1).await;

    let too_soon = client.shutdown(secs(1)).await.unwrap_err();
    let refused = client.get("/data_flows").send().await.unwrap_err();
    let refused_raw = client.get("/data_flows").send_raw().await.unwrap_err();
    let (ended, ()) = tokio::join!(client.shutdown(secs(60)), async { held.release() });

    assert_eq!((too_soon.under_way, too_soon.unwritten), (1, 0));
    assert!(call.await.unwrap().is_ok() && ended.is_ok());
    assert!(refused.is_rejected() && refused_raw.is_rejected());
    assert_eq!(refused.failure().kind(), Kind::Unavailable);
    assert!(!refused.failure().is_retryable());
    assert!(client.sign_in().await.is_err());
    assert_eq!(api.seen().count("GET", "/data_flows"), 1);
    assert_eq!(client.health().to_string(), "down: the client is shut down");
}

#[tokio::test(start_paused = true)]
async fn r98_a_shutdown_waits_for_a_refresh_that_its_caller_left() {
    let api = Api::new();
    let kept = store::memory();
    let session =
        credentials::refresh_token("https://api.test/token/refresh", api.new_refresh_token(), None);
    let session = session.stored_in(kept.clone());
    let client = Client::builder(HOME).credentials(session).clock(api.clock());
    let client = client.build_over(api.service()).unwrap();
    let held = api.hold_on("POST", "/token/refresh");
    let call = tokio::spawn(client.get("/data_flows").send());
    held.wait_for(1).await;
    call.abort();

    let (ended, ()) = tokio::join!(client.shutdown(secs(60)), async {
        tokio::time::sleep(secs(1)).await;
        held.release();
    });

    assert!(ended.is_ok());
    let next = credentials::stored_session("https://api.test/token/refresh", None, kept);
    let next = Client::builder(HOME).credentials(next).clock(api.clock());
    let next = next.build_over(api.service()).unwrap();
    assert!(next.get("/data_flows").send().await.is_ok(), "the rotated token was stored");
}

#[tokio::test(start_paused = true)]
async fn r98_a_shutdown_waits_for_a_sign_out_that_has_just_begun() {
    let api = Api::new();
    let source = Forgetful(api.new_access_token());
    let client = Client::builder(HOME).credentials(credentials::from_source(source));
    let client = client.clock(api.clock()).build_over(api.service()).unwrap();
    let begun = tokio::time::Instant::now();

    let (signed_out, (ended, after)) = tokio::join!(client.sign_out(), async {
        (client.shutdown(secs(30)).await, begun.elapsed())
    });

    assert!(signed_out.is_ok());
    assert_eq!(ended, Ok(()));
    assert!(secs(10) <= after, "{after:?}");
}

#[tokio::test]
async fn r84_a_shutdown_flushes_the_sinks_and_closes_none() {
    let api = Api::new();
    let written = Written::default();
    let log = Queue::new(Scribe::default(), Lines::new(written.clone())).start().unwrap();
    let client = builder(&api).sink(log.clone()).build_over(api.service()).unwrap();
    client.get("/organizations/7/members").send().await.unwrap_err();

    client.shutdown(secs(60)).await.unwrap();

    assert!(written.text().contains("readmit.authz.denied"), "{}", written.text());
    let event = readmit::error::event::Event::MonitorDisabled { monitor: "m".to_owned() };
    log.record(&Record::new(std::time::SystemTime::UNIX_EPOCH, event));
    assert_eq!((log.flush(secs(60)), log.dropped()), (Ok(()), 0));
}

#[tokio::test(start_paused = true)]
async fn what_a_sink_keeps_back_is_told() {
    let api = Api::new();
    let slow = Slow::default();
    let client = builder(&api).sink(slow.clone()).build_over(api.service()).unwrap();
    client.get("/organizations/7/members").send().await.unwrap_err();

    let unfinished = client.shutdown(secs(1)).await.unwrap_err();

    let pending = slow.0.load(Ordering::Relaxed);
    assert!(0 < pending);
    assert_eq!((unfinished.unwritten, unfinished.under_way), (pending, 0));
}

fn json<S: readmit::HttpService>(client: &Client<S>) -> Value {
    serde_json::to_value(client.health()).unwrap()
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api).build_over(api.service()).unwrap()
}

fn builder(api: &Api) -> ClientBuilder {
    let key = credentials::service_key("https://api.test/token", api.service_key());
    Client::builder(HOME).credentials(key).clock(api.clock())
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A source that takes its time to forget.
struct Forgetful(String);

#[async_trait]
impl Source for Forgetful {
    async fn fetch(&self, _: &Exchange<'_>) -> Result<Token, SourceError> {
        Ok(Token::bearer(self.0.clone())?)
    }

    async fn forget(&self, _: &mut Vec<SecretString>) -> Result<(), SourceError> {
        tokio::time::sleep(secs(10)).await;
        Ok(())
    }
}

impl std::fmt::Debug for Forgetful {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Forgetful")
    }
}

/// Keeps everything back.
#[derive(Clone, Debug, Default)]
struct Slow(Arc<AtomicU64>);

impl Sink for Slow {
    fn record(&self, _: &Record) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn flush(&self, _: Duration) -> Result<(), Unflushed> {
        Err(Unflushed { pending: self.0.load(Ordering::Relaxed) })
    }
}

#[derive(Clone, Debug, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const HOME: &str = "https://api.test";
