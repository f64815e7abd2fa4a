//! The credential, lent to what the client does not send itself.

use std::time::Duration;

use readmit::error::Kind;
use readmit::{Client, credentials};
use readmit_testkit::Api;

use crate::{builder, client, client_with, get, secs};

#[tokio::test(start_paused = true)]
async fn r1_whoever_borrows_and_whoever_calls_share_one_refresh() {
    let api = Api::new();
    let client = client(&api);

    let (borrowed, called) = tokio::join!(client.credential(), get(&client));

    called.unwrap();
    let borrowed = borrowed.unwrap();
    let again = client.credential().await.unwrap();
    assert_eq!(again.value(), borrowed.value());
    assert_eq!(again.name(), "authorization");
    assert!(again.value().is_sensitive() && !again.needs_proof());
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r2_a_rejected_one_is_replaced_once_for_all_who_had_it() {
    let api = Api::new();
    let client = client(&api);
    let rejected = client.credential().await.unwrap();
    client.accepted(&rejected);

    let (one, other) = tokio::join!(client.recover(&rejected), client.recover(&rejected));
    let late = client.recover(&rejected).await.unwrap();

    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(rejected.generation() < one.generation());
    assert_eq!([one.generation(), one.generation()], [other.generation(), late.generation()]);
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r5_who_drops_the_future_does_not_drop_the_refresh() {
    let api = Api::new();
    let client = client(&api);
    let hold = api.hold_on("POST", "/token");

    let impatient = tokio::time::timeout(secs(1), client.credential()).await;
    hold.release();
    let patient = client.credential().await;

    assert!(impatient.is_err() && patient.is_ok());
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r16_what_has_expired_is_not_lent() {
    let api = Api::new();
    let client = client(&api);
    let first = client.credential().await.unwrap();
    let left = first.expires_at().unwrap().duration_since(api.clock().wall()).unwrap();

    tokio::time::advance(left).await;
    let next = client.credential().await.unwrap();

    assert_eq!(left, secs(3_600));
    assert!(first.generation() < next.generation());
}

#[tokio::test(start_paused = true)]
async fn r28_one_that_nobody_accepted_is_not_replaced_while_it_is_fresh() {
    let api = Api::new();
    let client = client(&api);
    let fresh = client.credential().await.unwrap();

    let refused = client.recover(&fresh).await.unwrap_err();

    assert_eq!(refused.failure().kind(), Kind::InvalidCredentials);
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r66_the_only_one_is_locked_out_after_three_rejections() {
    let api = Api::new();
    let client = client_with(&api, credentials::bearer("s3cret"));
    let only = client.credential().await.unwrap();

    for _ in 0..3 {
        let refused = client.recover(&only).await.unwrap_err();
        assert_eq!(refused.failure().kind(), Kind::MissingCredentials);
    }
    let locked_out = client.credential().await.unwrap_err();
    client.unlock();

    assert_eq!(locked_out.failure().kind(), Kind::LockedOut);
    assert!(client.credential().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn where_there_is_none_the_error_says_so() {
    let api = Api::new();
    let without = Client::builder("https://api.test").build_over(api.service()).unwrap();
    let signed_out = client(&api);
    signed_out.sign_out().await.unwrap();
    let refused = client(&api);
    api.revoke_service_key();

    let without = without.credential().await.unwrap_err();
    let signed_out = signed_out.credential().await.unwrap_err();
    let refused = refused.credential().await.unwrap_err();

    assert_eq!(without.failure().kind(), Kind::MissingCredentials);
    assert_eq!(signed_out.failure().kind(), Kind::MissingCredentials);
    assert_eq!(refused.failure().code(), Some("AUTH_002"));
}

#[tokio::test(start_paused = true)]
async fn the_same_draws_refresh_at_the_same_moment() {
    let mut moments = Vec::new();
    for seed in [1, 1, 2] {
        let api = Api::new();
        let client = builder(&api).draws(readmit::Draws::seeded(seed));
        let client = client.build_over(api.service()).unwrap();
        client.credential().await.unwrap();
        let mut waited = Duration::ZERO;
        while api.seen().token_calls() == 1 {
            tokio::time::advance(secs(1)).await;
            waited += secs(1);
            client.credential().await.unwrap();
            crate::settle().await;
        }
        moments.push(waited);
    }

    assert_eq!(moments[0], moments[1]);
    assert_ne!(moments[0], moments[2]);
}
