//! Sessions in a store: shared by clients and processes, and never lost.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test")]

mod broken;
mod device;
#[cfg(unix)]
mod files;
#[cfg(all(unix, feature = "reqwest"))]
mod processes;
mod sharing;
mod wrapped;

use std::path::PathBuf;
use std::time::Duration;

use http::StatusCode;
use readmit::recovery::{Record, Rotation};
use readmit::store::{Store, StoreLock};
use readmit::{Client, Credentials, Error, Response, credentials};
use readmit_testkit::{Api, ApiBody, ApiService};
use secrecy::ExposeSecret;

const URL: &str = "https://api.test/token/refresh";

fn client(api: &Api, credentials: Credentials) -> Client<ApiService> {
    let builder = Client::builder("https://api.test").credentials(credentials).clock(api.clock());
    builder.build_over(api.service()).unwrap()
}

/// A client that was given a refresh token of its own besides.
fn signed_in(api: &Api, store: impl Store + 'static) -> Client<ApiService> {
    let session = credentials::refresh_token(URL, api.new_refresh_token(), None);
    client(api, session.stored_in(store))
}

/// A client that has what the store has.
fn started(api: &Api, store: impl Store + 'static) -> Client<ApiService> {
    client(api, credentials::stored_session(URL, None, store))
}

/// A client that never presents what may be spent.
fn strict(api: &Api, store: impl Store + 'static) -> Client<ApiService> {
    let token = api.new_refresh_token();
    let session = credentials::refresh_token_with(Rotation::DEFAULT, URL, token, None);
    client(api, session.stored_in(store))
}

async fn get(client: &Client<ApiService>) -> Result<Response<ApiBody>, Error> {
    client.get("/data_flows").send().await
}

fn refreshes(api: &Api) -> usize {
    api.seen().count("POST", "/token/refresh")
}

fn refused(api: &Api) -> usize {
    let bad = |status| status == Some(StatusCode::BAD_REQUEST);
    api.seen().requests().iter().filter(|request| bad(request.status())).count()
}

/// Puts a refresh token into a store, as another process would.
async fn put(store: &impl Store, epoch: u64, refresh_token: &str) {
    let found = store.load().await.unwrap().map(|found| found.epoch());
    let written = store.write(&StoreLock::new(()), &record(epoch, refresh_token), found).await;
    assert_eq!(written.unwrap(), readmit::store::Swap::Done);
}

fn record(epoch: u64, refresh_token: &str) -> Record {
    let json = format!(r#"{{"version":1,"epoch":{epoch},"refresh_token":"{refresh_token}"}}"#);
    Record::read(json.as_bytes()).unwrap()
}

async fn refresh_token_in(store: &impl Store) -> Option<String> {
    let record = store.load().await.unwrap()?;
    record.refresh_token().map(|token| token.expose_secret().to_owned())
}

/// Returns an empty folder of this test.
fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("stores-{test}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn later(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}
