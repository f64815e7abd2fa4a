//! How many retries there are to share; a breaker would leave none to count.

use std::time::Duration;

use readmit::error::Kind;
use readmit::retry::Policy;
use readmit_testkit::{Api, Fault};
use tokio::time::Instant;

use crate::{builder, get, status, unavailable};

#[tokio::test(start_paused = true)]
async fn r46_a_server_that_is_down_is_not_buried_in_retries() {
    let api = Api::new();
    let client = builder(&api).without_breaker().build_over(api.service()).unwrap();
    api.fault(unavailable()).always();
    let began = Instant::now();

    for _ in 0..1_000 {
        get(&client).await.unwrap_err();
    }

    // A hundred saved up, and one more for each second that the calls took.
    let retries = api.seen().requests().len() - 1_000;
    let earned = usize::try_from(began.elapsed().as_secs()).unwrap();
    assert!((100..=100 + earned).contains(&retries), "{retries} of {earned}");
    assert!(retries <= 130, "{retries}");
}

#[tokio::test(start_paused = true)]
async fn r46_ten_successes_pay_for_one_retry() {
    let api = Api::new();
    let policy = Policy::constant(Duration::ZERO).max_attempts(2);
    let builder = builder(&api).retry(policy.build().unwrap()).without_breaker();
    let client = builder.build_over(api.service()).unwrap();
    let began = Instant::now();
    api.fault(unavailable()).next(200);
    for _ in 0..100 {
        get(&client).await.unwrap_err();
    }
    for _ in 0..10 {
        get(&client).await.unwrap();
    }
    api.fault(unavailable()).next(3);

    let paid = get(&client).await.unwrap_err();
    let unpaid = get(&client).await.unwrap_err();

    assert_eq!((paid.attempts(), unpaid.attempts()), (2, 1));
    assert_eq!(began.elapsed(), Duration::ZERO, "time brings credits too");
}

#[tokio::test(start_paused = true)]
async fn r52_what_a_healthy_server_refuses_pays_for_retries_as_well() {
    let paid_by = async |fault: Fault| {
        let api = Api::new();
        let policy = Policy::constant(Duration::ZERO).max_attempts(2);
        let builder = builder(&api).retry(policy.build().unwrap()).without_breaker();
        let client = builder.build_over(api.service()).unwrap();
        api.fault(unavailable()).next(200);
        for _ in 0..100 {
            get(&client).await.unwrap_err();
        }
        api.fault(fault).next(10);
        for _ in 0..10 {
            get(&client).await.unwrap_err();
        }
        api.fault(unavailable()).next(2);
        get(&client).await.unwrap_err().attempts()
    };

    for permanent in [400, 404, 410, 422] {
        assert_eq!(paid_by(status(permanent)).await, 2, "{permanent}");
    }
    assert_eq!(paid_by(status(500)).await, 1);
}

#[tokio::test(start_paused = true)]
async fn r46_a_call_that_the_budget_stops_says_what_happened_to_it() {
    let api = Api::new();
    let client = builder(&api).without_breaker().build_over(api.service()).unwrap();
    api.fault(unavailable()).always();
    for _ in 0..200 {
        get(&client).await.unwrap_err();
    }

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Unavailable);
    assert_eq!(error.attempts(), 1);
    assert!(!error.is_exhausted() && !error.is_out_of_time());
}
