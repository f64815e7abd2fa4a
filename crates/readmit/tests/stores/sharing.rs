//! Clients that share a store.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use http::Response;
use readmit::error::Kind;
use readmit::recovery::Record;
use readmit::store::{self, Store, StoreError, StoreLock, Swap};
use readmit::{BuildError, Client, credentials};
use readmit_testkit::{Api, Demand, Fault};
use secrecy::SecretString;
use serde_json::json;

use crate::{
    URL, client, get, later, put, record, refresh_token_in, refreshes, refused, signed_in, started,
    strict,
};

#[tokio::test(start_paused = true)]
async fn a_token_that_is_good_at_the_next_start_costs_no_request() {
    let api = Api::new();
    let store = store::memory();
    get(&signed_in(&api, store.clone())).await.unwrap();

    get(&started(&api, store.clone())).await.unwrap();
    get(&signed_in(&api, store)).await.unwrap();

    assert_eq!(refreshes(&api), 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_has_expired_by_the_next_start_is_not_used() {
    let api = Api::new();
    let store = store::memory();
    get(&signed_in(&api, store.clone())).await.unwrap();
    later(2 * 60 * 60).await;

    get(&started(&api, store)).await.unwrap();

    assert_eq!((refreshes(&api), api.seen().count("GET", "/data_flows")), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn r28_a_stored_token_that_is_rejected_at_once_is_replaced() {
    let api = Api::new();
    let store = store::memory();
    get(&signed_in(&api, store.clone())).await.unwrap();
    api.revoke_access_tokens();

    get(&started(&api, store)).await.unwrap();

    assert_eq!(refreshes(&api), 2);
}

#[tokio::test(start_paused = true)]
async fn r21_clients_that_share_a_store_refresh_once_for_all() {
    let api = Api::new();
    let store = store::memory();
    let clients: Vec<_> = (0..8).map(|_| signed_in(&api, store.clone())).collect();

    for _ in 0..10 {
        let calls: Vec<_> =
            clients.iter().map(|client| tokio::spawn(client.get("/data_flows").send())).collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        api.expire_access_tokens();
    }

    assert_eq!((refreshes(&api), refused(&api)), (10, 0));
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r21_whoever_does_not_get_the_lock_in_time_reads_and_does_not_refresh() {
    let api = Api::new();
    let store = store::memory();
    let client = signed_in(&api, store.clone());
    let lock = store.lock(std::time::Duration::ZERO).await.unwrap();

    let error = get(&client).await.unwrap_err();
    let while_locked = refreshes(&api);
    drop(lock);
    later(10).await;
    get(&client).await.unwrap();

    assert!(!error.is_authentication(), "{error}");
    assert_eq!((while_locked, refreshes(&api)), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r22_a_token_that_was_replaced_meanwhile_is_not_the_end() {
    let api = Api::new();
    let store = store::memory();
    let client = signed_in(&api, store.clone());
    let hold = api.hold_on("POST", "/token/refresh");
    let call = tokio::spawn(client.get("/data_flows").send());
    hold.wait_for(1).await;

    api.revoke_refresh_tokens();
    put(&store, 7, &api.new_refresh_token()).await;
    hold.release();

    call.await.unwrap().unwrap();
    assert_eq!((refreshes(&api), refused(&api)), (2, 1));
    assert!(store.load().await.unwrap().is_some_and(|record| 7 < record.epoch()));
}

#[tokio::test(start_paused = true)]
async fn r22_a_token_that_is_refused_goes_and_a_person_has_to_sign_in() {
    let api = Api::new();
    let store = store::memory();
    let client = signed_in(&api, store.clone());
    api.revoke_refresh_tokens();

    let error = get(&client).await.unwrap_err();

    assert!(error.is_authentication(), "{error}");
    assert_eq!(refresh_token_in(&store).await, None);
}

#[tokio::test(start_paused = true)]
async fn r22_what_a_person_brings_is_tried_where_what_is_stored_is_refused() {
    let api = Api::new();
    let store = store::memory();
    put(&store, 7, "of a session that has ended").await;

    get(&signed_in(&api, store.clone())).await.unwrap();
    get(&started(&api, store)).await.unwrap();

    assert_eq!((refreshes(&api), refused(&api)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r23_what_may_be_spent_is_known_to_the_next_start_and_not_presented() {
    let api = Api::new();
    let store = store::memory();
    let client = strict(&api, store.clone());
    api.fault(Fault::LostAnswer).on("POST", "/token/refresh").once();
    get(&client).await.unwrap_err();
    later(10).await;

    let here = get(&client).await.unwrap_err();
    let there = get(&strict(&api, store.clone())).await.unwrap_err();

    assert_eq!(here.failure().kind(), Kind::OutcomeUnknown);
    assert_eq!(there.failure().kind(), Kind::OutcomeUnknown);
    assert_eq!((refreshes(&api), refused(&api)), (1, 0));
    assert!(store.load().await.unwrap().unwrap().is_in_doubt());
}

#[tokio::test(start_paused = true)]
async fn r23_whoever_signs_in_anew_ends_the_doubt_for_everybody() {
    let api = Api::new();
    let store = store::memory();
    let (one, other) = (strict(&api, store.clone()), strict(&api, store.clone()));
    for client in [&one, &other] {
        get(client).await.unwrap();
    }
    api.expire_access_tokens();
    api.fault(Fault::LostAnswer).on("POST", "/token/refresh").once();
    for client in [&one, &other] {
        get(client).await.unwrap_err();
    }

    store::sign_in(&store, api.new_refresh_token()).await.unwrap();
    later(10).await;

    for client in [&one, &other] {
        get(client).await.unwrap();
    }
    assert_eq!((refreshes(&api), refused(&api)), (3, 0));
}

#[tokio::test]
async fn r22_in_memory_too_only_what_is_expected_is_written_over_or_deleted() {
    let store = store::memory();
    let lock = store.lock(Duration::ZERO).await.unwrap().unwrap();
    put(&store, 4, "r4").await;

    let stale = store.write(&lock, &record(4, "mine"), Some(3)).await.unwrap();
    let first = store.write(&lock, &record(1, "mine"), None).await.unwrap();
    let others = store.delete(&lock, &"r3".into()).await.unwrap();
    let kept = refresh_token_in(&store).await;
    let its = store.delete(&lock, &"r4".into()).await.unwrap();

    assert_eq!([stale, first, others], [Swap::Conflicted; 3]);
    assert_eq!((kept.as_deref(), its), (Some("r4"), Swap::Done));
    assert!(store.load().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn r22_whoever_signs_out_ends_the_session_for_everybody() {
    let api = Api::new();
    let store = store::memory();
    let (one, other) = (signed_in(&api, store.clone()), started(&api, store.clone()));
    for client in [&one, &other] {
        get(client).await.unwrap();
    }

    one.sign_out().await.unwrap();
    api.expire_access_tokens();
    let error = get(&other).await.unwrap_err();

    assert!(error.is_authentication(), "{error}");
    assert_eq!((refreshes(&api), refresh_token_in(&store).await), (1, None));
    store::sign_in(&store, api.new_refresh_token()).await.unwrap();
    later(10).await;
    get(&other).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r66_rejected_tokens_lock_out_though_other_processes_got_them() {
    let api = Api::new();
    let client = started(&api, AlwaysAhead::default());

    for _ in 0..2 {
        get(&client).await.unwrap_err();
    }
    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::LockedOut);
    assert_eq!(api.seen().count("GET", "/data_flows"), 3);
}

#[tokio::test(start_paused = true)]
async fn r24_two_refreshes_that_met_are_told_apart_from_a_bad_request() {
    let api = Api::new();
    let store = store::memory();
    let client = signed_in(&api, store);
    let met = r#"{"error": "invalid_request", "error_description": "Please retry the request."}"#;
    let met = Response::builder().status(400).header("content-type", "application/json").body(met);
    api.fault(Fault::respond(met.unwrap())).on("POST", "/token/refresh").once();

    get(&client).await.unwrap();

    assert_eq!(refreshes(&api), 2);
}

#[tokio::test(start_paused = true)]
async fn r25_a_server_that_is_down_takes_nothing_out_of_the_store() {
    let api = Api::new();
    let store = store::memory();
    let client = signed_in(&api, store.clone());
    api.fault(Fault::InternalError).on("POST", "/token/refresh").once();

    get(&client).await.unwrap_err();
    let kept = store.load().await.unwrap().unwrap();
    later(10).await;
    get(&client).await.unwrap();

    assert!(kept.refresh_token().is_some() && !kept.is_in_doubt());
    assert_eq!(refused(&api), 0);
}

#[tokio::test(start_paused = true)]
async fn without_a_session_in_the_store_a_person_has_to_sign_in() {
    let api = Api::new();
    let store = store::memory();
    let client = started(&api, store.clone());

    let error = get(&client).await.unwrap_err();
    put(&store, 1, &api.new_refresh_token()).await;
    later(10).await;
    get(&client).await.unwrap();

    assert!(error.is_authentication(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_access_token_that_anybody_can_fetch_is_kept_for_the_next_start() {
    let api = Api::new();
    let store = store::memory();
    let start = || {
        let key = credentials::service_key("https://api.test/token", api.service_key());
        client(&api, key.stored_in(store.clone()))
    };

    let first = start();
    get(&first).await.unwrap();
    get(&start()).await.unwrap();
    let at_the_start = api.seen().token_calls();
    api.expire_access_tokens();
    get(&first).await.unwrap();
    get(&start()).await.unwrap();
    let after_expiry = api.seen().token_calls();

    assert_eq!((at_the_start, after_expiry), (1, 2));
}

#[test]
fn what_is_not_fetched_cannot_be_stored() {
    let token = credentials::bearer("t").stored_in(store::memory());

    let built =
        Client::builder("https://api.test").credentials(token).build_over(Api::new().service());

    assert!(matches!(built, Err(BuildError::NothingToStore)));
}

#[tokio::test(start_paused = true)]
async fn r19_a_token_that_is_not_replaced_is_kept_in_the_store() {
    let api = Api::builder().keep_refresh_tokens().build();
    let store = store::memory();
    let token = api.new_refresh_token();
    let session = credentials::refresh_token(URL, token.clone(), None).stored_in(store.clone());

    get(&client(&api, session)).await.unwrap();

    assert_eq!(refresh_token_in(&store).await, Some(token));
}

#[tokio::test(start_paused = true)]
async fn r31_what_another_process_renewed_is_no_answer_to_what_was_demanded() {
    let api = Api::new();
    let store = store::memory();
    let client = signed_in(&api, store.clone());
    get(&client).await.unwrap();
    let (access, refresh) = (api.new_access_token(), api.new_refresh_token());
    let another = format!(
        r#"{{"version":1,"epoch":9,"access_token":"{access}","refresh_token":"{refresh}"}}"#
    );
    let found = store.load().await.unwrap().map(|found| found.epoch());
    let another = Record::read(another.as_bytes()).unwrap();
    let _ = store.write(&StoreLock::new(()), &another, found).await.unwrap();
    api.fault(Fault::Demands(Demand::Claims(json!({ "a": 1 })))).on("GET", "/data_flows").always();

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.recoveries(), refreshes(&api)), (1, 2));
}

/// A store in which another process has another token each time, which no server takes.
#[derive(Debug, Default)]
struct AlwaysAhead(AtomicU64);

#[async_trait]
impl Store for AlwaysAhead {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        let n = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let json =
            format!(r#"{{"version":1,"epoch":{n},"access_token":"a{n}","refresh_token":"r{n}"}}"#);
        Ok(Some(Record::read(json.as_bytes())?))
    }

    async fn lock(&self, _: Duration) -> Result<Option<StoreLock>, StoreError> {
        Ok(Some(StoreLock::new(())))
    }

    async fn write(&self, _: &StoreLock, _: &Record, _: Option<u64>) -> Result<Swap, StoreError> {
        Ok(Swap::Conflicted)
    }

    async fn delete(&self, _: &StoreLock, _: &SecretString) -> Result<Swap, StoreError> {
        Ok(Swap::Conflicted)
    }
}
