//! Tokens for the scopes that a request requires.

use std::sync::atomic::{AtomicU32, Ordering};

use readmit::error::Kind;
use readmit::recovery::ClientAuth;
use readmit::{Client, Error, Exchange, Source, SourceError, Token, credentials};

use crate::site::Site;
use crate::{TOKEN, client, secs};

#[tokio::test(start_paused = true)]
async fn r01_each_set_of_scopes_has_one_token_whatever_its_order() {
    let site = echoing();
    let auth = ClientAuth::basic("reports", "s3cret");
    let client = client(&site, credentials::client_credentials_for(TOKEN, auth, "read"));

    for scopes in ["", "read", "write", "write read", "admin write", "write admin", "write"] {
        requiring(&client, scopes).await.unwrap();
    }

    let asked = site.asked("/token");
    let asked: Vec<_> = asked.iter().map(|asked| asked.field("scope").unwrap()).collect();
    assert_eq!(asked, ["read", "read write", "admin read write"]);
    let sent = site.asked("/data");
    let sent: Vec<_> = sent.iter().map(|sent| sent.authorization.clone().unwrap()).collect();
    assert_eq!(sent[0], "Bearer read");
    assert_eq!(sent[3], "Bearer read.write");
    assert_eq!(sent[5], "Bearer admin.read.write");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_known_to_lack_a_scope_is_not_sent() {
    let site = echoing();
    let fixed = || async { Ok(Token::bearer("t0k3n")?.scope("read")) };
    let client = client(&site, credentials::from_fn(fixed));

    let lacking = requiring(&client, "read write").await.unwrap_err();
    let enough = requiring(&client, "read").await;

    assert_eq!(lacking.failure().kind(), Kind::InsufficientPermissions);
    assert_eq!(lacking.failure().denied().scopes, ["write"]);
    assert_eq!(lacking.attempts(), 0);
    assert!(enough.is_ok());
    assert_eq!(site.asked("/data").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_grants_less_is_believed() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/token" => (200, r#"{"access_token":"a1","scope":"read"}"#),
        _ => (200, "{}"),
    });
    let auth = ClientAuth::basic("reports", "s3cret");
    let client = client(&site, credentials::client_credentials(TOKEN, auth));

    for _ in 0..3 {
        let lacking = requiring(&client, "write").await.unwrap_err();

        assert_eq!(lacking.failure().kind(), Kind::InsufficientPermissions);
    }
    assert_eq!(site.asked("/token").len(), 1);
    assert_eq!(site.asked("/data").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn where_nobody_knows_what_a_token_is_good_for_the_server_says() {
    let site = echoing();
    let client = client(&site, credentials::bearer("t0k3n"));

    assert!(requiring(&client, "write").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn r02_a_rejected_token_is_replaced_by_one_with_the_same_scopes() {
    let issued = AtomicU32::new(0);
    let site = Site::new(move |asked| match asked.path.as_str() {
        "/token" => {
            let n = issued.fetch_add(1, Ordering::Relaxed);
            (200, format!(r#"{{"access_token":"a{n}"}}"#))
        }
        _ if asked.authorization.as_deref() == Some("Bearer a1") => (401, "{}".to_owned()),
        _ => (200, "{}".to_owned()),
    });
    let auth = ClientAuth::basic("reports", "s3cret");
    let client = client(&site, credentials::client_credentials(TOKEN, auth));
    requiring(&client, "").await.unwrap();
    requiring(&client, "read").await.unwrap_err();
    tokio::time::advance(secs(11)).await;

    let recovered = requiring(&client, "read").await;

    assert!(recovered.is_ok());
    let asked = site.asked("/token");
    let asked: Vec<_> = asked.iter().map(|asked| asked.field("scope")).collect();
    assert_eq!(asked, [None, Some("read"), Some("read")]);
}

#[tokio::test(start_paused = true)]
async fn r07_a_token_that_is_long_in_coming_holds_up_no_other() {
    let site = echoing();
    let client = client(&site, credentials::from_source(Slow));
    let slow = tokio::spawn(client.get("/data").requires("slow").send());
    tokio::task::yield_now().await;
    let begun = tokio::time::Instant::now();

    let quick = requiring(&client, "").await;

    assert!(quick.is_ok());
    assert_eq!(begun.elapsed(), secs(0));
    assert!(slow.await.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn the_sets_are_bounded() {
    let site = echoing();
    let auth = ClientAuth::basic("reports", "s3cret");
    let client = client(&site, credentials::client_credentials(TOKEN, auth));
    for n in 0..65 {
        requiring(&client, &format!("scope{n}")).await.unwrap();
    }

    requiring(&client, "scope64").await.unwrap();
    let kept = site.asked("/token").len();
    requiring(&client, "scope0").await.unwrap();

    assert_eq!(kept, 65);
    assert_eq!(site.asked("/token").len(), 66);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_a_scope_is_not_asked_for() {
    let site = echoing();
    let client = client(&site, credentials::bearer("t0k3n"));

    for unfit in ["a\nb", "a\"b", "é"] {
        let error = requiring(&client, unfit).await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::MalformedRequest, "{unfit:?}");
    }
}

/// A source that never has a token for other scopes than its own.
#[derive(Debug)]
struct Slow;

#[async_trait::async_trait]
impl Source for Slow {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        if !exchange.scopes().is_empty() {
            std::future::pending::<()>().await;
        }
        Ok(Token::bearer("t0k3n")?)
    }

    fn scope(&self) -> Option<&str> {
        Some("")
    }
}

async fn requiring(client: &Client<Site>, scopes: &str) -> Result<(), Error> {
    client.get("/data").requires(scopes).send().await.map(drop)
}

/// Gives tokens that are named after what was asked for.
fn echoing() -> Site {
    Site::new(|asked| match asked.path.as_str() {
        "/token" => {
            let name = asked.field("scope").unwrap_or("none").replace(' ', ".");
            (200, format!(r#"{{"access_token":"{name}"}}"#))
        }
        _ => (200, "{}".to_owned()),
    })
}
