use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use readmit::error::Kind;
use readmit::recovery::{ClientAuth, DeviceAuthorization};
use readmit::store::{self, Store};
use readmit::{BoxError, Client, credentials};
use readmit_core::{Clock, SystemClock};
use readmit_testkit::Fault;

use crate::folder::Folder;
use crate::lab::{Lab, Must};

pub(super) async fn shared_session(lab: &Lab<'_>) -> Result<(), BoxError> {
    let folder = Folder::new()?;
    let url = lab.token_url("/token/refresh");
    let file = || store::file(folder.path().join("session.json"));
    store::sign_in(&file(), lab.api.new_refresh_token()).await?;
    let start = || {
        // Each opens the file for itself, as if it were a process of its own.
        lab.bare_client().credentials(credentials::stored_session(&url, None, file())).build()
    };
    let clients = [start()?, start()?, start()?, start()?];

    for _ in 0..ROUNDS {
        let of_all = |number: u32| clients[number as usize % clients.len()].get("/data_flows");
        lab.calls(40, 40, of_all, Must::Answer).await;
        lab.api.expire_access_tokens();
    }

    // Each refresh token works once: two clients with the same one would have ended the session.
    lab.check_count("refreshes", lab.seen().token_calls(), ROUNDS);
    lab.check_count("at once", lab.seen().max_concurrent_token_calls(), 1);
    lab.call(start()?.get("/data_flows"), Must::Answer).await;
    lab.call(start()?.get("/data_flows"), Must::Answer).await;
    lab.check_count("refreshes after two starts more", lab.seen().token_calls(), ROUNDS + 1);
    Ok(())
}

pub(super) async fn sign_out(lab: &Lab<'_>) -> Result<(), BoxError> {
    let kept = store::memory();
    let url = lab.token_url("/token/refresh");
    let session = credentials::refresh_token(&url, lab.api.new_refresh_token(), None)
        .stored_in(kept.clone())
        .revoked_at(lab.token_url("/revoke"), Some(client_auth(lab)));
    let client = lab.bare_client().credentials(session).build()?;
    lab.calls(20, 20, |_| client.get("/data_flows"), Must::Answer).await;
    let record = kept.load().await?.ok_or("nothing was stored")?;
    let copied = record.refresh_token().cloned().ok_or("no refresh token was stored")?;

    client.sign_out().await?;

    lab.check_count("tokens that were revoked", lab.seen().revoked() as usize, 2);
    let left = kept.load().await?;
    let is_empty =
        left.is_none_or(|left| left.refresh_token().is_none() && left.access_token().is_none());
    lab.check(is_empty, || "the store still has a token".to_owned());
    let before = lab.seen().requests().len();
    lab.calls(20, 20, |_| client.get("/data_flows"), Must::Fail(Kind::MissingCredentials)).await;
    lab.check_count("requests after the sign-out", lab.seen().requests().len() - before, 0);

    // A copy of the session is worth nothing either.
    let copy = credentials::refresh_token(&url, copied, None);
    let copy = lab.bare_client().credentials(copy).build()?;
    lab.call(copy.get("/data_flows"), Must::Fail(Kind::InvalidCredentials)).await;
    Ok(())
}

pub(super) async fn device_flow(lab: &Lab<'_>) -> Result<(), BoxError> {
    let shown = Arc::new(AtomicUsize::new(0));
    let (counted, person) = (Arc::clone(&shown), lab.api.clone());
    let client = on_a_device(lab, move |device| {
        // Relaxed: read after the calls were joined.
        counted.fetch_add(1, Ordering::Relaxed);
        person.approve_device(device.user_code());
    })?;
    let slower = Fault::OAuth { error: "slow_down".into(), description: "too many".into() };
    lab.api.fault(slower).on("POST", "/token").once();

    // A second until the first poll, and from then on five more between two of them.
    let began = SystemClock.now();
    lab.calls(10, 10, |_| client.get("/data_flows"), Must::Answer).await;
    let waited = SystemClock.now().saturating_duration_since(began);
    lab.check(Duration::from_secs(7) <= waited, || format!("it asked again after {waited:?}"));
    lab.check_count("polls", lab.seen().count("POST", "/token"), 2);

    // From then on the session renews itself.
    lab.api.expire_access_tokens();
    lab.calls(10, 10, |_| client.get("/data_flows"), Must::Answer).await;
    lab.check_count("times that the person was asked", shown.load(Ordering::Relaxed), 1);

    let person = lab.api.clone();
    let denied = on_a_device(lab, move |device| person.deny_device(device.user_code()))?;
    lab.calls(10, 10, |_| denied.get("/data_flows"), Must::Fail(Kind::InvalidCredentials)).await;
    lab.check_count("codes that were asked for", lab.seen().count("POST", "/device"), 2);
    Ok(())
}

fn on_a_device(
    lab: &Lab<'_>,
    show: impl Fn(&DeviceAuthorization) + Send + Sync + 'static,
) -> Result<Client, BoxError> {
    let (device, token) = (lab.token_url("/device"), lab.token_url("/token"));
    let person = credentials::device_flow(device, token, client_auth(lab), None, show);
    Ok(lab.bare_client().credentials(person).build()?)
}

fn client_auth(lab: &Lab<'_>) -> ClientAuth {
    ClientAuth::basic(lab.api.client_id(), lab.api.client_secret())
}

const ROUNDS: usize = 5;
