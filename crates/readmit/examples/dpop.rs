//! Tokens that are worth nothing to whoever steals them: they are bound to a key of the client.

use std::num::NonZeroU32;

use readmit::{Client, DpopKey, credentials};
use readmit_testkit::{Api, Dpop};

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = Api::builder().dpop(Dpop::new().nonces_every(NonZeroU32::MIN)).build();
    let client = Client::builder("https://api.test")
        .credentials(credentials::service_key("https://api.test/token", api.service_key()))
        .dpop(DpopKey::generate()?)
        .clock(api.clock())
        .build_over(api.service())?;

    for _call in 0..3 {
        let response = client.get("/data_flows").send().await?;
        println!("{} after {} recoveries", response.status(), response.recoveries());
    }
    println!("{} proofs, each of them good for one request", api.seen().proofs());
    Ok(())
}
