//! The twenty lines of the README, against an API on loopback whose service key is revoked in between.

use readmit::{Client, credentials};

async fn flows(
    origin: &str,
    key: &str,
) -> Result<Vec<serde_json::Value>, Box<dyn std::error::Error>> {
    let client = Client::builder(origin)
        .credentials(credentials::service_key(format!("{origin}/token"), key))
        .build()?;

    match client.get("/data_flows").send().await {
        Ok(response) => Ok(response.json().await?),
        Err(error) => {
            // What happened, and what to do about it: no secret, nothing of the server's words.
            let failure = error.failure();
            eprintln!("{} So: {}.", failure.kind().meaning(), failure.advice());
            Err(error.into())
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = readmit_testkit::Api::new();
    let server = api.serve().await?;
    println!("{} flows", flows(server.url(), api.service_key()).await?.len());

    api.revoke_service_key();
    let refused = flows(server.url(), api.service_key()).await;
    println!(
        "with a key that was revoked: {}",
        if refused.is_err() { "refused" } else { "let in" }
    );
    Ok(())
}
