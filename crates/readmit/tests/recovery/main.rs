//! A credential that is refused, expires or cannot be had, and what becomes of the calls.

#![expect(clippy::unwrap_used, reason = "a test")]

mod challenge;
mod clock;
mod crowd;
mod demands;
mod events;
mod interleaved;
mod lent;
mod lifetime;
mod lock_out;
#[path = "../recorder/mod.rs"]
mod recorder;
mod refresh;
mod rotation;
mod single_flight;

use std::time::Duration;

use http::StatusCode;
use readmit::{Client, ClientBuilder, Credentials, Error, RequestBuilder, Response, credentials};
use readmit_testkit::{Api, ApiBody, ApiService, Hold};
use tokio::task::JoinHandle;

use crate::recorder::Recorder;

type Outcome = Result<Response<ApiBody>, Error>;

fn builder(api: &Api) -> ClientBuilder {
    let key = credentials::service_key("https://api.test/token", api.service_key());
    Client::builder("https://api.test").credentials(key).clock(api.clock())
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api).build_over(api.service()).unwrap()
}

fn client_with(api: &Api, credentials: Credentials) -> Client<ApiService> {
    builder(api).credentials(credentials).build_over(api.service()).unwrap()
}

fn watched(api: &Api) -> (Recorder, Client<ApiService>) {
    let sink = Recorder::default();
    let client = builder(api).sink(sink.clone()).build_over(api.service()).unwrap();
    (sink, client)
}

async fn get(client: &Client<ApiService>) -> Outcome {
    client.get("/data_flows").send().await
}

fn create(client: &Client<ApiService>) -> RequestBuilder<ApiService> {
    client.post("/data_flows").json(&serde_json::json!({ "name": "orders", "marker": "orders" }))
}

fn spawn(client: &Client<ApiService>) -> JoinHandle<Outcome> {
    tokio::spawn(client.get("/data_flows").send())
}

async fn together(client: &Client<ApiService>, calls: usize) -> Vec<Outcome> {
    let calls: Vec<_> = (0..calls).map(|_| spawn(client)).collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.unwrap());
    }
    outcomes
}

/// Makes calls, and holds them where their requests have arrived.
async fn in_flight(api: &Api, client: &Client<ApiService>) -> (Hold, Vec<JoinHandle<Outcome>>) {
    let hold = api.hold();
    let calls: Vec<_> = (0..64).map(|_| spawn(client)).collect();
    hold.wait_for(64).await;
    (hold, calls)
}

/// Lets every task go on that can, without time passing.
async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

fn answered(api: &Api, status: StatusCode) -> usize {
    api.seen().requests().iter().filter(|request| request.status() == Some(status)).count()
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
