//! Where credentials come from, and how the endpoints are asked for them.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test")]

mod assertions;
mod chain;
// The programs are those of a shell.
#[cfg(all(unix, feature = "command"))]
mod command;
mod device;
mod exchange;
mod scopes;
mod sign_out;
mod site;
mod whole;

use std::time::Duration;

use readmit::{Client, ClientBuilder, Credentials};

use crate::site::Site;

fn builder(credentials: Credentials) -> ClientBuilder {
    Client::builder("https://api.test").credentials(credentials)
}

fn client(site: &Site, credentials: Credentials) -> Client<Site> {
    builder(credentials).build_over(site.clone()).unwrap()
}

async fn get(client: &Client<Site>) -> Result<(), readmit::Error> {
    client.get("/data").send().await.map(drop)
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const TOKEN: &str = "https://auth.test/token";
