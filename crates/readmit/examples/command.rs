//! A token that a program writes, as the one that a person signed in with does: here `printf` has
//! its part.

use readmit::{Client, credentials};
use readmit_testkit::Api;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = Api::new();
    let written = format!(r#"{{"access_token":"{}","expires_in":3600}}"#, api.new_access_token());
    let signed_in = credentials::command("printf", ["%s", &written]);
    let client = Client::builder("https://api.test").credentials(signed_in);
    let client = client.clock(api.clock()).build_over(api.service())?;

    let response = client.get("/data_flows").send().await?;

    println!("let in with what the program wrote: {}", response.status());
    Ok(())
}
