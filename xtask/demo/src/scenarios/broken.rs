use std::time::Duration;

use readmit::BoxError;
use readmit::error::{Kind, Stage};
use readmit::retry::Policy;
use readmit_testkit::{Fault, Hint};

use crate::lab::{Lab, Must};

pub(super) async fn burst_of_503(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    for number in (1..=60).step_by(3) {
        let unavailable = Fault::Unavailable { retry_after: Hint::Absent };
        lab.api.fault(unavailable).on("GET", "/data_flows").nth(number);
    }

    lab.calls(60, 1, |_| client.get("/data_flows"), Must::Answer).await;

    let (struck, retries) = (20, lab.retries());
    lab.check(retries == struck, || format!("{struck} answers of 503 led to {retries} retries"));
    Ok(())
}

pub(super) async fn gateway_html(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.api.fault(Fault::BadGateway).on("GET", "/data_flows").next(2);
    lab.call(client.get("/data_flows"), Must::Answer).await;
    lab.api.fault(Fault::BadGateway).on("GET", "/data_flows").always();

    lab.calls(5, 5, |_| client.get("/data_flows"), Must::Fail(Kind::Gateway)).await;

    lab.check_count("requests that arrived", lab.seen().count("GET", "/data_flows"), 3 + 5 * 3);
    Ok(())
}

pub(super) async fn hang(lab: &Lab<'_>) -> Result<(), BoxError> {
    let impatient = Duration::from_millis(250);
    let client = lab.client().attempt_timeout(impatient).build()?;
    lab.api.fault(Fault::Hang).on("GET", "/data_flows").next(5);
    lab.calls(5, 5, |_| client.get("/data_flows"), Must::Answer).await;

    lab.api.fault(Fault::Hang).on("*", "/data_flows").always();
    let hung = Must::Fail(Kind::ClientTimeout);
    lab.calls(3, 3, |_| client.get("/data_flows"), hung).await;
    // Nobody knows whether it was done, so it is not sent again.
    let post = |marker| client.post("/data_flows").json(&flow(marker));
    lab.call(post("once"), hung).await;

    lab.check_count("times that the POST arrived", lab.seen().sent("once"), 1);
    let short = client.get("/data_flows").deadline(impatient / 2);
    lab.call(short, Must::Fail(Kind::DeadlineExceeded)).await;
    Ok(())
}

pub(super) async fn resets(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    for odd in (1..=40).step_by(2) {
        lab.api.fault(Fault::Broken(Stage::Sent)).on("GET", "/data_flows").nth(odd);
    }
    lab.calls(20, 1, |_| client.get("/data_flows"), Must::Answer).await;

    // The answer had begun: whether to ask again is the caller's to say.
    lab.api.fault(Fault::Broken(Stage::Answering)).on("GET", "/data_flows").next(5);
    let lost = Must::Fail(Kind::ConnectionLost);
    lab.calls(5, 5, |_| client.get("/data_flows"), lost).await;

    lab.api.fault(Fault::LostAnswer).on("POST", "/data_flows").once();
    lab.call(client.post("/data_flows").json(&flow("once")), lost).await;
    lab.check_count("times that the POST was done", lab.seen().created("once"), 1);

    let never = lab.client().retry(Policy::never()).build()?;
    lab.api.fault(Fault::TruncatedError).on("GET", "/data_flows").next(2);
    lab.calls(2, 1, |_| never.get("/data_flows"), Must::Fail(Kind::ServerError)).await;
    Ok(())
}

fn flow(marker: &str) -> serde_json::Value {
    serde_json::json!({ "name": "orders", "marker": marker })
}
