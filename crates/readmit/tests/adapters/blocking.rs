//! What the blocking client alone has to hold.

use std::time::Duration;

use readmit::blocking::Client;
use readmit::error::Kind;
use readmit_testkit::{Api, ApiService};

use crate::world::builder;

#[test]
fn a_program_without_a_runtime_makes_calls() {
    let api = Api::new();
    let client = client(&api);

    let made = client.post("/data_flows").json(&serde_json::json!({"name": "a"})).send().unwrap();
    let mut read = client.get("/data_flows").query([("page", "2")]).send().unwrap();

    assert_eq!((made.status().as_u16(), made.attempts(), made.recoveries()), (201, 1, 0));
    assert!(made.headers().contains_key("x-request-id"));
    assert_eq!(made.json::<serde_json::Value>().unwrap()["name"], "a");
    assert!(read.chunk().unwrap().is_some());
}

#[test]
fn r99_two_clients_have_nothing_in_common_and_clones_have_all() {
    let api = Api::new();
    let (one, other) = (client(&api), client(&api));

    one.get("/data_flows").send().unwrap();
    one.clone().get("/data_flows").send().unwrap();
    other.get("/data_flows").send().unwrap();

    assert_eq!(api.seen().token_calls(), 2);
}

#[test]
fn who_signs_out_is_not_let_in_until_the_next_sign_in() {
    let api = Api::new();
    let client = client(&api);
    client.sign_in().unwrap();

    client.sign_out().unwrap();
    let refused = client.get("/data_flows").send().unwrap_err();
    client.sign_in().unwrap();
    let answered = client.get("/data_flows").send().unwrap();

    assert_eq!(refused.failure().kind(), Kind::MissingCredentials);
    assert_eq!(answered.status(), 200);
    assert!(client.inner().monitor().is_some());
}

#[test]
fn a_client_that_is_shut_down_begins_no_more_calls() {
    let api = Api::new();
    let client = client(&api);
    client.get("/data_flows").send().unwrap();

    client.shutdown(Duration::from_secs(10)).unwrap();
    let refused = client.get("/data_flows").send().unwrap_err();

    assert!(refused.is_rejected());
    assert_eq!(api.seen().count("GET", "/data_flows"), 1);
}

#[tokio::test]
async fn it_refuses_to_stop_a_runtime_and_says_so() {
    let api = Api::new();
    let client = client(&api);

    let call = client.get("/data_flows").send().unwrap_err();
    let sign_in = client.sign_in().unwrap_err();
    let sign_out = client.sign_out().unwrap_err();

    assert!(call.to_string().contains("inside an async runtime"), "{call}");
    assert!(call.is_rejected() && sign_in.is_rejected());
    assert!(sign_out.to_string().contains("inside an async runtime"), "{sign_out}");
    assert_eq!(api.seen().requests().len(), 0);
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api, "https://api.test").build_blocking_over(api.service()).unwrap()
}
