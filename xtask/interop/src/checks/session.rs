use std::sync::Arc;

use readmit::error::{Action, Kind};
use readmit::recovery::ClientAuth;
use readmit::{BoxError, Client, credentials};
use serde_json::Value;

use crate::provider::{Provider, check, text};

/// Each time that the access token is taken back, the session goes on with the next refresh token.
pub(crate) async fn rotation(provider: &Provider) -> Result<(), BoxError> {
    let client = begin(provider, &provider.begin_session("device").await?)?;
    let before = provider.counts().await?;

    for _ in 0..ROTATIONS {
        take_back(provider, &client).await?;
    }
    client.get("/me").send().await?;

    let after = provider.counts().await?;
    let (granted, refused) = (after.granted - before.granted, after.refused - before.refused);
    check(granted == ROTATIONS + 1 && refused == 0, || {
        format!("{granted} tokens were granted and {refused} refused in {ROTATIONS} rotations")
    })
}

/// One refresh for everybody, and everybody gets in.
pub(crate) async fn a_crowd(provider: &Provider) -> Result<(), BoxError> {
    let client = Arc::new(begin(provider, &provider.begin_session("device").await?)?);
    take_back(provider, &client).await?;
    let before = provider.counts().await?;

    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let client = Arc::clone(&client);
        calls.spawn(async move { client.get("/me").send().await.map(drop) });
    }
    while let Some(call) = calls.join_next().await {
        call??;
    }

    let granted = provider.counts().await?.granted - before.granted;
    check(granted == 1, || format!("{granted} refreshes for one token"))
}

/// A thief uses the first refresh token again: the provider ends the session, and the client says
/// that a person has to log in, without asking on and on.
pub(crate) async fn reuse(provider: &Provider) -> Result<(), BoxError> {
    let first = provider.begin_session("device").await?;
    let client = begin(provider, &first)?;
    client.get("/me").send().await?;
    let taken = provider.present("device", &first).await?;
    check(!taken, || "the provider took a refresh token twice".to_owned())?;
    let before = provider.counts().await?;

    for _ in 0..5 {
        let error = client.get("/me").send().await.err();

        let error = error.ok_or("a session that was ended lets the client in")?;
        let (kind, action) = (error.failure().kind(), error.failure().action());
        check(kind == Kind::InvalidCredentials && action == Action::ReAuthenticate, || {
            format!("the failure is {kind}, the advice {action}")
        })?;
    }

    let refused = provider.counts().await?.refused - before.refused;
    check(refused == 1, || format!("the provider was asked {refused} times for nothing"))
}

/// What is revoked is no good, and the client lets nothing out.
pub(crate) async fn sign_out(provider: &Provider) -> Result<(), BoxError> {
    let first = provider.begin_session("device").await?;
    let auth = ClientAuth::public("device");
    let session = credentials::refresh_token(provider.token_url(), &*first, Some(auth.clone()))
        .revoked_at(format!("{}/token/revocation", provider.issuer), Some(auth));
    let client = Client::builder(&provider.issuer).credentials(session).build()?;
    let token = current(&client).await?;

    client.sign_out().await?;

    check(!provider.destroy(&token).await?, || "the access token is still good".to_owned())?;
    let error = client.get("/me").send().await.err();
    let kind = error.map(|error| error.failure().kind());
    check(kind == Some(Kind::MissingCredentials), || format!("a call ended as {kind:?}"))
}

async fn take_back(provider: &Provider, client: &Client) -> Result<(), BoxError> {
    let was_good = provider.destroy(&current(client).await?).await?;
    check(was_good, || "there was no such token to take back".to_owned())
}

fn begin(provider: &Provider, refresh_token: &str) -> Result<Client, BoxError> {
    let session = credentials::refresh_token(
        provider.token_url(),
        refresh_token,
        Some(ClientAuth::public("device")),
    );
    Ok(Client::builder(&provider.issuer).credentials(session).build()?)
}

/// Returns the access token that the client is let in with.
async fn current(client: &Client) -> Result<String, BoxError> {
    let told: Value = client.get("/test/resource").send().await?.json().await?;
    text(&told, "token")
}

const ROTATIONS: u64 = 5;
