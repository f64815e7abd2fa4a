//! Answers read in the dialect of where they came from, failures inside a success among them.

#![expect(clippy::unwrap_used, reason = "a test")]

mod cancelled;
mod choice;
mod streams;
mod successes;
mod token;
mod wire;

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use readmit::retry::{Jitter, Policy};
use readmit::{Client, ClientBuilder, credentials};
use readmit_testkit::{Api, ApiService, Fault};

/// A client whose waits are not left to chance, with a token that needs no fetching.
fn over(api: &Api, origin: &str) -> ClientBuilder {
    let policy = Policy::exponential(millis(100)).jitter(Jitter::None).build().unwrap();
    Client::builder(origin)
        .credentials(credentials::bearer(api.new_access_token()))
        .clock(api.clock())
        .retry(policy)
        .limit_jitter(Duration::ZERO)
}

fn slack(api: &Api) -> Client<ApiService> {
    over(api, "https://slack.com").build_over(api.service()).unwrap()
}

fn graphql(api: &Api) -> Client<ApiService> {
    over(api, "https://api.test").dialect("graphql").build_over(api.service()).unwrap()
}

fn says(status: StatusCode, body: &'static str) -> Fault {
    Fault::respond(document(status, "application/json", body))
}

fn document<B>(status: StatusCode, media_type: &str, body: B) -> Response<B> {
    Response::builder().status(status).header(CONTENT_TYPE, media_type).body(body).unwrap()
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const GRAPHQL: &str = "/graphql";
