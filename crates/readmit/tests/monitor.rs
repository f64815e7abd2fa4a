//! What the client's monitor knows of its calls.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use readmit::error::event::{Record, RecoveryOutcome, Sink};
use readmit::monitor::{AlertChannel, Config, Phase};
use readmit::{Client, ClientBuilder, Error, credentials};
use readmit_testkit::{Api, ApiService, Fault, Hint};

#[tokio::test(start_paused = true)]
async fn r90_each_call_is_counted_once_by_how_it_ended() {
    let api = Api::new();
    let client = client(&api);

    get(&client, "/data_flows").await.unwrap();
    api.revoke_access_tokens();
    get(&client, "/data_flows").await.unwrap();
    get(&client, "/organizations/7/members").await.unwrap_err();
    api.fault(unavailable()).always();
    get(&client, "/data_flows").await.unwrap_err();
    let fallback = |_: &_| Some(Response::new(Bytes::from_static(b"[]")));
    client.get("/data_flows").fallback(fallback).send().await.unwrap();
    client.get("/data_flows").send_raw().await.unwrap();

    let recoveries = client.monitor().unwrap().recoveries();
    let counted = |outcome| recoveries.outcome(outcome);
    assert_eq!(counted(RecoveryOutcome::NotNeeded), 1);
    assert_eq!(counted(RecoveryOutcome::Recovered), 1);
    assert_eq!(counted(RecoveryOutcome::NotAttempted), 1, "the permission");
    assert_eq!(counted(RecoveryOutcome::Exhausted), 2, "the outage, once given back as it is");
    assert_eq!(counted(RecoveryOutcome::FellBack), 1);
    assert_eq!(counted(RecoveryOutcome::Rejected), 0);
}

#[tokio::test(start_paused = true)]
async fn r90_callers_who_share_a_call_are_calls_each() {
    let api = Api::new();
    let client = client(&api);
    let read = || client.get("/data_flows").coalesce().send();

    let (one, other) = tokio::join!(read(), read());

    assert!(one.is_ok() && other.is_ok());
    assert_eq!(api.seen().count("GET", "/data_flows"), 1);
    let recoveries = client.monitor().unwrap().recoveries();
    assert_eq!(recoveries.outcome(RecoveryOutcome::NotNeeded), 2);
}

#[tokio::test(start_paused = true)]
async fn r89_rejected_keys_raise_one_alert_that_every_watcher_hears_of() {
    let api = Api::new();
    let (sink, alerts) = AlertChannel::new(16);
    let names = Names::default();
    let client = builder(&api).alerts(sink).sink(names.clone()).build_over(api.service()).unwrap();

    let rejected = Response::builder().status(401).body(r#"{"error_code":"AUTH_002"}"#);
    api.fault(Fault::respond(rejected.unwrap())).on("GET", "/data_flows").always();

    for _ in 0..11 {
        let wrong = client.get("/data_flows").header("authorization", "Basic wrong");
        wrong.send().await.unwrap_err();
    }

    let fired = alerts.try_recv().unwrap();
    assert_eq!((fired.phase, alerts.try_recv().is_err()), (Phase::Fired, true));
    assert!(fired.to_string().starts_with("AUTH_002 (medium): 11 in 1 h"), "{fired}");
    assert_eq!(names.count("readmit.alert.fired"), 1);
}

#[tokio::test(start_paused = true)]
async fn r91_a_permission_that_was_lost_is_told_with_when_it_last_worked() {
    let api = Api::new();
    api.grant_admin();
    let client = client(&api);
    let members = || client.get("/organizations/7/members").route("/organizations/{id}/members");
    members().send().await.unwrap();
    api.withdraw_admin();

    members().send().await.unwrap_err();

    let review = client.monitor().unwrap().access_review();
    assert_eq!(review.drifts.len(), 1, "{review:?}");
}

#[tokio::test(start_paused = true)]
async fn r87_requests_are_counted_by_route_and_a_raw_path_is_none() {
    let api = Api::new();
    let client = client(&api);

    for _ in 0..3 {
        client.get("/data_flows").route("/data_flows").send().await.unwrap();
    }
    for id in 0..2 {
        get(&client, &format!("/data_flows?id={id}")).await.unwrap();
    }

    let routes = client.monitor().unwrap().routes();
    let mut seen: Vec<_> = routes.iter().map(|rate| (&*rate.route, rate.last_hour)).collect();
    seen.sort_unstable();
    assert_eq!(seen, [("", 2), ("/data_flows", 3)]);
}

#[tokio::test(start_paused = true)]
async fn r87_a_limit_that_will_be_met_is_foreseen() {
    let api = Api::new();
    let client = client(&api);
    let limited = Response::builder()
        .header("x-ratelimit-remaining", "10")
        .header("x-ratelimit-reset", "3000")
        .body("[]");
    api.fault(Fault::respond(limited.unwrap())).on("GET", "/data_flows").always();
    for _ in 0..30 {
        get(&client, "/data_flows").await.unwrap();
        tokio::time::advance(Duration::from_secs(10)).await;
    }

    let hints = client.monitor().unwrap().limit_hints();

    assert_eq!(hints.len(), 1);
    assert_eq!(hints[0].server, "api.test");
    assert!(hints[0].met_in < hints[0].resets_in, "{hints:?}");
}

#[tokio::test(start_paused = true)]
async fn r88_a_rate_is_unknown_until_its_window_is_full() {
    let api = Api::new();
    let client = client(&api);
    let ten = NonZeroU32::new(10).unwrap();
    for _ in 0..5 {
        get(&client, "/organizations/7/members").await.unwrap_err();
    }

    let monitor = client.monitor().unwrap();
    let early = monitor.rate("AUTH_004", ten);
    tokio::time::advance(Duration::from_secs(599)).await;
    for _ in 0..5 {
        get(&client, "/organizations/7/members").await.unwrap_err();
    }
    tokio::time::advance(Duration::from_secs(2)).await;

    assert_eq!(early, None);
    assert_eq!(monitor.rate("AUTH_004", ten), Some(30.0));
}

#[tokio::test(start_paused = true)]
async fn one_line_switches_it_off_and_the_sinks_are_told() {
    let api = Api::new();
    let names = Names::default();

    let unwatched = builder(&api).without_monitor().sink(names.clone());
    let client = unwatched.build_over(api.service()).unwrap();

    assert!(client.monitor().is_none());
    assert_eq!(names.count("readmit.monitor.disabled"), 1);
    get(&client, "/data_flows").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r89_a_threshold_of_ones_own_counts() {
    let api = Api::new();
    let (sink, alerts) = AlertChannel::new(16);
    let config = Config::builder().threshold("AUTH_004", 1).build().unwrap();
    let client = builder(&api).monitor(config).alerts(sink).build_over(api.service()).unwrap();

    for _ in 0..2 {
        get(&client, "/organizations/7/members").await.unwrap_err();
    }

    assert!(alerts.try_recv().unwrap().to_string().starts_with("AUTH_004"));
}

#[tokio::test(start_paused = true)]
async fn r84_a_sink_that_panics_fails_no_call_and_silences_no_other() {
    let api = Api::new();
    let names = Names::default();
    let client = builder(&api).sink(Broken).sink(names.clone()).build_over(api.service()).unwrap();

    get(&client, "/data_flows").await.unwrap();

    assert_eq!(names.count("readmit.auth.refresh.succeeded"), 1);
}

fn builder(api: &Api) -> ClientBuilder {
    let key = credentials::service_key("https://api.test/token", api.service_key());
    Client::builder("https://api.test").credentials(key).clock(api.clock())
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api).build_over(api.service()).unwrap()
}

async fn get(client: &Client<ApiService>, path: &str) -> Result<(), Error> {
    client.get(path).send().await.map(drop)
}

fn unavailable() -> Fault {
    Fault::Unavailable { retry_after: Hint::Absent }
}

/// Keeps the names of what it is told.
#[derive(Clone, Debug, Default)]
struct Names(Arc<Mutex<Vec<&'static str>>>);

impl Names {
    fn count(&self, name: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|told| **told == name).count()
    }
}

impl Sink for Names {
    fn record(&self, record: &Record) {
        self.0.lock().unwrap().push(record.event.name());
    }
}

#[derive(Debug)]
struct Broken;

impl Sink for Broken {
    #[expect(clippy::panic, reason = "it is what is tested")]
    fn record(&self, _: &Record) {
        panic!("the disk is on fire");
    }
}
