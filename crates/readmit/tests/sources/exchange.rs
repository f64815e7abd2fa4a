//! One token traded for another.

use readmit::recovery::{ClientAuth, TokenExchange};
use readmit::{SourceError, Token, credentials};

use crate::site::Site;
use crate::{TOKEN, client, get};

#[tokio::test(start_paused = true)]
async fn a_token_of_another_source_is_traded_for_one_that_the_api_takes() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/subject" => (200, r#"{"access_token":"mine","expires_in":60}"#),
        "/token" => (200, r#"{"access_token":"theirs","expires_in":60}"#),
        _ => (200, "{}"),
    });
    let me = credentials::client_credentials(
        "https://auth.test/subject",
        ClientAuth::basic("gateway", "s3cret"),
    );
    let auth = Some(ClientAuth::body("gateway", "s3cret"));
    let traded = credentials::token_exchange(TOKEN, auth, me, |token| {
        TokenExchange::access_token(token).audience("reports")
    });
    let client = client(&site, traded);

    get(&client).await.unwrap();

    let asked = &site.asked("/token")[0];
    assert_eq!(asked.field("subject_token"), Some("mine"));
    assert_eq!(asked.field("audience"), Some("reports"));
    assert_eq!(asked.field("client_id"), Some("gateway"));
    assert_eq!(site.asked("/data")[0].authorization.as_deref(), Some("Bearer theirs"));
}

#[tokio::test(start_paused = true)]
async fn a_fixed_token_can_be_traded_too() {
    let site = Site::new(|_| (200, r#"{"access_token":"theirs"}"#));
    let trade = |token| TokenExchange::jwt(token);
    let traded = credentials::token_exchange(TOKEN, None, credentials::bearer("mine"), trade);

    get(&client(&site, traded)).await.unwrap();

    assert_eq!(site.asked("/token")[0].field("subject_token"), Some("mine"));
}

#[tokio::test(start_paused = true)]
async fn without_a_subject_nothing_is_traded() {
    let site = Site::new(|_| (200, r#"{"access_token":"theirs"}"#));
    let nobody =
        credentials::from_fn(|| async { Err::<Token, _>(SourceError::terminal("nobody is here")) });
    let traded = credentials::token_exchange(TOKEN, None, nobody, TokenExchange::jwt);

    let error = get(&client(&site, traded)).await.unwrap_err();

    assert!(error.is_authentication(), "{error}");
    assert_eq!(site.asked("/token").len(), 0);
}
