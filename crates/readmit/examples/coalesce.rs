//! A hundred callers who want the same at the same time, and one request.

use readmit::{Client, credentials};
use readmit_testkit::Api;
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = Api::new();
    let client = Client::builder("https://api.test")
        .credentials(credentials::service_key("https://api.test/token", api.service_key()))
        .clock(api.clock())
        .build_over(api.service())?;

    let mut calls = JoinSet::new();
    for _caller in 0..100 {
        calls.spawn(client.get("/data_flows").coalesce().send());
    }
    let mut answered = 0;
    while let Some(response) = calls.join_next().await {
        let flows: Vec<serde_json::Value> = response??.json().await?;
        answered += usize::from(flows.is_empty());
    }

    let requests = api.seen().count("GET", "/data_flows");
    println!("{answered} callers were answered by {requests} request");
    Ok(())
}
