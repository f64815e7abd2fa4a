use std::time::Duration;

use readmit::error::{Action, Kind};
use readmit::{BoxError, credentials};
use readmit_testkit::Skew;

use crate::lab::{Lab, Must};

pub(super) async fn healthy(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;

    lab.calls(1_000, 32, |_| client.get("/data_flows"), Must::Answer).await;

    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 1);
    lab.check_count("requests that arrived", lab.seen().count("GET", "/data_flows"), 1_000);
    Ok(())
}

pub(super) async fn token_expires(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;

    let hold = lab.api.hold();
    let calls = lab.calls(64, 64, |_| client.get("/data_flows"), Must::Answer);
    let expire = async {
        hold.wait_for(64).await;
        lab.api.expire_access_tokens();
        hold.release();
    };
    tokio::join!(calls, expire);

    let seen = lab.seen();
    lab.check_count("calls of the token endpoint", seen.token_calls(), 2);
    lab.check_count("requests with the new token", seen.with_token(2), 64);
    lab.check_count("requests with an old token", seen.sent_with_stale_token(), 0);
    Ok(())
}

pub(super) async fn token_revoked(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    lab.api.revoke_access_tokens();

    lab.calls(50, 10, |_| client.get("/data_flows"), Must::Answer).await;

    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 2);
    Ok(())
}

pub(super) async fn service_key_revoked(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    lab.api.revoke_access_tokens();
    lab.api.revoke_service_key();

    let refused = Must::Fail(Kind::InvalidCredentials);
    lab.calls(50, 10, |_| client.get("/data_flows"), refused).await;

    let error = client.get("/data_flows").send().await.err();
    let advised = error.as_ref().map(|error| error.failure().action());
    lab.check(advised == Some(Action::ReAuthenticate), || format!("the advice is {advised:?}"));
    let calls = lab.seen().token_calls();
    lab.check(calls <= 3, || format!("the token endpoint was asked {calls} times for nothing"));
    Ok(())
}

pub(super) async fn permission_missing(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;

    let denied = Must::Fail(Kind::InsufficientPermissions);
    lab.calls(50, 10, |_| client.get("/organizations/7/members"), denied).await;
    lab.call(client.get("/data_flows"), Must::Answer).await;

    let seen = lab.seen();
    lab.check_count("requests that were denied", seen.count("GET", "/organizations/7/members"), 50);
    lab.check_count("calls of the token endpoint", seen.token_calls(), 1);
    Ok(())
}

pub(super) async fn rotating_refresh_tokens(lab: &Lab<'_>) -> Result<(), BoxError> {
    let url = lab.token_url("/token/refresh");
    let session = credentials::refresh_token(url, lab.api.new_refresh_token(), None);
    let client = lab.bare_client().credentials(session).build()?;

    for _ in 0..10 {
        lab.calls(20, 20, |_| client.get("/data_flows"), Must::Answer).await;
        lab.api.expire_access_tokens();
    }

    // Each refresh token was used once: a second use would have revoked them all.
    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 10);
    Ok(())
}

pub(super) async fn clock_off(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    lab.calls(20, 5, |_| client.get("/data_flows"), Must::Answer).await;
    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 1);

    for (number, skew) in [Skew::Behind(MINUTES), Skew::Ahead(MINUTES)].into_iter().enumerate() {
        lab.api.skew(skew);
        lab.api.expire_access_tokens();
        lab.calls(20, 5, |_| client.get("/data_flows"), Must::Answer).await;
        lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 2 + number);
    }
    Ok(())
}

const MINUTES: Duration = Duration::from_secs(5 * 60);
