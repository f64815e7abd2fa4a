//! A person who signed in on another device, and whose session is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use readmit::recovery::ClientAuth;
use readmit::store::{self, Store};
use readmit::{Client, credentials};
use readmit_testkit::{Api, ApiService};

use crate::wrapped::{Fault, Wrapped};
use crate::{client, folder, get, later, refresh_token_in};

#[tokio::test(start_paused = true)]
async fn r21_clients_that_share_a_store_ask_a_person_once_and_refresh_once() {
    let (api, shown) = (Api::new(), Arc::default());
    let store = store::memory();
    let (one, other) = (device(&api, &shown, store.clone()), device(&api, &shown, store));
    get(&one).await.unwrap();
    get(&other).await.unwrap();
    let before = api.seen().count("POST", "/token");

    api.expire_access_tokens();
    let (first, second) = tokio::join!(get(&one), get(&other));

    assert!(first.is_ok() && second.is_ok());
    assert_eq!(shown.load(Ordering::Relaxed), 1);
    assert_eq!(api.seen().count("POST", "/token") - before, 1);
}

#[tokio::test(start_paused = true)]
async fn r20_the_next_start_goes_on_and_asks_nobody() {
    let (api, shown) = (Api::new(), Arc::default());
    let path = folder("device").join("session.json");

    for _ in 0..3 {
        get(&device(&api, &shown, store::file(&path))).await.unwrap();
        later(2 * 60 * 60).await;
    }

    assert_eq!(shown.load(Ordering::Relaxed), 1);
    assert_eq!(api.seen().count("POST", "/device"), 1);
}

#[tokio::test(start_paused = true)]
async fn r22_a_sign_out_empties_the_store_and_the_next_start_asks() {
    let (api, shown) = (Api::new(), Arc::default());
    let store = store::memory();
    let client = device(&api, &shown, store.clone());
    get(&client).await.unwrap();
    let kept = refresh_token_in(&store).await;

    client.sign_out().await.unwrap();
    let left = refresh_token_in(&store).await;
    get(&device(&api, &shown, store)).await.unwrap();

    assert!(kept.is_some() && left.is_none());
    assert_eq!(shown.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn r18_a_sign_in_that_cannot_be_stored_goes_on_in_memory() {
    let (api, shown) = (Api::new(), Arc::default());
    let client = device(&api, &shown, Wrapped::new(store::memory(), Fault::ReadOnly));

    for _ in 0..4 {
        get(&client).await.unwrap();
        api.expire_access_tokens();
    }

    assert_eq!(shown.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn r18_a_sign_in_goes_on_in_memory_whatever_call_of_the_store_fails() {
    // What comes before is of the look at what others began; each of these is of the sign-in.
    for at in 4..=6 {
        let (api, shown) = (Api::new(), Arc::default());
        let store = Wrapped::new(store::memory(), Fault::FailsAt(at));
        let client = device(&api, &shown, store);

        get(&client).await.unwrap();
        api.expire_access_tokens();
        get(&client).await.unwrap();

        assert_eq!(shown.load(Ordering::Relaxed), 1, "the session is lost at call {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn r98_a_store_that_cannot_be_read_disturbs_nobody() {
    let (api, shown) = (Api::new(), Arc::default());
    let path = folder("device-unreadable").join("session.json");
    std::fs::write(&path, "{").unwrap();

    let error = get(&device(&api, &shown, store::file(&path))).await;

    assert!(error.is_err());
    assert_eq!(shown.load(Ordering::Relaxed), 0);
}

/// A client whose person approves at once; `shown` counts how often that was asked for.
fn device(api: &Api, shown: &Arc<AtomicUsize>, store: impl Store + 'static) -> Client<ApiService> {
    let (user, shown) = (api.clone(), Arc::clone(shown));
    let person = credentials::device_flow(
        "https://api.test/device",
        "https://api.test/token",
        ClientAuth::basic(api.client_id(), api.client_secret()),
        None,
        move |device| {
            shown.fetch_add(1, Ordering::Relaxed);
            user.approve_device(device.user_code());
        },
    );
    client(api, person.stored_in(store))
}
