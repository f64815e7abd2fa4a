//! A person signs out, and in again.

use readmit::error::Kind;
use readmit::recovery::{ClientAuth, Rotation};
use readmit::{Credentials, Exchange, Source, SourceError, Token, credentials, store};
use secrecy::SecretString;

use crate::site::{Asked, Site};
use crate::{TOKEN, client, get, secs};

#[tokio::test(start_paused = true)]
async fn the_refresh_token_is_revoked_first_and_then_each_access_token() {
    let site = site(200);
    let client = client(&site, refreshing());
    get(&client).await.unwrap();

    client.sign_out().await.unwrap();

    let revoked = site.asked("/revoke");
    let revoked: Vec<_> = revoked.iter().map(told).collect();
    assert_eq!(revoked, [("r2", "refresh_token"), ("a1", "access_token")]);
}

#[tokio::test(start_paused = true)]
async fn after_it_nothing_is_sent_or_fetched_until_somebody_signs_in() {
    let site = site(200);
    let auth = ClientAuth::basic("reports", "s3cret");
    let client = client(&site, credentials::client_credentials(TOKEN, auth));
    get(&client).await.unwrap();
    client.get("/data").requires("write").send().await.unwrap();

    client.sign_out().await.unwrap();
    let refused = get(&client).await.unwrap_err();
    let scoped = client.get("/data").requires("write").send().await.map(drop).unwrap_err();
    let asked = (site.asked("/token").len(), site.asked("/data").len());
    client.sign_in().await.unwrap();
    let let_in = get(&client).await;

    assert_eq!(refused.failure().kind(), Kind::MissingCredentials);
    assert_eq!(refused.attempts(), 0);
    assert_eq!(scoped.failure().kind(), Kind::MissingCredentials);
    assert_eq!(asked, (2, 2));
    assert!(let_in.is_ok());
    assert_eq!(site.asked("/token").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_was_forgotten_is_gone_for_good() {
    let site = site(200);
    let client = client(&site, refreshing());
    get(&client).await.unwrap();
    client.sign_out().await.unwrap();

    let refused = client.sign_in().await.unwrap_err();

    assert!(refused.is_authentication(), "{refused}");
    assert_eq!(site.asked("/token").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_being_fetched_is_dropped() {
    let site = site(200);
    let hangs = credentials::from_fn(std::future::pending);
    let client = client(&site, hangs);
    let call = tokio::spawn(client.get("/data").send());
    tokio::task::yield_now().await;
    let begun = tokio::time::Instant::now();

    client.sign_out().await.unwrap();
    let ended = call.await.unwrap().map(drop).unwrap_err();

    assert_eq!(ended.failure().kind(), Kind::MissingCredentials);
    assert_eq!(begun.elapsed(), std::time::Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_will_not_hear_of_it_changes_nothing_here() {
    let site = site(400);
    let client = client(&site, refreshing());
    get(&client).await.unwrap();

    let unheard = client.sign_out().await;

    assert!(unheard.is_err());
    assert_eq!(site.asked("/revoke").len(), 2, "each is tried");
    assert_eq!(get(&client).await.unwrap_err().failure().kind(), Kind::MissingCredentials);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_emptied_keeps_no_token_from_being_revoked() {
    let site = site(200);
    let nowhere = store::file("/nowhere/that/there/is/session.json");
    let lone = credentials::refresh_token_with(Rotation::DEFAULT.alone(), TOKEN, "r1", None);
    let other = credentials::refresh_token(TOKEN, "r9", None);
    let both = credentials::chain([lone.stored_in(nowhere), other]);
    let client = client(&site, both.revoked_at("https://auth.test/revoke", None));
    get(&client).await.unwrap();

    let left = client.sign_out().await;
    let refused = client.sign_in().await;

    assert!(left.is_err());
    let revoked = site.asked("/revoke");
    let revoked: Vec<_> = revoked.iter().map(|asked| asked.field("token").unwrap()).collect();
    assert_eq!(revoked, ["r2", "r9", "a1"]);
    assert!(refused.is_err(), "what was in memory is gone");
    assert_eq!(site.asked("/token").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r12_a_source_that_panics_as_it_forgets_keeps_no_token_from_being_revoked() {
    let site = site(200);
    let panicking =
        credentials::from_source(Panicking).revoked_at("https://auth.test/revoke", None);
    let client = client(&site, panicking);
    get(&client).await.unwrap();

    let left = client.sign_out().await;

    assert!(left.is_err());
    assert_eq!(site.asked("/revoke")[0].field("token"), Some("a1"));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_forgets_keeps_no_token_from_being_revoked() {
    let site = site(200);
    let hanging = credentials::from_source(Hanging).revoked_at("https://auth.test/revoke", None);
    let client = client(&site, hanging);
    get(&client).await.unwrap();

    let ended = tokio::time::timeout(secs(600), client.sign_out()).await;

    assert!(ended.unwrap().is_err());
    let revoked = site.asked("/revoke");
    let revoked: Vec<_> = revoked.iter().map(told).collect();
    assert_eq!(revoked, [("r1", "refresh_token"), ("a1", "access_token")]);
}

#[tokio::test(start_paused = true)]
async fn it_goes_on_where_its_future_is_dropped() {
    let site = site(200);
    let client = client(&site, refreshing());
    get(&client).await.unwrap();

    let none = std::time::Duration::ZERO;
    let _ = tokio::time::timeout(none, client.sign_out()).await;
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }

    assert_eq!(site.asked("/revoke").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn to_end_a_lock_out_is_no_sign_in() {
    let site = site(200);
    let client = client(&site, credentials::bearer("t0k3n"));
    client.sign_out().await.unwrap();

    client.unlock();
    let refused = get(&client).await;
    client.sign_in().await.unwrap();
    let let_in = get(&client).await;

    assert!(refused.is_err());
    assert!(let_in.is_ok());
}

#[tokio::test(start_paused = true)]
async fn without_an_endpoint_it_is_forgotten_here() {
    let site = site(200);
    let client = client(&site, credentials::refresh_token(TOKEN, "r1", None));
    get(&client).await.unwrap();

    client.sign_out().await.unwrap();

    assert_eq!(site.asked("/revoke").len(), 0);
    assert!(get(&client).await.is_err());
}

fn site(revocation: u16) -> Site {
    let tokens = r#"{"access_token":"a1","refresh_token":"r2","expires_in":3600}"#;
    Site::new(move |asked| match asked.path.as_str() {
        "/revoke" => (revocation, ""),
        "/token" => (200, tokens),
        _ => (200, "{}"),
    })
}

fn refreshing() -> Credentials {
    let auth = || Some(ClientAuth::public("app"));
    credentials::refresh_token(TOKEN, "r1", auth()).revoked_at("https://auth.test/revoke", auth())
}

#[derive(Debug)]
struct Panicking;

#[async_trait::async_trait]
impl Source for Panicking {
    async fn fetch(&self, _: &Exchange<'_>) -> Result<Token, SourceError> {
        Ok(Token::bearer("a1")?)
    }

    async fn forget(&self, _: &mut Vec<SecretString>) -> Result<(), SourceError> {
        std::panic::panic_any(())
    }
}

/// It never comes to an end with forgetting.
#[derive(Debug)]
struct Hanging;

#[async_trait::async_trait]
impl Source for Hanging {
    async fn fetch(&self, _: &Exchange<'_>) -> Result<Token, SourceError> {
        Ok(Token::bearer("a1")?)
    }

    async fn forget(&self, to_revoke: &mut Vec<SecretString>) -> Result<(), SourceError> {
        to_revoke.push("r1".into());
        std::future::pending().await
    }
}

fn told(asked: &Asked) -> (&str, &str) {
    (asked.field("token").unwrap(), asked.field("token_type_hint").unwrap())
}
