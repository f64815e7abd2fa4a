//! A person who signs in on another device, and a session that then renews itself.

use readmit::recovery::ClientAuth;
use readmit::{Client, credentials};
use readmit_testkit::Api;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = Api::new();
    let user = api.clone();
    let person = credentials::device_flow(
        "https://api.test/device",
        "https://api.test/token",
        ClientAuth::basic(api.client_id(), api.client_secret()),
        None,
        move |device| {
            println!("Enter {} at {}", device.user_code(), device.verification_uri());
            // The person does so, sooner or later.
            user.approve_device(device.user_code());
        },
    );
    let client = Client::builder("https://api.test")
        .credentials(person.revoked_at("https://api.test/revoke", None))
        .clock(api.clock())
        .build_over(api.service())?;

    client.sign_in().await?;
    for _ in 0..3 {
        client.get("/data_flows").send().await?;
        api.expire_access_tokens();
    }
    println!("let in three times, and asked {} time", api.seen().count("POST", "/device"));

    client.sign_out().await?;
    let refused = client.get("/data_flows").send().await;
    println!("after the sign-out: {}", if refused.is_err() { "refused" } else { "let in" });
    Ok(())
}
