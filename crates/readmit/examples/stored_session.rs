//! A program that is started again and again, and asks nobody to sign in twice.
//!
//! `cargo run --package readmit --example stored_session`

use readmit::{Client, credentials, store};
use readmit_testkit::Api;

/// One start of the program: `signed_in` is what a person brought, the first time.
async fn start(
    origin: &str,
    path: &std::path::Path,
    signed_in: Option<String>,
) -> Result<usize, Box<dyn std::error::Error>> {
    let (url, file) = (format!("{origin}/token/refresh"), store::file(path));
    let session = match signed_in {
        Some(token) => credentials::refresh_token(url, token, None).stored_in(file),
        None => credentials::stored_session(url, None, file),
    };
    let client = Client::builder(origin).credentials(session).build()?;
    let flows: Vec<serde_json::Value> = client.get("/data_flows").send().await?.json().await?;
    Ok(flows.len())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = Api::new();
    let server = api.serve().await?;
    let path = std::env::temp_dir().join(format!("session-{}.json", std::process::id()));

    start(server.url(), &path, Some(api.new_refresh_token())).await?;
    start(server.url(), &path, None).await?;
    println!("two starts: {} refresh", api.seen().token_calls());

    // Each refresh token works once; the file has the one that the last refresh brought.
    api.expire_access_tokens();
    start(server.url(), &path, None).await?;
    start(server.url(), &path, None).await?;
    println!("and two after the token had expired: {} refreshes", api.seen().token_calls());

    assert_eq!(api.seen().token_calls(), 2);
    for beside in ["json", "json.lock"] {
        std::fs::remove_file(path.with_extension(beside))?;
    }
    Ok(())
}
