//! A server that lets nobody in with this credential, and says what another one must have.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;
use readmit::error::Kind;
use readmit::recovery::ClientAuth;
use readmit::{Client, ClientBuilder, SourceError, Token, credentials};
use readmit_testkit::{Api, ApiService, Demand, Fault};
use serde_json::json;
use tokio::time::sleep;

use crate::{builder, client, client_with, get, secs, settle, spawn, together};

#[tokio::test(start_paused = true)]
async fn r30_the_scopes_that_the_server_names_are_asked_for() {
    let api = Api::new();
    demand(&api, Demand::Scope("flows:read".into()));
    let client = of_a_client(&api);

    let answer = get(&client).await.unwrap();
    let next = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), answer.recoveries()), (1, 1));
    assert_eq!((next.attempts(), next.recoveries()), (1, 0));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r30_a_server_that_grants_nothing_more_is_asked_once() {
    let api = Api::new();
    api.fault(insufficient_scope()).on("GET", "/data_flows").always();
    let client = of_a_client(&api);

    let first = get(&client).await.unwrap_err();
    let second = get(&client).await.unwrap_err();

    for error in [&first, &second] {
        assert!(error.is_permission());
        assert_eq!(error.demand().unwrap().scopes(), ["admin"]);
        assert!(!error.body().unwrap().is_empty());
    }
    assert_eq!((first.recoveries(), second.recoveries()), (1, 0));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r30_scopes_that_cannot_be_had_leave_the_refusal_what_it_is() {
    let api = Api::new();
    api.fault(insufficient_scope()).on("GET", "/data_flows").always();
    let client = of_a_client(&api);
    api.fault(Fault::OAuth { error: "invalid_scope".into(), description: "no".into() })
        .on("POST", "/token")
        .nth(2);

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    assert_eq!(error.demand().unwrap().scopes(), ["admin"]);
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("invalid_scope"), "{why}");
    assert_eq!(api.seen().count("GET", "/data_flows"), 1);
}

#[tokio::test(start_paused = true)]
async fn r30_a_refresh_token_is_not_presented_for_scopes_that_it_does_not_bring() {
    let api = Api::new();
    let url = "https://api.test/token/refresh";
    let client = client_with(&api, credentials::refresh_token(url, api.new_refresh_token(), None));
    api.fault(insufficient_scope()).on("GET", "/data_flows").always();

    let error = get(&client).await.unwrap_err();

    assert_eq!((error.failure().kind(), error.recoveries()), (Kind::InsufficientPermissions, 0));
    assert_eq!(api.seen().count("POST", "/token/refresh"), 1);
}

#[tokio::test(start_paused = true)]
async fn r31_claims_go_to_the_source_and_past_what_is_held() {
    let api = Api::new();
    let claims = json!({ "access_token": { "nbf": { "essential": true, "value": "7" } } });
    demand(&api, Demand::Claims(claims));
    let client = of_a_client(&api);

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), answer.recoveries()), (1, 1));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r31_many_calls_that_meet_the_same_claims_cost_one_refresh() {
    let api = Api::new();
    let client = of_a_client(&api);
    get(&client).await.unwrap();
    demand(&api, Demand::Claims(json!({ "a": 1 })));

    let outcomes = together(&client, 64).await;

    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r31_claims_that_cannot_be_read_and_a_source_that_takes_none_are_the_callers() {
    let api = Api::new();
    api.fault(challenge(401, r#"Bearer error="insufficient_claims", claims="!!""#)).once();
    let unreadable = get(&of_a_client(&api)).await.unwrap_err();
    demand(&api, Demand::Claims(json!({ "a": 1 })));
    let without = get(&client(&api)).await.unwrap_err();

    assert_eq!((unreadable.recoveries(), unreadable.demand()), (0, None));
    assert_eq!(without.recoveries(), 0);
    assert_eq!(without.demand().unwrap().claims(), Some(r#"{"a":1}"#));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r31_a_chain_asks_the_source_that_gave_the_credential_and_no_other() {
    let missing = || credentials::from_fn(|| async { Err(SourceError::terminal("it is not set")) });
    for has_first in [false, true] {
        let api = Api::new();
        let auth = ClientAuth::basic(api.client_id(), api.client_secret());
        let meets = credentials::client_credentials("https://api.test/token", auth);
        let first = if has_first { credentials::bearer(api.new_access_token()) } else { missing() };
        let chain = builder(&api).credentials(credentials::chain([first, meets]));
        let client = chain.build_over(api.service()).unwrap();
        get(&client).await.unwrap();
        demand(&api, Demand::Claims(json!({ "a": 1 })));

        let ended = get(&client).await;

        assert_eq!(ended.is_ok(), !has_first);
        assert_eq!(api.seen().token_calls(), if has_first { 0 } else { 2 });
    }
}

#[tokio::test(start_paused = true)]
async fn r32_a_step_up_without_a_hook_is_surfaced_and_refreshes_nothing() {
    let api = Api::new();
    demand(&api, step_up());

    let error = get(&client(&api)).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::StepUpRequired);
    let demand = error.demand().unwrap();
    assert_eq!((demand.acr_values(), demand.max_age()), (&["gold".to_owned()][..], Some(secs(60))));
    assert_eq!((error.recoveries(), api.seen().token_calls()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r32_a_person_is_asked_once_for_all_who_wait() {
    let api = Api::new();
    let (asked, client) = stepping(&api, Some(30));
    get(&client).await.unwrap();
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").next(64);

    let outcomes = together(&client, 64).await;

    for outcome in outcomes {
        assert_eq!(outcome.unwrap().recoveries(), 1);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r32_a_call_with_other_scopes_is_not_told_that_what_was_brought_is_its_own() {
    let api = Api::new();
    let (counted, signed_in) = (Arc::new(AtomicU32::new(0)), api.clone());
    let asked = Arc::clone(&counted);
    let auth = ClientAuth::basic(api.client_id(), api.client_secret());
    let credentials = credentials::client_credentials("https://api.test/token", auth);
    let client = builder(&api).credentials(credentials).on_step_up(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        let api = signed_in.clone();
        async move {
            sleep(secs(30)).await;
            Token::bearer(api.new_access_token()).ok()
        }
    });
    let client = client.build_over(api.service()).unwrap();
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").next(2);

    let scoped = client.get("/data_flows").requires("flows:read").send();
    let (plain, scoped) = tokio::join!(get(&client), scoped);

    assert_eq!(plain.unwrap().recoveries(), 1);
    assert_eq!(scoped.unwrap().recoveries(), 1);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    let seen = api.seen();
    let sent = seen.requests().iter().filter(|request| request.path() == "/data_flows").count();
    assert_eq!(sent, 4);
}

#[tokio::test(start_paused = true)]
async fn r27_a_step_up_that_was_met_and_is_demanded_again_gives_up_with_the_answer() {
    let api = Api::new();
    let (asked, client) = stepping(&api, Some(1));
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").always();

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::StepUpRequired);
    assert_eq!((error.recoveries(), asked.load(Ordering::Relaxed)), (1, 1));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"step up"[..]));
}

#[tokio::test(start_paused = true)]
async fn r32_who_declines_leaves_the_failure_to_the_caller() {
    let api = Api::new();
    let (asked, client) = stepping(&api, None);
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").always();

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::StepUpRequired);
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the step-up was declined");
    assert_eq!((asked.load(Ordering::Relaxed), api.seen().count("GET", "/data_flows")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn r32_what_a_person_brings_too_late_is_there_for_the_next_call() {
    let api = Api::new();
    let (asked, client) = stepping(&api, Some(90));
    get(&client).await.unwrap();
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").once();

    let late = get(&client).await.unwrap_err();
    sleep(secs(31)).await;
    let next = get(&client).await.unwrap();

    assert!(late.is_out_of_time());
    assert_eq!((next.recoveries(), asked.load(Ordering::Relaxed)), (0, 1));
    assert_eq!(api.seen().with_token(2), 1);
}

#[tokio::test(start_paused = true)]
async fn r32_what_a_person_brings_after_a_sign_out_lets_nobody_in() {
    let api = Api::new();
    let (_, client) = stepping(&api, Some(30));
    get(&client).await.unwrap();
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").once();
    let call = spawn(&client);
    settle().await;

    client.sign_out().await.unwrap();
    let unmet = call.await.unwrap().unwrap_err();
    let refused = get(&client).await.unwrap_err();

    assert_eq!(unmet.failure().kind(), Kind::StepUpRequired);
    assert_eq!(refused.failure().kind(), Kind::MissingCredentials);
    assert_eq!(api.seen().count("GET", "/data_flows"), 2);
}

#[tokio::test(start_paused = true)]
async fn r32_what_a_person_brings_is_for_nobody_who_signed_in_meanwhile() {
    let api = Api::new();
    let (asked, client) = stepping(&api, Some(30));
    get(&client).await.unwrap();
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").next(2);
    let call = spawn(&client);
    settle().await;
    client.sign_out().await.unwrap();
    client.sign_in().await.unwrap();

    let next = get(&client).await.unwrap();
    let unmet = call.await.unwrap().unwrap_err();

    assert_eq!((next.recoveries(), asked.load(Ordering::Relaxed)), (1, 2));
    assert_eq!(unmet.failure().kind(), Kind::StepUpRequired);
    // The first person's token, and the second one's: that of who is signed in.
    assert_eq!((api.seen().with_token(3), api.seen().with_token(4)), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r98_a_caller_who_leaves_takes_the_question_from_nobody() {
    let api = Api::new();
    let (asked, client) = stepping(&api, Some(30));
    get(&client).await.unwrap();
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").next(2);
    let (first, second) = (spawn(&client), spawn(&client));
    settle().await;

    first.abort();
    let answer = second.await.unwrap().unwrap();

    assert_eq!((answer.recoveries(), asked.load(Ordering::Relaxed)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn r12_a_hook_that_panics_declines() {
    let api = Api::new();
    let panicking = builder(&api).on_step_up(|demand| async move {
        assert!(demand.acr_values().is_empty(), "a panic that the test wants");
        None
    });
    let client = panicking.build_over(api.service()).unwrap();
    api.fault(challenge(401, STEP_UP)).on("GET", "/data_flows").once();

    let error = get(&client).await.unwrap_err();
    let next = get(&client).await;

    assert_eq!(error.failure().kind(), Kind::StepUpRequired);
    assert!(next.is_ok());
}

#[tokio::test(start_paused = true)]
async fn r36_a_proxy_or_a_portal_that_wants_to_know_who_calls_sets_nothing_off() {
    for status in [407, 511] {
        let api = Api::new();
        let client = client(&api);
        get(&client).await.unwrap();
        let wants = http::Response::builder().status(status);
        let wants = wants.header("proxy-authenticate", r#"Bearer error="invalid_token""#);
        api.fault(Fault::respond(wants.body("").unwrap())).on("GET", "/data_flows").once();

        let error = get(&client).await.unwrap_err();
        let next = get(&client).await.unwrap();

        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!((error.recoveries(), next.recoveries()), (0, 0), "{status}");
        assert_eq!(api.seen().token_calls(), 1, "{status}");
    }
}

/// A client that has tokens for whatever scopes and claims it asks for.
fn of_a_client(api: &Api) -> Client<ApiService> {
    let auth = ClientAuth::basic(api.client_id(), api.client_secret());
    let credentials = credentials::client_credentials("https://api.test/token", auth);
    builder(api).credentials(credentials).build_over(api.service()).unwrap()
}

/// A client whose person takes so many seconds to sign in, or declines; and how often he was asked.
fn stepping(api: &Api, seconds: Option<u64>) -> (Arc<AtomicU32>, Client<ApiService>) {
    let asked = Arc::new(AtomicU32::new(0));
    let (counted, signed_in) = (Arc::clone(&asked), api.clone());
    let client: ClientBuilder = builder(api).on_step_up(move |demand| {
        counted.fetch_add(1, Ordering::Relaxed);
        assert_eq!(demand.acr_values(), ["gold"]);
        let api = signed_in.clone();
        async move {
            sleep(secs(seconds?)).await;
            Token::bearer(api.new_access_token()).ok()
        }
    });
    (asked, client.build_over(api.service()).unwrap())
}

fn demand(api: &Api, demand: Demand) {
    api.fault(Fault::Demands(demand)).on("GET", "/data_flows").always();
}

fn step_up() -> Demand {
    Demand::StepUp { acr_values: "gold".into(), max_age: Some(secs(60)) }
}

fn insufficient_scope() -> Fault {
    challenge(403, r#"Bearer error="insufficient_scope", scope="admin""#)
}

fn challenge(status: u16, challenge: &str) -> Fault {
    let answer = http::Response::builder().status(status).header("www-authenticate", challenge);
    Fault::respond(answer.body("step up").unwrap())
}

const STEP_UP: &str = r#"Bearer error="insufficient_user_authentication", acr_values="gold""#;
