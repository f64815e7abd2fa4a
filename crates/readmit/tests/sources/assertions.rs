//! A client that states, signed, who it is.

use std::sync::atomic::{AtomicU32, Ordering};

use readmit::recovery::{Assertion, NotSigned, Signer};
use readmit::{Credentials, SourceError, credentials};

use crate::site::Site;
use crate::{TOKEN, client, get, secs};

#[tokio::test(start_paused = true)]
async fn a_statement_is_signed_anew_for_each_request_and_traded_for_a_token() {
    let site = site(200, r#"{"access_token":"a1","expires_in":60}"#);
    let robot = Assertion::new("robot@test", TOKEN);
    let client = client(&site, credentials::jwt_bearer(TOKEN, robot, Key, Some("read")));

    get(&client).await.unwrap();
    tokio::time::advance(secs(61)).await;
    get(&client).await.unwrap();

    let asked = site.asked("/token");
    let [one, other] = asked.as_slice() else { panic!("two requests: {asked:?}") };
    assert_eq!(one.field("grant_type"), Some("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    assert_eq!(one.field("scope"), Some("read"));
    assert_ne!(one.field("assertion").unwrap(), other.field("assertion").unwrap());
    assert_eq!(site.asked("/data")[0].authorization.as_deref(), Some("Bearer a1"));
}

#[tokio::test(start_paused = true)]
async fn a_statement_may_come_from_elsewhere() {
    let site = site(200, r#"{"access_token":"a1"}"#);
    let count = AtomicU32::new(0);
    let from_platform = credentials::jwt_bearer_from(TOKEN, None, move || {
        let n = count.fetch_add(1, Ordering::Relaxed);
        async move { Ok(format!("statement {n}").into()) }
    });
    let client = client(&site, from_platform);

    get(&client).await.unwrap();

    assert_eq!(site.asked("/token")[0].field("assertion"), Some("statement 0"));
}

#[tokio::test(start_paused = true)]
async fn a_client_may_say_who_it_is_by_a_statement() {
    let site = site(200, r#"{"access_token":"a1"}"#);
    let signed = credentials::client_credentials_signed(TOKEN, "reports", Key, None);
    let client = client(&site, signed);

    get(&client).await.unwrap();

    let asked = &site.asked("/token")[0];
    assert_eq!(asked.field("grant_type"), Some("client_credentials"));
    assert_eq!(asked.field("client_id"), Some("reports"));
    assert_eq!(asked.field("client_assertion").unwrap().split('.').count(), 3);
    assert_eq!(asked.authorization, None);
}

#[tokio::test(start_paused = true)]
async fn a_statement_is_not_sent_twice() {
    let site = site(503, "");
    let robot = Assertion::new("robot@test", TOKEN);
    let client = client(&site, credentials::jwt_bearer(TOKEN, robot, Key, None));

    let error = get(&client).await.unwrap_err();

    assert!(!error.is_authentication(), "{error}");
    let asked = site.asked("/token");
    let mut sent: Vec<_> = asked.iter().map(|asked| asked.field("assertion").unwrap()).collect();
    sent.sort_unstable();
    sent.dedup();
    assert_eq!(sent.len(), asked.len());
}

#[tokio::test(start_paused = true)]
async fn a_moment_of_trouble_is_tried_again_with_another_statement() {
    let robot = || Assertion::new("robot@test", TOKEN);
    let stated = [
        credentials::jwt_bearer(TOKEN, robot(), Key, None),
        credentials::client_credentials_signed(TOKEN, "reports", Key, None),
    ];
    for credentials in stated {
        let count = AtomicU32::new(0);
        let site = Site::new(move |asked| match asked.path.as_str() {
            "/token" if count.fetch_add(1, Ordering::Relaxed) == 0 => (503, ""),
            "/token" => (200, r#"{"access_token":"a1"}"#),
            _ => (200, "{}"),
        });

        get(&client(&site, credentials)).await.unwrap();

        assert_eq!(site.asked("/token").len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn the_only_statement_that_there_is_is_not_tried_again() {
    let site = site(503, "");
    let the_same = credentials::jwt_bearer_from(TOKEN, None, || async { Ok("one".into()) });

    let error = get(&client(&site, the_same)).await.unwrap_err();

    assert!(!error.is_authentication(), "{error}");
    assert_eq!(site.asked("/token").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_cannot_sign_asks_nobody() {
    let site = site(200, r#"{"access_token":"a1"}"#);
    let robot = || Assertion::new("robot@test", TOKEN);
    let none_made = || async { Err(SourceError::terminal("the platform wrote no token")) };
    let unsigned: [Credentials; 2] = [
        credentials::jwt_bearer(TOKEN, robot(), Unplugged, None),
        credentials::jwt_bearer_from(TOKEN, None, none_made),
    ];

    for credentials in unsigned {
        let error = get(&client(&site, credentials)).await.unwrap_err();

        assert!(error.is_authentication(), "{error}");
    }
    assert_eq!(site.asked("/token").len(), 0);
}

fn site(status: u16, token: &'static str) -> Site {
    Site::new(move |asked| match asked.path.as_str() {
        "/token" => (status, token),
        _ => (200, "{}"),
    })
}

#[derive(Debug)]
struct Key;

impl Signer for Key {
    fn algorithm(&self) -> &str {
        "RS256"
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, NotSigned> {
        Ok(vec![1; 256])
    }
}

#[derive(Debug)]
struct Unplugged;

impl Signer for Unplugged {
    fn algorithm(&self) -> &str {
        "RS256"
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, NotSigned> {
        Err(NotSigned::new("the module is not plugged in"))
    }
}
