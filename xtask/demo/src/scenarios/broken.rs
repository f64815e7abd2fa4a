use std::time::Duration;

use readmit::error::{Kind, Stage};
use readmit::retry::Policy;
use readmit::{BoxError, breaker};
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

pub(super) async fn circuit_opens(lab: &Lab<'_>) -> Result<(), BoxError> {
    let three_seconds = breaker::Config::failure_rate(50, 100).open_for(Duration::from_secs(3));
    let client = lab.client().breaker(three_seconds.build()?).build()?;
    let hurried = |_| client.get("/data_flows").deadline(Duration::from_secs(1));
    lab.call(client.get("/data_flows"), Must::Answer).await;
    let unavailable = Fault::Unavailable { retry_after: Hint::Absent };
    lab.api.fault(unavailable).on("GET", "/data_flows").always();

    // Three attempts each: the twentieth request opens the circuit.
    lab.calls(7, 1, hurried, Must::Fail(Kind::Unavailable)).await;
    lab.calls(64, 64, hurried, Must::Fail(Kind::CircuitOpen)).await;
    lab.check_count("requests that arrived", lab.seen().count("GET", "/data_flows"), 20);

    lab.api.clear_faults();
    lab.call(client.get("/data_flows"), Must::Answer).await;
    lab.calls(5, 5, hurried, Must::Answer).await;
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
    let short = client.get("/data_flows").deadline(impatient / 4);
    lab.call(short, Must::Fail(Kind::DeadlineExceeded)).await;
    // Nobody knows whether it was done, so it is not sent again.
    let post = |marker| client.post("/data_flows").json(&flow(marker));
    lab.call(post("once"), hung).await;

    lab.check_count("times that the POST arrived", lab.seen().sent("once"), 1);
    Ok(())
}

pub(super) async fn resets(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    for number in (1..=30).step_by(3) {
        lab.api.fault(Fault::Broken(Stage::Sent)).on("GET", "/data_flows").nth(number);
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
