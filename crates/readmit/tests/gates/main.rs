//! What stands before an origin: its circuit, its limits, and what passes them.

#![expect(clippy::unwrap_used, reason = "a test")]

mod circuit;
mod events;
mod healthy;
mod limits;
mod outages;
mod probes;
#[path = "../recorder/mod.rs"]
mod recorder;
mod tokens;

use std::time::Duration;

use readmit::error::{Failure, Kind, Origin};
use readmit::retry::Policy;
use readmit::{Client, ClientBuilder, Error, Response, credentials};
use readmit_testkit::{Api, ApiBody, ApiService, Fault, Hint};

/// A client that retries nothing and waits no longer than it is told, with a token that needs no
/// fetching.
fn builder(api: &Api) -> ClientBuilder {
    unpaced(api).limit_jitter(Duration::ZERO)
}

/// For a client without a limiter, whose waits have no jitter either.
fn unpaced(api: &Api) -> ClientBuilder {
    Client::builder("https://api.test")
        .credentials(credentials::bearer(api.new_access_token()))
        .clock(api.clock())
        .retry(Policy::never())
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api).build_over(api.service()).unwrap()
}

async fn get(client: &Client<ApiService>) -> Result<Response<ApiBody>, Error> {
    client.get("/data_flows").send().await
}

/// Fails as many calls as open a circuit, and mends the service.
async fn open(api: &Api, client: &Client<ApiService>) {
    api.fault(unavailable()).on("GET", "/data_flows").next(20);
    for _ in 0..20 {
        get(client).await.unwrap_err();
    }
    assert_eq!(sent(api), 20);
    assert_eq!(get(client).await.unwrap_err().failure().kind(), Kind::CircuitOpen);
}

fn is_kept_out(failure: &Failure) -> bool {
    failure.kind() == Kind::CircuitOpen && failure.origin() == Origin::Local
}

fn sent(api: &Api) -> usize {
    api.seen().count("*", "/data_flows")
}

fn unavailable() -> Fault {
    Fault::Unavailable { retry_after: Hint::Absent }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The time that a circuit is open first, with all that chance may add.
const OPEN: Duration = Duration::from_secs(6);
