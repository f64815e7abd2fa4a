//! How long a token is used, and when it is replaced before anybody must wait for it.

use std::time::SystemTime;

use http::StatusCode;
use readmit::credentials;
use readmit::error::event::{Event, RefreshTrigger};
use readmit::recovery::{Assertion, ClientAuth, NotSigned, Signer};
use readmit::retry::Policy;
use readmit_testkit::{Api, Fault, Skew};
use tokio::time::Instant;

use crate::clock::AheadOfTokio;
use crate::recorder::Recorder;
use crate::{answered, builder, client, client_with, get, secs, settle, together, watched};

#[tokio::test(start_paused = true)]
async fn r9_a_refresh_that_fails_early_fails_no_call() {
    let api = Api::new();
    let sink = Recorder::default();
    let client =
        builder(&api).retry(Policy::never()).sink(sink.clone()).build_over(api.service()).unwrap();
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_300)).await;
    api.fault(Fault::InternalError).on("POST", "/token").always();

    for _ in 0..29 {
        get(&client).await.unwrap();
        settle().await;
        tokio::time::advance(secs(10)).await;
    }

    // The rests double from a second on, so that 290 of them hold nine at most.
    let failed = api.seen().token_calls() - 1;
    assert!((5..=10).contains(&failed), "{failed}");
    let early = |event: &&Event| {
        let trigger = RefreshTrigger::Proactive;
        matches!(event, Event::RefreshFailed { permanent: false, trigger: t, .. } if *t == trigger)
    };
    assert_eq!(sink.events().iter().filter(early).count(), failed);
}

#[tokio::test(start_paused = true)]
async fn r9_in_the_last_minute_a_refresh_that_hangs_gives_way_to_what_is_still_good() {
    let api = Api::new();
    let client = client(&api);
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_545)).await;
    api.fault(Fault::Hang).on("POST", "/token").always();
    let began = Instant::now();

    let answers = together(&client, 8).await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(began.elapsed(), secs(30));
    assert_eq!((api.seen().token_calls(), api.seen().with_token(1)), (2, 1 + 8));
}

#[tokio::test(start_paused = true)]
async fn r51_an_absolute_end_is_read_by_the_clock_of_who_told_it() {
    let api = Api::builder().skew(Skew::Ahead(secs(3_600))).build();
    let client = client(&api);
    let told = api.clock().wall() + secs(3_600 + 600);
    let told = told.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let (token, end) = (api.new_access_token(), told.to_string());
    let answer = serde_json::json!({ "access_token": token, "expires_at": end }).to_string();
    api.fault(Fault::respond(http::Response::new(answer))).on("POST", "/token").once();

    get(&client).await.unwrap();
    tokio::time::advance(secs(620)).await;
    get(&client).await.unwrap();

    // By the local clock it would have had an hour left.
    assert_eq!(api.seen().token_calls(), 2);
    assert_eq!(api.seen().with_token(2), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_near_its_end_is_replaced_beside_the_call_and_nobody_waits() {
    let api = Api::new();
    let (sink, client) = watched(&api);
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_000)).await;
    let hold = api.hold_on("POST", "/token");

    let answers = together(&client, 16).await;
    hold.wait_for(1).await;
    let replaced = api.tokens_issued();
    hold.release();
    settle().await;
    get(&client).await.unwrap();

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!((replaced, api.seen().with_token(1), api.seen().with_token(2)), (1, 17, 1));
    let trigger = |event: &Event| {
        let Event::RefreshSucceeded { trigger, .. } = event else { return None };
        Some(*trigger)
    };
    let triggers: Vec<_> = sink.events().iter().filter_map(trigger).collect();
    assert_eq!(triggers, [RefreshTrigger::Proactive; 2]);
}

#[tokio::test(start_paused = true)]
async fn r14_a_short_lived_token_is_not_refreshed_on_every_call() {
    let api = Api::builder().token_lifetime(secs(60)).build();
    let client = client(&api);

    for _ in 0..600 {
        get(&client).await.unwrap();
        settle().await;
        tokio::time::advance(secs(1)).await;
    }

    // Each is replaced from the 30th second on, and by the 38th at the latest.
    let issued = api.tokens_issued();
    assert!((15..=20).contains(&issued), "{issued}");
    assert_eq!(answered(&api, StatusCode::UNAUTHORIZED), 0);
}

#[tokio::test(start_paused = true)]
async fn r15_a_token_of_unknown_lifetime_is_used_until_it_is_refused() {
    let api = Api::builder().announced_lifetime(serde_json::Value::Null).build();
    let client = client(&api);
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_599)).await;
    get(&client).await.unwrap();
    let token_calls = api.seen().token_calls();
    tokio::time::advance(secs(1)).await;

    let answer = get(&client).await.unwrap();

    assert_eq!((token_calls, answer.recoveries()), (1, 1));
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r16_a_machine_that_slept_refreshes_before_it_calls() {
    let api = Api::new();
    let clock = AheadOfTokio::new(&api);
    let client = builder(&api).clock(clock.clone()).build_over(api.service()).unwrap();
    get(&client).await.unwrap();
    api.expire_access_tokens();

    // The monotonic clock stood still meanwhile.
    clock.wall_ahead_by(secs(7_200));
    let answer = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), answer.recoveries()), (1, 0));
    assert_eq!(answered(&api, StatusCode::UNAUTHORIZED), 0);
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn client_credentials_are_fetched_again_when_they_expire() {
    let api = Api::new();
    let auth = ClientAuth::basic(api.client_id(), api.client_secret());
    let url = "https://api.test/token";
    let client = client_with(&api, credentials::client_credentials(url, auth));
    get(&client).await.unwrap();
    api.revoke_access_tokens();

    let answer = get(&client).await.unwrap();

    assert_eq!(answer.recoveries(), 1);
    assert_eq!(api.seen().token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r51_a_statement_is_dated_by_the_clock_of_who_reads_it() {
    for skew in [Skew::Ahead(secs(1_800)), Skew::Behind(secs(1_800))] {
        let api = Api::builder().skew(skew).build();
        let robot = Assertion::new("robot", "https://api.test/token");
        let key = credentials::jwt_bearer("https://api.test/token", robot, Unread, None);
        let client = client_with(&api, key);

        get(&client).await.unwrap();
        let first = api.seen().token_calls();
        tokio::time::advance(secs(3_601)).await;
        get(&client).await.unwrap();

        // What the first refusal told is still known at the next renewal.
        assert_eq!((first, api.seen().token_calls()), (2, 3), "{skew:?}");
    }
}

/// The testkit reads the dates of a statement, not its signature.
#[derive(Debug)]
struct Unread;

impl Signer for Unread {
    fn algorithm(&self) -> &str {
        "ES256"
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, NotSigned> {
        Ok(vec![1; 64])
    }
}
