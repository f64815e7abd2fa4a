//! A credential that is rejected again and again.

use readmit::credentials;
use readmit::error::Kind;
use readmit::error::event::Event;
use readmit_testkit::{Api, Fault};

use crate::{client_with, get, secs, watched};

#[tokio::test(start_paused = true)]
async fn r66_a_credential_that_cannot_be_renewed_is_locked_out_until_a_person_says_so() {
    let api = Api::new();
    let client = client_with(&api, credentials::bearer("wrong"));
    for _ in 0..3 {
        let error = get(&client).await.unwrap_err();
        assert_eq!(error.failure().code(), Some("AUTH_001"));
        assert_eq!((error.attempts(), error.recoveries()), (1, 0));
    }

    let locked = get(&client).await.unwrap_err();
    let sent = api.seen().requests().len();
    client.unlock();
    let unlocked = get(&client).await.unwrap_err();

    assert_eq!(locked.failure().kind(), Kind::LockedOut);
    assert!(locked.is_rejected() && locked.is_authentication());
    assert_eq!((locked.attempts(), sent), (0, 3));
    assert_eq!(unlocked.failure().code(), Some("AUTH_001"));
    assert_eq!(api.seen().requests().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn r66_only_rejections_in_a_row_lock_a_credential_out() {
    let api = Api::new();
    let client = client_with(&api, credentials::bearer(api.new_access_token()));

    for _ in 0..10 {
        api.fault(Fault::InvalidAccessToken).next(2);
        get(&client).await.unwrap_err();
        get(&client).await.unwrap_err();
        get(&client).await.unwrap();
    }

    assert_eq!(api.seen().requests().len(), 30);
}

#[tokio::test(start_paused = true)]
async fn r66_each_rejection_in_a_row_is_told_with_its_number() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    api.fault(Fault::InvalidAccessToken).on("GET", "/data_flows").always();

    for _ in 0..4 {
        get(&client).await.unwrap_err();
        tokio::time::advance(secs(11)).await;
    }

    let number = |event: &Event| {
        let Event::CredentialsRejected { consecutive, .. } = event else { return None };
        Some(*consecutive)
    };
    let told: Vec<_> = sink.events().iter().filter_map(number).collect();
    assert_eq!(told, [1, 2, 2, 3]);
    assert_eq!(get(&client).await.unwrap_err().failure().kind(), Kind::LockedOut);
}
