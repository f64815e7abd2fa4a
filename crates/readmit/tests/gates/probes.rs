//! Who is let through when the open time is over.

use std::time::Duration;

use http::StatusCode;
use readmit::Client;
use readmit::breaker::State;
use readmit::error::Kind;
use readmit::retry::Policy;
use readmit_testkit::{Api, ApiService, Fault};

use crate::{OPEN, builder, client, get, is_kept_out, open, secs, sent, unavailable};

#[tokio::test(start_paused = true)]
async fn r60_of_64_calls_at_the_end_of_the_open_time_one_is_sent() {
    let api = Api::new();
    let client = client(&api);
    open(&api, &client).await;
    tokio::time::advance(OPEN).await;
    let hold = api.hold();

    let calls: Vec<_> = (0..64).map(|_| tokio::spawn(client.get("/data_flows").send())).collect();
    hold.wait_for(1).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let mut kept_out = 0;
    let mut probe = None;
    for call in calls {
        if call.is_finished() {
            kept_out += usize::from(is_kept_out(call.await.unwrap().unwrap_err().failure()));
        } else {
            assert!(probe.replace(call).is_none());
        }
    }
    hold.release();

    assert_eq!((kept_out, sent(&api)), (63, 20 + 1));
    assert_eq!(probe.unwrap().await.unwrap().unwrap().status(), 200);
    assert_eq!(get(&client).await.unwrap().status(), 200, "the circuit is closed");
}

#[tokio::test(start_paused = true)]
async fn r60_those_who_may_wait_are_let_in_as_soon_as_the_probe_has_found_the_service_well() {
    let api = Api::new();
    let client = builder(&api).retry(Policy::DEFAULT).build_over(api.service()).unwrap();
    open_with_retries(&api, &client).await;
    tokio::time::advance(OPEN).await;
    api.fault(Fault::Slow(secs(2))).once();
    let began = tokio::time::Instant::now();

    let calls: Vec<_> = (0..64).map(|_| tokio::spawn(client.get("/data_flows").send())).collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }

    assert_eq!(sent(&api), 20 + 64);
    assert!(began.elapsed() < secs(3), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn r61_those_who_wait_for_a_probe_that_is_cancelled_send_the_next() {
    let api = Api::new();
    let client = builder(&api).retry(Policy::DEFAULT).build_over(api.service()).unwrap();
    open_with_retries(&api, &client).await;
    tokio::time::advance(OPEN).await;
    api.fault(Fault::Hang).once();
    let began = tokio::time::Instant::now();

    let probe = tokio::spawn(client.get("/data_flows").send());
    tokio::task::yield_now().await;
    let other = tokio::spawn(client.get("/data_flows").send());
    tokio::time::sleep(secs(1)).await;
    probe.abort();

    assert_eq!(other.await.unwrap().unwrap().status(), 200);
    assert!(began.elapsed() < secs(2), "{:?}", began.elapsed());
}

/// Opens the circuit by calls that are not repeated, of a client that repeats.
async fn open_with_retries(api: &Api, client: &Client<ApiService>) {
    api.fault(unavailable()).on("POST", "/data_flows").next(20);
    for _ in 0..20 {
        client.post("/data_flows").send().await.unwrap_err();
    }
    assert_eq!(client.circuits()[0].1.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn the_documented_fault_of_letting_everyone_through_half_open_is_not_there() {
    let api = Api::new();
    let client = client(&api);
    open(&api, &client).await;
    tokio::time::advance(OPEN).await;
    api.fault(Fault::Slow(secs(1))).always();

    let calls: Vec<_> = (0..100).map(|_| tokio::spawn(client.get("/data_flows").send())).collect();
    for call in calls {
        let _ = call.await.unwrap();
    }

    assert_eq!(sent(&api), 20 + 1);
}

#[tokio::test(start_paused = true)]
async fn r65_a_probe_that_fails_opens_the_circuit_for_longer() {
    let api = Api::new();
    let client = client(&api);
    open(&api, &client).await;
    tokio::time::advance(OPEN).await;
    api.fault(unavailable()).once();

    let probe = get(&client).await.unwrap_err();
    let next = get(&client).await.unwrap_err();

    assert_eq!(probe.failure().kind(), Kind::Unavailable);
    assert!(is_kept_out(next.failure()));
    assert!((secs(10)..=secs(12)).contains(&next.retry_after().unwrap()), "{next:?}");
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_redirected_proves_its_own_origin_well() {
    let api = Api::new();
    let client = client(&api);
    open(&api, &client).await;
    tokio::time::advance(OPEN).await;
    let (status, location) = (StatusCode::FOUND, "https://other.test/down".to_owned());
    api.fault(Fault::Redirect { status, location }).on("GET", "/away").once();
    api.fault(unavailable()).on("GET", "/down").once();

    let error = client.get("/away").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Unavailable);
    assert_eq!(client.circuits()[0].1.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn r61_a_probe_that_is_cancelled_makes_room_for_the_next() {
    let api = Api::new();
    let client = client(&api);
    open(&api, &client).await;
    tokio::time::advance(OPEN).await;
    api.fault(Fault::Hang).once();

    let cancelled = tokio::time::timeout(secs(1), get(&client)).await;
    let next = get(&client).await;

    assert!(cancelled.is_err());
    assert_eq!(next.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn r98_calls_dropped_at_any_time_leave_no_permit_behind() {
    let api = Api::new();
    let client = client(&api);
    open(&api, &client).await;
    tokio::time::advance(OPEN).await;
    api.fault(Fault::Slow(secs(2))).always();

    for time in 0..1_900 {
        let call = tokio::time::timeout(Duration::from_millis(time), get(&client));
        assert!(call.await.is_err(), "it took the only place of a probe");
    }
    api.clear_faults();

    assert_eq!(get(&client).await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn r67_a_credential_that_cannot_be_had_takes_no_probe() {
    let api = Api::new();
    let key = readmit::credentials::service_key("https://api.test/token", api.service_key());
    let policy = Policy::never();
    let client = builder(&api).credentials(key).retry(policy).build_over(api.service()).unwrap();
    open(&api, &client).await;
    tokio::time::advance(OPEN).await;
    api.expire_access_tokens();
    api.fault(Fault::InvalidServiceKey).on("POST", "/token").once();
    tokio::time::advance(secs(7_200)).await;

    let refused = get(&client).await.unwrap_err();
    tokio::time::advance(secs(60)).await;
    let next = get(&client).await;

    assert_eq!(refused.failure().kind(), Kind::InvalidCredentials);
    assert_eq!(next.unwrap().status(), 200);
}
