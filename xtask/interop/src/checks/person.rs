use readmit::recovery::{ClientAuth, DeviceAuthorization};
use readmit::{BoxError, Client, ClientBuilder, DpopKey, credentials};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::provider::{Provider, check};

pub(crate) async fn a_person(provider: &Provider) -> Result<(), BoxError> {
    let (client, mut codes) = sign_in(provider, "device", |builder| builder)?;

    let (signed_in, approved) = tokio::join!(client.sign_in(), async {
        provider.approve(&codes.recv().await.ok_or("no code was shown")?).await
    });

    approved?;
    signed_in?;
    let told: Value = client.get("/me").send().await?.json().await?;
    check(told["sub"] == "somebody", || format!("the provider knows {told}"))
}

pub(crate) async fn a_person_who_says_no(provider: &Provider) -> Result<(), BoxError> {
    let (client, mut codes) = sign_in(provider, "device", |builder| builder)?;

    let (signed_in, denied) = tokio::join!(client.sign_in(), async {
        provider.deny(&codes.recv().await.ok_or("no code was shown")?).await
    });

    denied?;
    check(signed_in.is_err(), || "a no let the client in".to_owned())
}

/// The provider wants a proof with a nonce of its own from each client of this kind.
pub(crate) async fn a_person_with_a_key(provider: &Provider) -> Result<(), BoxError> {
    let key = DpopKey::generate()?;
    let (client, mut codes) = sign_in(provider, "dpop", |builder| builder.dpop(key))?;

    let (signed_in, approved) = tokio::join!(client.sign_in(), async {
        provider.approve(&codes.recv().await.ok_or("no code was shown")?).await
    });

    approved?;
    signed_in?;
    for _ in 0..3 {
        let told: Value = client.get("/me").send().await?.json().await?;
        check(told["sub"] == "somebody", || format!("the provider knows {told}"))?;
    }
    Ok(())
}

/// Returns a client that a person is to let in, and the codes that the person is shown.
fn sign_in(
    provider: &Provider,
    client_id: &str,
    set_up: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<(Client, mpsc::UnboundedReceiver<String>), BoxError> {
    let (shown, codes) = mpsc::unbounded_channel();
    let show = move |device: &DeviceAuthorization| {
        // Nobody reads the code of a check that has ended.
        let _ = shown.send(device.user_code().to_owned());
    };
    let person = credentials::device_flow(
        format!("{}/device/auth", provider.issuer),
        provider.token_url(),
        ClientAuth::public(client_id),
        Some("openid offline_access"),
        show,
    );
    let client = set_up(Client::builder(&provider.issuer).credentials(person)).build()?;
    Ok((client, codes))
}
