use readmit::error::{Action, Kind};
use readmit::recovery::ClientAuth;
use readmit::{BoxError, Client, Credentials, credentials};
use serde_json::Value;

use crate::provider::{Provider, check};

pub(crate) async fn credentials_in_a_header(provider: &Provider) -> Result<(), BoxError> {
    let auth = ClientAuth::basic("basic", SECRET);

    lets_in(provider, "basic", credentials::client_credentials(provider.token_url(), auth)).await
}

pub(crate) async fn credentials_in_the_body(provider: &Provider) -> Result<(), BoxError> {
    let auth = ClientAuth::body("post", SECRET);

    lets_in(provider, "post", credentials::client_credentials(provider.token_url(), auth)).await
}

pub(crate) async fn a_wrong_secret(provider: &Provider) -> Result<(), BoxError> {
    let auth = ClientAuth::basic("basic", "not the secret");
    let wrong = credentials::client_credentials(provider.token_url(), auth);
    let client = Client::builder(&provider.issuer).credentials(wrong).build()?;
    let before = provider.counts().await?;

    let error = client.get("/test/resource").send().await.err();

    let error = error.ok_or("a wrong secret let the client in")?;
    let (kind, action) = (error.failure().kind(), error.failure().action());
    check(kind == Kind::InvalidCredentials && action == Action::ReAuthenticate, || {
        format!("the failure is {kind}, the advice {action}")
    })?;
    let refused = provider.counts().await?.refused - before.refused;
    check(refused == 1, || format!("the provider was asked {refused} times for nothing"))
}

/// Calls twice, for one token.
async fn lets_in(
    provider: &Provider,
    client_id: &str,
    credentials: Credentials,
) -> Result<(), BoxError> {
    let client = Client::builder(&provider.issuer).credentials(credentials).build()?;
    let before = provider.counts().await?;

    let first: Value = client.get("/test/resource").send().await?.json().await?;
    let second: Value = client.get("/test/resource").send().await?.json().await?;

    let granted = provider.counts().await?.granted - before.granted;
    check(granted == 1, || format!("{granted} tokens were granted for two calls"))?;
    check(first == second && first["client_id"] == client_id, || format!("{first} and {second}"))
}

/// With characters that Basic must encode first (RFC 6749 section 2.3.1).
const SECRET: &str = "a secret/with +signs:";
