use std::time::Duration;

use readmit::error::Kind;
use readmit::{BoxError, credentials};
use readmit_testkit::Fault;

use crate::lab::{Lab, Must};

pub(super) async fn refresh_token_reused(lab: &Lab<'_>) -> Result<(), BoxError> {
    let url = lab.token_url("/token/refresh");
    let session = lab.api.new_refresh_token();
    let client = lab.bare_client().credentials(credentials::refresh_token(&url, &*session, None));
    let client = client.build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;

    // Somebody who copied the first refresh token uses it: the server ends the whole session.
    let thief = lab.bare_client().credentials(credentials::refresh_token(&url, &*session, None));
    let thief = thief.build()?;
    let ended = Must::Fail(Kind::InvalidCredentials);
    lab.call(thief.get("/data_flows"), ended).await;
    lab.calls(50, 10, |_| client.get("/data_flows"), ended).await;

    let calls = lab.seen().token_calls();
    lab.check(calls <= 4, || format!("the token endpoint was asked {calls} times for nothing"));
    Ok(())
}

pub(super) async fn token_endpoint_hangs(lab: &Lab<'_>) -> Result<(), BoxError> {
    let impatient = Duration::from_millis(500);
    let client = lab.client().attempt_timeout(impatient).build()?;
    lab.api.fault(Fault::Hang).on("POST", "/token").once();

    lab.calls(20, 20, |_| client.get("/data_flows"), Must::Answer).await;

    // One that hung, and one in its place, for all of them.
    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 2);
    lab.check_count("at once", lab.seen().max_concurrent_token_calls(), 1);
    Ok(())
}

pub(super) async fn lifetime_lies(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;

    // Each time it says a year, and the token ends at once.
    for _ in 0..5 {
        lab.calls(20, 10, |_| client.get("/data_flows"), Must::Answer).await;
        lab.api.expire_access_tokens();
    }

    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 5);
    Ok(())
}

pub(super) async fn error_in_a_200(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    let error = http::Response::builder()
        .header("content-type", "application/json")
        .body(r#"{"error": "temporarily_unavailable", "error_description": "try later"}"#)?;
    lab.api.fault(Fault::respond(error)).on("POST", "/token").always();

    lab.calls(10, 10, |_| client.get("/data_flows"), Must::Fail(Kind::Unavailable)).await;

    lab.check_count("requests without a token", lab.seen().count("GET", "/data_flows"), 0);
    lab.api.clear_faults();
    client.unlock();
    lab.call(client.get("/data_flows"), Must::Answer).await;
    Ok(())
}
