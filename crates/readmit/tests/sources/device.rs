//! A person signs in on another device.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use readmit::error::Kind;
use readmit::recovery::ClientAuth;
use readmit::store::{self, Store};
use readmit::{Credentials, credentials};

use crate::site::{Asked, Site};
use crate::{TOKEN, builder, client, get, secs};

#[tokio::test(start_paused = true)]
async fn r34_a_person_is_shown_the_code_and_waited_for() {
    let site = site(["authorization_pending", "authorization_pending", "", ""]);
    let shown = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&shown);
    let person = flow(move |code| told.lock().unwrap().push(code.to_owned()));
    let client = client(&site, person);

    get(&client).await.unwrap();

    assert_eq!(*shown.lock().unwrap(), ["WDJB-MJHT"]);
    assert_eq!(pauses(&site), [5, 5, 5]);
    assert_eq!(site.asked("/device")[0].field("scope"), Some("read"));
    assert_eq!(site.asked("/token")[0].field("device_code"), Some("GmRh"));
    assert_eq!(site.asked("/data")[0].authorization.as_deref(), Some("Bearer a1"));
}

#[tokio::test(start_paused = true)]
async fn r34_a_server_that_wants_slower_polls_gets_them_from_then_on() {
    let site =
        site(["authorization_pending", "slow_down", "authorization_pending", "slow_down", ""]);
    let client = client(&site, flow(|_| {}));

    get(&client).await.unwrap();

    assert_eq!(pauses(&site), [5, 5, 10, 10, 15]);
}

#[tokio::test(start_paused = true)]
async fn r34_trouble_backs_off_and_never_lowers_the_interval() {
    let site = site(["503", "503", "authorization_pending", ""]);
    let client = client(&site, flow(|_| {}));

    get(&client).await.unwrap();

    assert_eq!(pauses(&site), [5, 10, 20, 5]);
}

#[tokio::test(start_paused = true)]
async fn r34_a_person_who_says_no_is_an_answer() {
    let site = site(["authorization_pending", "access_denied", "access_denied"]);
    let client = client(&site, flow(|_| {}));

    let error = get(&client).await.unwrap_err();
    let again = get(&client).await.unwrap_err();

    for error in [&error, &again] {
        // Nobody could grant it: whoever wants in has to sign in again.
        assert_eq!(error.failure().kind(), Kind::InvalidCredentials);
        assert!(!error.failure().is_retryable(), "{error}");
    }
    assert_eq!(site.asked("/token").len(), 2, "the answer is remembered");
}

#[tokio::test(start_paused = true)]
async fn r34_codes_that_expire_end_the_sign_in() {
    let site = site(["authorization_pending"; 20]);
    let client = builder(flow(|_| {})).deadline(secs(600)).build_over(site.clone()).unwrap();

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::InvalidCredentials);
    assert_eq!(site.asked("/token").len(), 11, "each 5 s of the minute that they are good for");
}

#[tokio::test(start_paused = true)]
async fn a_session_lives_on_its_refresh_token_and_disturbs_nobody() {
    let (shown, count) = counting();
    let site = renewing(|asked| match asked.field("refresh_token") {
        Some(token) => (200, tokens(token.strip_prefix('r').unwrap().parse::<u32>().unwrap() + 1)),
        None => (200, tokens(1)),
    });
    let client = client(&site, flow(shown));

    for _ in 0..3 {
        get(&client).await.unwrap();
        tokio::time::advance(secs(3_600)).await;
    }

    let refreshed = site
        .asked("/token")
        .into_iter()
        .filter_map(|asked| asked.field("refresh_token").map(str::to_owned));
    assert_eq!(refreshed.collect::<Vec<_>>(), ["r1", "r2"]);
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn r25_a_person_is_asked_again_once_the_session_has_ended_and_not_for_trouble() {
    for (said, asked_again) in [("invalid_grant", 1), ("temporarily_unavailable", 0)] {
        let (shown, count) = counting();
        let site = renewing(move |asked| match asked.field("refresh_token") {
            Some(_) if said == "invalid_grant" => (400, format!(r#"{{"error":"{said}"}}"#)),
            Some(_) => (503, format!(r#"{{"error":"{said}"}}"#)),
            None => (200, tokens(1)),
        });
        let client = client(&site, flow(shown));
        get(&client).await.unwrap();
        tokio::time::advance(secs(3_601)).await;

        let ended = get(&client).await;

        assert_eq!(count.load(Ordering::Relaxed), 1 + asked_again, "{said}");
        assert_eq!(ended.is_ok(), asked_again == 1, "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn r23_what_may_be_spent_is_not_presented_while_the_access_token_is_good() {
    let site = renewing(|asked| match asked.field("refresh_token") {
        Some(_) => (502, String::new()),
        None => (200, tokens(1)),
    });
    let client = client(&site, flow(|_| {}));
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_600 - 300)).await;

    for _ in 0..3 {
        get(&client).await.unwrap();
        tokio::time::sleep(secs(60)).await;
    }

    let presented = site.asked("/token");
    let presented = presented.iter().filter(|asked| asked.field("refresh_token").is_some());
    assert_eq!(presented.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_early_refresh_asks_no_person() {
    let (shown, count) = counting();
    let site = site([""; 4]);
    let client = client(&site, flow(shown));
    get(&client).await.unwrap();
    tokio::time::advance(secs(3_600 - 120)).await;

    get(&client).await.unwrap();
    tokio::time::sleep(secs(60)).await;
    let asked_early = count.load(Ordering::Relaxed);
    tokio::time::advance(secs(61)).await;
    get(&client).await.unwrap();

    assert_eq!(asked_early, 1);
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn r05_a_sign_in_outlives_the_call_that_began_it() {
    let pending = ["authorization_pending"; 8].into_iter().chain([""]);
    let site = site(pending);
    let client = builder(flow(|_| {})).deadline(secs(30)).build_over(site.clone()).unwrap();

    let late = get(&client).await.unwrap_err();
    let joined = get(&client).await;

    assert_eq!(late.failure().kind(), Kind::DeadlineExceeded);
    assert!(joined.is_ok());
    assert_eq!(site.asked("/device").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_refresh_token_is_kept_as_long_as_it_is_good() {
    let site = site([""; 2]);
    let store = store::memory();
    let (shown, count) = counting();
    let (later_shown, later_count) = counting();
    get(&client(&site, flow(shown).stored_in(store.clone()))).await.unwrap();

    let second = client(&site, flow(later_shown).stored_in(store));
    get(&second).await.unwrap();
    let asked_early = later_count.load(Ordering::Relaxed);
    tokio::time::advance(secs(3_601)).await;
    get(&second).await.unwrap();

    assert_eq!((count.load(Ordering::Relaxed), asked_early), (1, 0));
    assert_eq!(later_count.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_person_takes_up_what_another_process_began() {
    // A fourth poll would have no answer.
    let site = site(["authorization_pending", "authorization_pending", ""]);
    let store = store::memory();
    let client = || client(&site, flow(|_| {}).stored_in(store.clone()));
    let (one, other) = (client(), client());

    let (first, second) = tokio::join!(get(&one), get(&other));

    assert!(first.is_ok() && second.is_ok());
    assert_eq!(site.asked("/token").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn r20_a_sign_in_is_stored_before_it_is_used() {
    let store = store::memory();
    let (stored, seen) = (store.clone(), Arc::new(Mutex::new(None)));
    let told = Arc::clone(&seen);
    let site = Site::new(move |asked| match asked.path.as_str() {
        "/device" => (200, CODES.to_owned()),
        "/token" => (200, tokens(1)),
        _ => {
            let mut loading = stored.load();
            let polled = loading.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            let Poll::Ready(Ok(Some(record))) = polled else { panic!("nothing is stored") };
            *told.lock().unwrap() = Some(record.holds(&"r1".into()));
            (200, "{}".to_owned())
        }
    });

    get(&client(&site, flow(|_| {}).stored_in(store))).await.unwrap();

    assert_eq!(*seen.lock().unwrap(), Some(true));
}

/// Answers each poll with the next of these: a code of an error, a status, or a token for nothing.
fn site(polls: impl IntoIterator<Item = &'static str>) -> Site {
    let polls = Mutex::new(polls.into_iter().collect::<Vec<_>>().into_iter());
    renewing(move |_| match polls.lock().unwrap().next().unwrap() {
        "" => (200, r#"{"access_token":"a1","expires_in":3600}"#.to_owned()),
        "503" => (503, String::new()),
        code => (400, format!(r#"{{"error":"{code}"}}"#)),
    })
}

fn renewing(token: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> Site {
    Site::new(move |asked| match asked.path.as_str() {
        "/device" => (200, CODES.to_owned()),
        "/token" => token(asked),
        _ => (200, "{}".to_owned()),
    })
}

fn tokens(n: u32) -> String {
    format!(r#"{{"access_token":"a{n}","refresh_token":"r{n}","expires_in":3600}}"#)
}

fn flow(show: impl Fn(&str) + Send + Sync + 'static) -> Credentials {
    let auth = ClientAuth::public("tv");
    let show = move |device: &readmit::recovery::DeviceAuthorization| show(device.user_code());
    credentials::device_flow("https://auth.test/device", TOKEN, auth, Some("read"), show)
}

fn counting() -> (impl Fn(&str) + Send + Sync + 'static, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let show = move |_: &str| {
        counted.fetch_add(1, Ordering::Relaxed);
    };
    (show, count)
}

/// Returns how long was waited before each poll, in seconds.
fn pauses(site: &Site) -> Vec<u64> {
    let mut before = site.asked("/device")[0].at;
    let polls = site.asked("/token").into_iter();
    polls.map(|poll| (poll.at - std::mem::replace(&mut before, poll.at)).as_secs()).collect()
}

const CODES: &str = r#"{"device_code":"GmRh","user_code":"WDJB-MJHT","expires_in":60,
    "verification_uri":"https://auth.test/enter"}"#;
