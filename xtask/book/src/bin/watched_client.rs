//! The program of `docs/tutorial/what-it-tells-you.md`.

use std::env;
use std::process::ExitCode;

use readmit::{Client, credentials};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_env_filter(EnvFilter::from_default_env()).init();
    let (origin, key) = (env::var("API_URL")?, env::var("API_KEY")?);
    let client = Client::builder(&origin)
        .credentials(credentials::service_key(format!("{origin}/token"), key))
        .build()?;
    let path = env::args().nth(1).unwrap_or_else(|| "/data_flows".to_owned());

    for call in 1..=3 {
        match client.get(&path).send().await {
            Ok(response) => {
                let (attempts, recoveries) = (response.attempts(), response.recoveries());
                println!("call {call}: let in; attempts: {attempts}, recoveries: {recoveries}");
            }
            Err(error) => {
                eprint!("{}", error.user_message().plain());
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    println!("{}", client.health());
    Ok(ExitCode::SUCCESS)
}
