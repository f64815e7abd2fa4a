//! What a sink is told of the retries of a call.

use readmit::error::Kind;
use readmit::error::event::{DelaySource, Event};
use readmit_testkit::{Api, Fault, Hint};

use crate::recorder::Recorder;
use crate::{builder, get, millis, secs, status, unavailable};

#[tokio::test(start_paused = true)]
async fn each_retry_is_told_and_so_is_the_end() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = builder(&api).sink(sink.clone()).build_over(api.service()).unwrap();
    api.fault(unavailable()).once();
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(1) }).once();

    get(&client).await.unwrap();

    let retry = |attempt, delay, reason, source| Event::RetryScheduled {
        attempt,
        max_attempts: 3,
        delay,
        reason,
        source,
    };
    let second = secs(1);
    assert_eq!(
        sink.events(),
        [
            retry(1, millis(100), Kind::Unavailable, DelaySource::Backoff),
            Event::RateLimitHit {
                limit: Some(100),
                remaining: None,
                reset: None,
                policy: None,
                retry_after: Some(second),
            },
            retry(2, second, Kind::RateLimited, DelaySource::Server),
            Event::RecoverySucceeded {
                authentication: false,
                strategy: "retry".to_owned(),
                attempts: 3,
                elapsed: millis(1_100),
            },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failure_for_which_nothing_was_tried_exhausts_nothing() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = builder(&api).sink(sink.clone()).build_over(api.service()).unwrap();
    api.fault(status(404)).once();
    get(&client).await.unwrap_err();
    let after_one = sink.events();
    api.fault(unavailable()).always();

    get(&client).await.unwrap_err();

    assert_eq!(after_one, []);
    let exhausted = Event::RecoveryExhausted {
        authentication: false,
        attempts: 3,
        strategies: vec!["retry".to_owned()],
        elapsed: millis(300),
    };
    assert_eq!(sink.events().last(), Some(&exhausted));
}
