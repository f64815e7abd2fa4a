//! Stores that fail, hang or panic.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use readmit::error::Kind;
use readmit::error::event::{Event, Record, Sink};
use readmit::{Client, credentials, store};
use readmit_testkit::Api;
use tokio::sync::Semaphore;

use crate::wrapped::{Fault, Wrapped};
use crate::{URL, get, later, refresh_token_in, refreshes, refused, signed_in, started};
#[tokio::test(start_paused = true)]
async fn r18_whatever_call_of_a_store_fails_no_session_is_lost() {
    for at in 0..12 {
        goes_on(Fault::FailsAt(at), at).await;
    }
}

#[tokio::test(start_paused = true)]
async fn r18_whatever_call_of_a_store_hangs_no_session_is_lost() {
    for at in 0..12 {
        goes_on(Fault::HangsAt(at), at).await;
    }
}

#[tokio::test(start_paused = true)]
async fn r18_a_token_that_cannot_be_stored_is_used_and_replaced_all_the_same() {
    let api = Api::new();
    let inner = store::memory();
    let client = signed_in(&api, Wrapped::new(inner.clone(), Fault::ReadOnly));

    for _ in 0..4 {
        get(&client).await.unwrap();
        api.expire_access_tokens();
    }

    assert_eq!((refreshes(&api), refused(&api)), (4, 0));
    assert_eq!(refresh_token_in(&inner).await, None);
}

#[tokio::test(start_paused = true)]
async fn r18_that_a_token_could_not_be_stored_is_told_to_whoever_watches() {
    let api = Api::new();
    let session = credentials::refresh_token(URL, api.new_refresh_token(), None);
    let session = session.stored_in(Wrapped::new(store::memory(), Fault::ReadOnly));
    let sink = Told::default();
    let client = Client::builder("https://api.test").credentials(session).clock(api.clock());
    let client = client.sink(sink.clone()).build_over(api.service()).unwrap();

    get(&client).await.unwrap();

    let told = sink.0.lock().unwrap();
    let refreshed = told.iter().find(|told| matches!(told.event, Event::RefreshSucceeded { .. }));
    let failure = refreshed.unwrap().failure.as_ref().unwrap();
    assert_eq!((failure.kind(), failure.because()), (Kind::Unavailable, "planted"));
}

#[tokio::test(start_paused = true)]
async fn r20_no_access_token_is_used_before_its_refresh_token_is_stored() {
    let api = Api::new();
    let (inner, permits) = (store::memory(), Arc::new(Semaphore::new(1)));
    let wrapped = Wrapped::new(inner.clone(), Fault::HoldsWrites(Arc::clone(&permits)));
    let client = signed_in(&api, wrapped.clone());
    let call = tokio::spawn(client.get("/data_flows").send());

    // Locked, read twice, marked, and at the second write.
    while wrapped.calls.load(Ordering::SeqCst) < 5 {
        tokio::task::yield_now().await;
    }
    let before = (refreshes(&api), api.seen().count("GET", "/data_flows"));
    permits.add_permits(1);
    call.await.unwrap().unwrap();

    assert_eq!(before, (1, 0));
    assert_eq!(api.seen().count("GET", "/data_flows"), 1);
    assert!(refresh_token_in(&inner).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn r12_a_store_that_panics_is_an_error_and_no_panic() {
    let api = Api::new();
    let client = signed_in(&api, Wrapped::new(store::memory(), Fault::Panics));

    let error = get(&client).await.unwrap_err();

    assert!(!error.is_authentication(), "{error}");
    assert_eq!(refreshes(&api), 0);
}

/// The process goes on through five expiries, of which one meets the fault; the next start does too.
async fn goes_on(fault: Fault, at: usize) {
    let api = Api::new();
    let inner = store::memory();
    let wrapped = Wrapped::new(inner.clone(), fault.clone());
    let client = signed_in(&api, wrapped.clone());

    for _ in 0..5 {
        if let Err(error) = get(&client).await {
            assert!(!error.is_authentication(), "{fault}: {error}");
            later(60).await;
            get(&client).await.unwrap();
        }
        api.expire_access_tokens();
        later(60).await;
    }
    get(&started(&api, inner)).await.unwrap();

    assert!(at < wrapped.calls.load(Ordering::SeqCst), "{fault} did not strike");
    assert_eq!((refreshes(&api), refused(&api)), (6, 0), "{fault}");
}

/// A sink that keeps what it is told, failures included.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<Record>>>);

impl Sink for Told {
    fn record(&self, record: &Record) {
        self.0.lock().unwrap().push(record.clone());
    }
}
