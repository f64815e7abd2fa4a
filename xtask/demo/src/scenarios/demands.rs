use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;
use readmit::error::Kind;
use readmit::recovery::ClientAuth;
use readmit::{BoxError, ClientBuilder, DpopKey, Token, credentials};
use readmit_testkit::{Demand, Fault};
use serde_json::{Value, json};

use crate::lab::{Lab, Must};

pub(super) async fn scope_missing(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = of_a_client(lab).build()?;
    demand(lab, Demand::Scope("flows:read".into()));

    // The server says which scope is missing, and from then on the token has it.
    lab.calls(20, 1, |_| client.get("/data_flows"), Must::Answer).await;
    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 2);
    lab.check_count("requests that arrived", lab.seen().count("GET", "/data_flows"), 21);

    // Who knows what it needs asks for it, and is not refused first.
    let write = Demand::Scope("flows:write".into());
    lab.api.fault(Fault::Demands(write)).on("POST", "/data_flows").always();
    let post = |_| client.post("/data_flows").json(&json!({ "name": "orders" }));
    lab.calls(20, 5, |number| post(number).requires("flows:write"), Must::Answer).await;
    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 3);
    lab.check_count("times that a POST arrived", lab.seen().count("POST", "/data_flows"), 20);
    Ok(())
}

pub(super) async fn claims_challenge(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = of_a_client(lab).build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    let later = json!({ "access_token": { "nbf": { "essential": true, "value": "1764000000" } } });
    demand(lab, Demand::Claims(later));

    lab.calls(64, 64, |_| client.get("/data_flows"), Must::Answer).await;
    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 2);

    // A service key asks for nothing: the failure says what the server wants.
    let without = lab.client().build()?;
    lab.call(without.get("/data_flows"), Must::Fail(Kind::StepUpRequired)).await;
    let error = without.get("/data_flows").send().await.err();
    let told = error.and_then(|error| error.demand());
    let claims = told.as_ref().and_then(|told| told.claims());
    lab.check(claims.is_some(), || "the failure does not have the claims".to_owned());
    Ok(())
}

pub(super) async fn step_up(lab: &Lab<'_>) -> Result<(), BoxError> {
    let asked = Arc::new(AtomicUsize::new(0));
    let person = lab.bare_client().credentials(of_the_client(lab)).build()?;
    let (counted, url) = (Arc::clone(&asked), lab.token_url("/token"));
    let client = lab.client().on_step_up(move |demand| {
        // Relaxed: read after the calls were joined.
        counted.fetch_add(1, Ordering::Relaxed);
        let level = demand.acr_values().first().cloned().unwrap_or_default();
        let form = [("grant_type", "client_credentials".to_owned()), ("acr_values", level)];
        let signing_in = person.post(&url).form(&form).send();
        async move {
            let granted: Value = signing_in.await.ok()?.json().await.ok()?;
            Token::bearer(granted["access_token"].as_str()?).ok()
        }
    });
    let client = client.build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    demand(lab, Demand::StepUp { acr_values: "gold".into(), max_age: None });

    lab.calls(64, 64, |_| client.get("/data_flows"), Must::Answer).await;
    lab.check_count("times that the person was asked", asked.load(Ordering::Relaxed), 1);

    // Nobody can be asked here: the failure says what is wanted, and nothing is tried in vain.
    let alone = lab.client().build()?;
    let before = lab.seen().count("GET", "/data_flows");
    lab.call(alone.get("/data_flows"), Must::Fail(Kind::StepUpRequired)).await;
    lab.check_count("requests in vain", lab.seen().count("GET", "/data_flows") - before, 1);
    let error = alone.get("/data_flows").send().await.err();
    let told = error.and_then(|error| error.demand());
    let wanted = told.as_ref().map(|told| told.acr_values());
    lab.check(wanted == Some(&["gold".to_owned()]), || format!("the failure has {wanted:?}"));
    Ok(())
}

pub(super) async fn proofs(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().dpop(DpopKey::generate()?).build()?;
    lab.calls(100, 4, |_| client.get("/data_flows"), Must::Answer).await;

    // Another client goes on until the nonces of the first are too old.
    let other = lab.client().dpop(DpopKey::generate()?).build()?;
    lab.calls(100, 4, |_| other.get("/data_flows"), Must::Answer).await;
    let before = lab.seen().count("GET", "/data_flows");
    lab.call(client.get("/data_flows"), Must::Answer).await;

    let seen = lab.seen();
    lab.check_count("requests for one call", seen.count("GET", "/data_flows") - before, 2);
    lab.check_count("requests without a proof", seen.requests().len() - seen.proofs(), 0);
    let granted = seen
        .requests()
        .iter()
        .filter(|request| request.path() == "/token" && request.status() == Some(StatusCode::OK));
    lab.check_count("tokens that were granted", granted.count(), 2);

    // A token alone opens nothing.
    let stolen = credentials::bearer(lab.api.new_access_token());
    let thief = lab.bare_client().credentials(stolen).build()?;
    lab.call(thief.get("/data_flows"), Must::Fail(Kind::InvalidCredentials)).await;
    Ok(())
}

/// A client that has tokens for whatever scopes and claims it asks for.
fn of_a_client(lab: &Lab<'_>) -> ClientBuilder {
    let auth = ClientAuth::basic(lab.api.client_id(), lab.api.client_secret());
    lab.bare_client().credentials(credentials::client_credentials(lab.token_url("/token"), auth))
}

fn of_the_client(lab: &Lab<'_>) -> readmit::Credentials {
    credentials::basic(lab.api.client_id(), lab.api.client_secret())
}

fn demand(lab: &Lab<'_>, demand: Demand) {
    lab.api.fault(Fault::Demands(demand)).on("GET", "/data_flows").always();
}
