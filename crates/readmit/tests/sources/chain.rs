//! Several sources, of which the first that has a credential gives it.

use readmit::{Credentials, SourceError, Token, credentials};

use crate::site::Site;
use crate::{client, get};

#[tokio::test(start_paused = true)]
async fn the_first_source_that_has_a_credential_gives_it() {
    let site = site();
    let chain = credentials::chain([missing(), credentials::bearer("second"), missing()]);

    get(&client(&site, chain)).await.unwrap();

    assert_eq!(site.asked("/data")[0].authorization.as_deref(), Some("Bearer second"));
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_the_moment_lets_nobody_in_as_somebody_else_unless_told() {
    let site = site();
    let sources = || [down(), credentials::bearer("second")];

    let strict = get(&client(&site, credentials::chain(sources()))).await;
    let any = get(&client(&site, credentials::chain_any(sources()))).await;

    assert!(!strict.unwrap_err().is_authentication());
    assert!(any.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_chain_that_has_none_says_what_each_source_said() {
    let site = site();

    let terminal = get(&client(&site, credentials::chain([missing(), missing()]))).await;
    let passing = get(&client(&site, credentials::chain_any([down(), missing()]))).await;
    let empty = get(&client(&site, credentials::chain([]))).await;

    let terminal = terminal.unwrap_err();
    assert!(terminal.is_authentication());
    let source = std::error::Error::source(&terminal).unwrap().to_string();
    assert_eq!(source.matches("it is not set").count(), 2, "{source}");
    assert!(passing.unwrap_err().failure().is_retryable(), "one of them may pass");
    assert!(empty.unwrap_err().is_authentication());
}

fn site() -> Site {
    Site::new(|_| (200, "{}"))
}

fn missing() -> Credentials {
    credentials::from_fn(|| async { Err::<Token, _>(SourceError::terminal("it is not set")) })
}

fn down() -> Credentials {
    credentials::from_fn(|| async { Err::<Token, _>(SourceError::transient("it is down")) })
}
