//! The program of `docs/tutorial/first-client.md`.

use std::env;

use readmit::{Client, credentials};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (origin, key) = (env::var("API_URL")?, env::var("API_KEY")?);
    let client = Client::builder(&origin)
        .credentials(credentials::service_key(format!("{origin}/token"), key))
        .build()?;

    let response = client.get("/data_flows").send().await?;
    let flows: Vec<serde_json::Value> = response.json().await?;

    println!("{} data flows", flows.len());
    Ok(())
}
