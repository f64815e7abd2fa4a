//! What is sent again, when, how often, and what is left to say when it is given up.

#![expect(clippy::unwrap_used, reason = "a test")]

mod budget;
mod deadline;
mod events;
mod kinds;
#[path = "../recorder/mod.rs"]
mod recorder;
mod requests;
mod waits;

use std::time::Duration;

use readmit::retry::{Jitter, Policy};
use readmit::{Client, ClientBuilder, Error, Response, credentials};
use readmit_testkit::{Api, ApiBody, ApiService, Fault, Hint};

/// A client whose waits are not left to chance, with a token that needs no fetching.
fn builder(api: &Api) -> ClientBuilder {
    let policy = Policy::exponential(millis(100)).jitter(Jitter::None).build().unwrap();
    Client::builder("https://api.test")
        .credentials(credentials::bearer(api.new_access_token()))
        .clock(api.clock())
        .retry(policy)
        .limit_jitter(Duration::ZERO)
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api).build_over(api.service()).unwrap()
}

async fn get(client: &Client<ApiService>) -> Result<Response<ApiBody>, Error> {
    client.get("/data_flows").send().await
}

fn unavailable() -> Fault {
    Fault::Unavailable { retry_after: Hint::Absent }
}

fn status(status: u16) -> Fault {
    Fault::respond(http::Response::builder().status(status).body("").unwrap())
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
