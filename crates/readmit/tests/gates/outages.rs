//! Backends that hang, and those who give up on them.

use readmit::error::Kind;
use readmit_testkit::{Api, Fault, Hint};

use crate::{builder, client, get, is_kept_out, secs, sent};

#[tokio::test(start_paused = true)]
async fn r61_a_backend_that_hangs_until_callers_give_up_opens_the_circuit() {
    for (patience, opens) in [(secs(15), true), (secs(5), false)] {
        let api = Api::new();
        let client = client(&api);
        api.fault(Fault::Hang).next(20);
        for _ in 0..20 {
            assert!(tokio::time::timeout(patience, get(&client)).await.is_err());
        }

        let next = get(&client).await;

        assert_eq!(next.is_err_and(|error| is_kept_out(error.failure())), opens, "{patience:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_hangs_until_the_deadline_opens_the_circuit_however_short_that_is() {
    let api = Api::new();
    let client = builder(&api).deadline(secs(2)).build_over(api.service()).unwrap();
    api.fault(Fault::Hang).always();
    for _ in 0..20 {
        let kind = get(&client).await.unwrap_err().failure().kind();
        assert!(matches!(kind, Kind::DeadlineExceeded | Kind::ClientTimeout), "{kind}");
    }

    let next = get(&client).await.unwrap_err();

    assert!(is_kept_out(next.failure()), "{next:?}");
    assert_eq!(sent(&api), 20);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_times_out_is_a_failure_of_the_service() {
    let api = Api::new();
    let client = builder(&api).attempt_timeout(secs(1)).build_over(api.service()).unwrap();
    api.fault(Fault::Hang).always();
    for _ in 0..20 {
        assert_eq!(get(&client).await.unwrap_err().failure().kind(), Kind::ClientTimeout);
    }

    let next = get(&client).await.unwrap_err();

    assert!(is_kept_out(next.failure()));
    assert!(next.failure().description().unwrap().ends_with("the last for client_timeout"));
}

#[tokio::test(start_paused = true)]
async fn callers_who_change_their_mind_say_nothing_of_the_service() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Slow(secs(1))).next(1_000);
    for _ in 0..1_000 {
        let short = std::time::Duration::from_millis(10);
        assert!(tokio::time::timeout(short, get(&client)).await.is_err());
    }

    assert_eq!(get(&client).await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_turn_is_not_held_against_the_service() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(15) }).once();
    get(&client).await.unwrap_err();
    api.fault(Fault::Hang).next(20);
    let impatient = || tokio::time::timeout(secs(16), client.get("/data_flows").send());
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(impatient())).collect();
    for call in calls {
        assert!(call.await.unwrap().is_err());
    }

    let next = get(&client).await;

    assert_eq!(next.unwrap().status(), 200, "each had a second, and not sixteen");
    assert_eq!(sent(&api), 1 + 20 + 1);
}
