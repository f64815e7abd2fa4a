//! One expiry, many calls in flight: one refresh, and an answer for everybody.

#![expect(clippy::unwrap_used, reason = "a test")]

use readmit::{Client, credentials};
use readmit_testkit::{Api, ApiService};

#[tokio::test(start_paused = true)]
async fn r1_64_calls_in_flight_when_the_token_expires_cost_one_refresh() {
    let api = Api::new();
    let client = Client::builder("https://api.test")
        .credentials(credentials::service_key("https://api.test/token", api.service_key()))
        .clock(api.clock())
        .build_over(api.service())
        .unwrap();
    client.get("/data_flows").send().await.unwrap();
    let hold = api.hold();
    let calls: Vec<_> = (0..64).map(|_| tokio::spawn(client.get("/data_flows").send())).collect();
    hold.wait_for(64).await;

    api.expire_access_tokens();
    hold.release();

    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
    let seen = api.seen();
    assert_eq!(seen.token_calls(), 2);
    assert_eq!(seen.sent_with_stale_token(), 0);
    assert_eq!(seen.count("GET", "/data_flows"), 1 + 64 + 64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r1_whatever_the_interleaving_an_expiry_costs_one_refresh_and_no_call() {
    let api = Api::new();
    let client = Client::builder("https://api.test")
        .credentials(credentials::service_key("https://api.test/token", api.service_key()))
        .clock(api.clock())
        .build_over(api.service())
        .unwrap();

    for round in 0..100 {
        // Accepted before it expires: a token that is rejected at birth is not replaced (rule 28).
        client.get("/data_flows").send().await.unwrap();
        let calls: Vec<_> = (0..32).map(|_| tokio::spawn(several(client.clone()))).collect();
        api.expire_access_tokens();
        for call in calls {
            call.await.unwrap();
        }
        // Where all of them were faster than the expiry, it is this one that pays for it.
        client.get("/data_flows").send().await.unwrap();

        assert_eq!(api.tokens_issued(), round + 2);
    }
    assert_eq!(api.seen().token_calls(), 101);
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
}

async fn several(client: Client<ApiService>) {
    for _ in 0..4 {
        client.get("/data_flows").send().await.unwrap();
    }
}
