//! A person who has to sign in again before the server lets anybody do what is delicate.

use std::time::Duration;

use readmit::{Client, Token, credentials};
use readmit_testkit::{Api, Fault};
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = Api::new();
    let browser = api.clone();
    let client = Client::builder("https://api.test")
        .credentials(credentials::service_key("https://api.test/token", api.service_key()))
        .on_step_up(move |demand| {
            let browser = browser.clone();
            async move {
                println!("please sign in with one of {:?}", demand.acr_values());
                tokio::time::sleep(Duration::from_secs(20)).await;
                Token::bearer(browser.new_access_token()).ok()
            }
        })
        .clock(api.clock())
        .build_over(api.service())?;

    let challenge = r#"Bearer error="insufficient_user_authentication", acr_values="gold""#;
    let refused = http::Response::builder().status(401).header("www-authenticate", challenge);
    api.fault(Fault::respond(refused.body("")?)).on("GET", "/data_flows").next(10);

    let mut calls = JoinSet::new();
    for _caller in 0..10 {
        calls.spawn(client.get("/data_flows").send());
    }
    let mut let_in = 0;
    while let Some(response) = calls.join_next().await {
        let_in += usize::from(response??.status().is_success());
    }
    println!("{let_in} callers were let in after one question");
    Ok(())
}
