use std::num::NonZeroU32;
use std::time::Duration;

use readmit::BoxError;
use readmit::error::Kind;
use readmit::limit::Quota;
use readmit_core::{Clock, SystemClock};
use readmit_testkit::{Fault, Hint};

use crate::lab::{Lab, Must};

pub(super) async fn rate_limit_with_a_date(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    let told = Hint::Date(Duration::from_secs(2));
    lab.api.fault(Fault::RateLimited { retry_after: told }).on("GET", "/data_flows").next(5);

    let began = SystemClock.now();
    lab.calls(5, 5, |_| client.get("/data_flows"), Must::Answer).await;
    let waited = SystemClock.now().saturating_duration_since(began);

    // A date has whole seconds, so that two seconds ahead is one at least.
    lab.check(Duration::from_secs(1) <= waited, || format!("the wait was cut to {waited:?}"));
    lab.check_count("requests that arrived", lab.seen().count("GET", "/data_flows"), 1 + 5 + 5);

    let year = Hint::Date(Duration::from_secs(365 * 24 * 3_600));
    lab.api.fault(Fault::RateLimited { retry_after: year }).on("GET", "/data_flows").once();
    lab.call(client.get("/data_flows"), Must::Fail(Kind::RateLimited)).await;
    Ok(())
}

pub(super) async fn rate_limit_without_a_hint(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    for odd in (1..=40).step_by(2) {
        let throttled = Fault::RateLimited { retry_after: Hint::Absent };
        lab.api.fault(throttled).on("GET", "/data_flows").nth(odd);
    }

    lab.calls(20, 1, |_| client.get("/data_flows"), Must::Answer).await;

    let retries = lab.retries();
    lab.check(retries == 20, || format!("20 refusals led to {retries} retries"));
    Ok(())
}

pub(super) async fn paced(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    let last_one = http::Response::builder()
        .header("content-type", "application/json")
        .header("ratelimit", r#""default";r=0;t=1"#)
        .body("[]")?;
    lab.api.fault(Fault::respond(last_one)).on("GET", "/data_flows").once();
    let (second, began) = (Duration::from_secs(1), SystemClock.now());
    lab.call(client.get("/data_flows"), Must::Answer).await;

    lab.calls(20, 20, |_| client.get("/data_flows"), Must::Answer).await;
    let waited = SystemClock.now().saturating_duration_since(began);
    lab.check(second <= waited, || format!("the window ends in 1s, and took {waited:?}"));

    let twenty = Quota::per_second(NonZeroU32::MIN.saturating_add(19));
    let client = lab.client().limit(twenty).build()?;
    let began = SystemClock.now();
    lab.calls(21, 21, |_| client.get("/data_flows"), Must::Answer).await;
    let waited = SystemClock.now().saturating_duration_since(began);
    lab.check(second <= waited, || format!("twenty a second, and 21 took {waited:?}"));
    Ok(())
}
