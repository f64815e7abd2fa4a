//! A session in a keyring.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error, mock};
use readmit::recovery::Record;
use readmit::store::{self, Keyring, Store as _, Swap};
use readmit::{Client, credentials};
use readmit_testkit::Api;

#[tokio::test(start_paused = true)]
async fn r20_a_session_in_a_keyring_goes_on_at_the_next_start() {
    let api = Api::new();
    let store = keyring("next", entry());
    let url = "https://api.test/token/refresh";
    let brought = credentials::refresh_token(url, api.new_refresh_token(), None);
    let starts = [
        brought.stored_in(store.clone()),
        credentials::stored_session(url, None, store.clone()),
        credentials::stored_session(url, None, store),
    ];

    for session in starts {
        let client = Client::builder("https://api.test").credentials(session).clock(api.clock());
        let client = client.build_over(api.service()).unwrap();
        client.get("/data_flows").send().await.unwrap();
        api.expire_access_tokens();
    }

    assert_eq!(api.seen().token_calls(), 3);
}

#[tokio::test]
async fn r22_only_what_is_expected_is_written_over_or_deleted() {
    let store = keyring("compare", entry());
    let lock = store.lock(Duration::ZERO).await.unwrap().unwrap();
    let record = Record::of_refresh_token("r1");

    let first = store.write(&lock, &record, None).await.unwrap();
    let stale = store.write(&lock, &record, None).await.unwrap();
    let others = store.delete(&lock, &"r2".into()).await.unwrap();
    let its = store.delete(&lock, &"r1".into()).await.unwrap();

    assert_eq!(
        [first, stale, others, its].map(|swap| swap == Swap::Done),
        [true, false, false, true]
    );
    assert!(store.load().await.unwrap().is_none());
}

#[tokio::test]
async fn r55_an_error_of_the_keyring_does_not_bring_along_what_is_stored() {
    let entry = entry();
    let mock: &mock::Cred = entry.as_any().downcast_ref().unwrap();
    mock.set_error(Error::BadEncoding(b"planted".to_vec()));

    let error = keyring("secret", entry).load().await.unwrap_err();

    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("planted") && !shown.contains("112, 108"), "{shown}");
}

fn entry() -> Entry {
    mock::Store::new().unwrap().build("readmit", "test", None).unwrap()
}

fn keyring(test: &str, entry: Entry) -> Keyring {
    store::keyring(entry, format!("{}/keyring-{test}", env!("CARGO_TARGET_TMPDIR")))
}
