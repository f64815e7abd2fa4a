//! What a sink is told of an expiry.

use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use readmit::Client;
use readmit::error::event::{Event, Record, RefreshTrigger, Sink};
use readmit_testkit::{Api, ApiService, ExpiryCode, Fault};

use crate::{builder, get, secs, spawn, watched};

#[tokio::test(start_paused = true)]
async fn an_expiry_is_told_from_its_beginning_to_its_end() {
    let api = Api::builder().expiry_code(ExpiryCode::Auth003).build();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    api.expire_access_tokens();

    get(&client).await.unwrap();

    let expires_in = Some(secs(3_600));
    assert_eq!(
        sink.events(),
        [
            Event::RefreshSucceeded {
                expires_in,
                trigger: RefreshTrigger::Proactive,
                coalesced_waiters: 1,
            },
            Event::TokenExpired {
                refresh_follows: true,
                scheme: Some("bearer".to_owned()),
                age: Some(Duration::ZERO),
            },
            Event::RefreshSucceeded {
                expires_in,
                trigger: RefreshTrigger::Reactive,
                coalesced_waiters: 1,
            },
            Event::RecoverySucceeded {
                authentication: true,
                strategy: "refresh".to_owned(),
                attempts: 2,
                elapsed: Duration::ZERO,
            },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_expiry_that_is_not_recovered_from_is_told_as_such() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    api.expire_access_tokens();
    api.revoke_service_key();

    get(&client).await.unwrap_err();

    let exhausted = Event::RecoveryExhausted {
        authentication: true,
        attempts: 1,
        strategies: vec!["refresh".to_owned()],
        elapsed: Duration::ZERO,
    };
    let failed = Event::RefreshFailed {
        oauth_error: Some("invalid_credentials".to_owned()),
        permanent: true,
        trigger: RefreshTrigger::Reactive,
    };
    let told = sink.events();
    assert_eq!(told.last(), Some(&exhausted));
    assert!(told.contains(&failed), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_recovery_that_worked_is_not_told_as_exhausted_for_what_failed_after_it() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    api.expire_access_tokens();

    client.get("/data_flows/no-such-flow").send().await.unwrap_err();

    let exhausted = |event: &Event| matches!(event, Event::RecoveryExhausted { .. });
    let told = sink.events();
    assert!(told.iter().any(|event| matches!(event, Event::TokenExpired { .. })), "{told:?}");
    assert!(!told.iter().any(exhausted), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_recovery_that_did_nothing_is_never_told_as_a_success() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    // The documented recovery steps report success without having done anything.
    api.fault(Fault::InvalidAccessToken).on("GET", "/data_flows").always();

    get(&client).await.unwrap_err();

    let told = sink.events();
    let succeeded = |event: &Event| matches!(event, Event::RecoverySucceeded { .. });
    assert!(!told.iter().any(succeeded), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_no_refresh_follows_is_told_so() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    api.fault(Fault::ExpiredAccessToken).on("GET", "/data_flows").always();

    get(&client).await.unwrap_err();

    let refresh_follows = |event: &Event| {
        let Event::TokenExpired { refresh_follows, .. } = event else { return None };
        Some(*refresh_follows)
    };
    let follows: Vec<_> = sink.events().iter().filter_map(refresh_follows).collect();
    assert_eq!(follows, [false]);
}

#[tokio::test(start_paused = true)]
async fn r07_nobody_is_told_anything_under_the_lock() {
    let api = Api::new();
    let sink = Unlocking::default();
    let client = builder(&api).sink(sink.clone()).build_over(api.service()).unwrap();
    sink.client.set(client.clone()).unwrap();
    get(&client).await.unwrap();
    api.expire_access_tokens();

    get(&client).await.unwrap();

    assert_eq!(sink.unlocked.get(), Some(&true));
}

#[tokio::test(start_paused = true)]
async fn r84_a_sink_that_panics_keeps_nobody_from_a_refresh() {
    let api = Api::new();
    let told = |event: &Event| matches!(event, Event::TokenExpired { .. });
    let client = builder(&api).sink(Panicking(told)).build_over(api.service()).unwrap();
    get(&client).await.unwrap();
    api.expire_access_tokens();
    let begun = tokio::time::Instant::now();

    spawn(&client).await.unwrap().unwrap();

    get(&client).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn r84_a_sink_that_panics_keeps_nobody_waiting_for_the_outcome() {
    let api = Api::new();
    api.revoke_service_key();
    let told = |event: &Event| matches!(event, Event::RefreshFailed { .. });
    let client = builder(&api).sink(Panicking(told)).build_over(api.service()).unwrap();
    let begun = tokio::time::Instant::now();

    get(&client).await.unwrap_err();

    assert_eq!(begun.elapsed(), Duration::ZERO);
}

/// A sink that calls the client back, from another thread so that it cannot hang the test.
#[derive(Clone, Debug, Default)]
struct Unlocking {
    client: Arc<OnceLock<Client<ApiService>>>,
    unlocked: Arc<OnceLock<bool>>,
}

impl Sink for Unlocking {
    fn record(&self, record: &Record) {
        if !matches!(record.event, Event::TokenExpired { .. }) {
            return;
        }
        let (client, (done, is_done)) = (Arc::clone(&self.client), mpsc::channel());
        std::thread::spawn(move || {
            client.get().unwrap().unlock();
            done.send(())
        });
        let _ = self.unlocked.set(is_done.recv_timeout(secs(5)).is_ok());
    }
}

#[derive(Debug)]
struct Panicking(fn(&Event) -> bool);

impl Sink for Panicking {
    fn record(&self, record: &Record) {
        assert!(!(self.0)(&record.event), "a sink that panics");
    }
}
