//! What a sink is told of an expiry.

use std::time::Duration;

use readmit::error::event::{Event, RefreshTrigger};
use readmit_testkit::{Api, ExpiryCode, Fault};

use crate::{get, secs, watched};

#[tokio::test(start_paused = true)]
async fn an_expiry_is_told_from_its_beginning_to_its_end() {
    let api = Api::builder().expiry_code(ExpiryCode::Auth003).build();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    api.expire_access_tokens();

    get(&client).await.unwrap();

    let expires_in = Some(secs(3_600));
    assert_eq!(
        sink.events(),
        [
            Event::RefreshSucceeded {
                expires_in,
                trigger: RefreshTrigger::Proactive,
                coalesced_waiters: 1,
            },
            Event::TokenExpired { refresh_follows: true, scheme: None, age: None },
            Event::RefreshSucceeded {
                expires_in,
                trigger: RefreshTrigger::Reactive,
                coalesced_waiters: 1,
            },
            Event::RecoverySucceeded {
                authentication: true,
                strategy: "refresh".to_owned(),
                attempts: 2,
                elapsed: Duration::ZERO,
            },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_expiry_that_is_not_recovered_from_is_told_as_such() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    api.expire_access_tokens();
    api.revoke_service_key();

    get(&client).await.unwrap_err();

    let exhausted = Event::RecoveryExhausted {
        authentication: true,
        attempts: 1,
        strategies: vec!["refresh".to_owned()],
        elapsed: Duration::ZERO,
    };
    let failed = Event::RefreshFailed {
        oauth_error: Some("invalid_credentials".to_owned()),
        permanent: true,
        trigger: RefreshTrigger::Reactive,
    };
    let told = sink.events();
    assert_eq!(told.last(), Some(&exhausted));
    assert!(told.contains(&failed), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_recovery_that_worked_is_not_told_as_exhausted_for_what_failed_after_it() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    api.expire_access_tokens();

    client.get("/data_flows/no-such-flow").send().await.unwrap_err();

    let exhausted = |event: &Event| matches!(event, Event::RecoveryExhausted { .. });
    let told = sink.events();
    assert!(told.iter().any(|event| matches!(event, Event::TokenExpired { .. })), "{told:?}");
    assert!(!told.iter().any(exhausted), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_recovery_that_did_nothing_is_never_told_as_a_success() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    // The documented recovery steps report success without having done anything.
    api.fault(Fault::InvalidAccessToken).on("GET", "/data_flows").always();

    get(&client).await.unwrap_err();

    let told = sink.events();
    let succeeded = |event: &Event| matches!(event, Event::RecoverySucceeded { .. });
    assert!(!told.iter().any(succeeded), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_no_refresh_follows_is_told_so() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    api.fault(Fault::ExpiredAccessToken).on("GET", "/data_flows").always();

    get(&client).await.unwrap_err();

    let refresh_follows = |event: &Event| {
        let Event::TokenExpired { refresh_follows, .. } = event else { return None };
        Some(*refresh_follows)
    };
    let follows: Vec<_> = sink.events().iter().filter_map(refresh_follows).collect();
    assert_eq!(follows, [false]);
}
