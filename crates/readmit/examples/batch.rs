//! Names of many callers, checked in batches; the API refuses a whole batch for one bad name, and
//! that one alone is told so.

use std::num::NonZeroUsize;

use readmit::{Batch, Batcher, Client, Error};
use readmit_testkit::{Api, ApiService, Fault};
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = Api::new();
    let client =
        Client::builder("https://api.test").clock(api.clock()).build_over(api.service())?;
    let hundred = NonZeroUsize::new(100).ok_or("a batch of nothing")?;
    // The first request has the bad name in it, and so have the first halves of it.
    let refused = r#"{"error": "validation_failed", "error_code": "VAL_001"}"#;
    let refused = http::Response::builder().status(422).body(refused)?;
    api.fault(Fault::respond(refused)).on("POST", "/names").next(3);
    api.fault(Fault::respond(http::Response::new("{}"))).on("POST", "/names").always();

    let check = move |names: Batch<&'static str>| {
        let client: Client<ApiService> = client.clone();
        async move {
            client.post("/names").json(&*names).send().await?;
            Ok::<_, Error>(names.iter().map(|name| Ok(name.len())).collect())
        }
    };
    let batcher = Batcher::builder(hundred).build(check)?;

    let mut calls = JoinSet::new();
    for name in ["", "orders", "returns", "stock"] {
        let batcher = batcher.clone();
        calls.spawn(async move { (name, batcher.call(name).await) });
    }
    for (name, answer) in calls.join_all().await {
        match answer {
            Ok(length) => println!("{name:?} is fine: {length} letters"),
            Err(error) => println!("{name:?}: {error}, {:?}", error.failure().map(|f| f.kind())),
        }
    }
    println!("{} requests", api.seen().count("POST", "/names"));
    batcher.close().await;
    Ok(())
}
