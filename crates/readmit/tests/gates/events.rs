//! What a sink is told of circuits and waits.

use std::time::Duration;

use readmit::error::event::{CircuitState, Event};
use readmit_testkit::{Api, Fault, Hint};

use crate::recorder::Recorder;
use crate::{OPEN, builder, get, open, secs, unavailable};

#[tokio::test(start_paused = true)]
async fn each_change_of_a_circuit_is_told_and_each_call_that_it_refuses() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = builder(&api).sink(sink.clone()).build_over(api.service()).unwrap();
    open(&api, &client).await;
    tokio::time::advance(OPEN).await;
    api.fault(unavailable()).once();
    get(&client).await.unwrap_err();
    tokio::time::advance(OPEN * 2).await;
    get(&client).await.unwrap();

    let circuit = || "https://api.test".to_owned();
    let half_opened = Event::CircuitHalfOpened { circuit: circuit(), previous: CircuitState::Open };
    let mut events = sink.events().into_iter();
    let opened = events.next().unwrap();
    assert!(is_opened(&opened, "failures", CircuitState::Closed, secs(5)), "{opened:?}");
    assert_eq!(events.next(), Some(Event::CircuitRejected { circuit: circuit() }));
    assert_eq!(events.next(), Some(half_opened.clone()));
    let opened = events.next().unwrap();
    assert!(is_opened(&opened, "probes", CircuitState::HalfOpen, secs(10)), "{opened:?}");
    assert_eq!(events.next(), Some(half_opened));
    let closed = Event::CircuitClosed { circuit: circuit(), previous: CircuitState::HalfOpen };
    assert_eq!(events.next(), Some(closed));
    assert_eq!(events.next(), None);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_the_server_asked_for_is_told_of_each_call_that_it_holds() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = builder(&api).sink(sink.clone()).build_over(api.service()).unwrap();
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(30) }).once();
    get(&client).await.unwrap_err();

    client.get("/data_flows").deadline(secs(5)).send().await.unwrap_err();
    get(&client).await.unwrap();

    let events = sink.events();
    let waits: Vec<_> = events.iter().filter_map(asked_for).collect();
    // The server's answer, a call that was refused, and one that waited.
    assert_eq!((waits, events.len()), (vec![secs(30); 3], 3));
}

/// Whether all calls failed that opened a circuit, in which state, and for how long at least.
fn is_opened(event: &Event, by: &str, before: CircuitState, least: Duration) -> bool {
    let Event::CircuitOpened { trigger, previous, open_for, failure_ratio, .. } = event else {
        return false;
    };
    (trigger.as_str(), *previous) == (by, before)
        && (least..=least * 6 / 5).contains(open_for)
        && (failure_ratio - 1.0).abs() < f64::EPSILON
}

fn asked_for(event: &Event) -> Option<Duration> {
    if let Event::RateLimitHit { retry_after, .. } = event { *retry_after } else { None }
}
