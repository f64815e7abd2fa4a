use tokio::time::Instant;

use crate::{Api, all, millis, number, of, settle, spawn, spawn_all};

#[tokio::test(start_paused = true)]
async fn r98_a_caller_that_leaves_takes_its_item_along() {
    let api = Api::open();
    let batcher = api.over(of(3).delay(millis(10)));

    let leaving = spawn(&batcher, 1);
    let staying = spawn(&batcher, 2);
    settle().await;
    leaving.abort();
    settle().await;
    let calls = all(Vec::from([staying, spawn(&batcher, 3)])).await;

    assert_eq!(api.seen(), [[2, 3]]);
    assert!(calls.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn r98_the_others_are_sent_in_time_when_the_first_leaves() {
    let (api, started) = (Api::open(), Instant::now());
    let batcher = api.over(of(3).delay(millis(10)));

    let first = spawn(&batcher, 1);
    settle().await;
    tokio::time::sleep(millis(4)).await;
    let second = spawn(&batcher, 2);
    settle().await;
    first.abort();
    all(Vec::from([second])).await;

    // Its own delay: nobody waits longer than that, and nobody less for one who left.
    assert_eq!(started.elapsed(), millis(14));
    assert_eq!(api.seen(), [[2]]);
}

#[tokio::test(start_paused = true)]
async fn r98_a_batch_in_flight_outlives_those_who_leave() {
    let api = Api::shut();
    let batcher = api.over(of(3));

    let mut calls = spawn_all(&batcher, 0..3);
    settle().await;
    calls.drain(..2).for_each(|call| call.abort());
    settle().await;
    api.door.add_permits(1);

    assert!(matches!(all(calls).await[..], [Ok(4)]));
    assert_eq!(api.seen(), [[0, 1, 2]]);
}

#[tokio::test(start_paused = true)]
async fn r98_a_batch_in_flight_goes_on_though_everybody_leaves() {
    let api = Api::shut();
    let batcher = api.over(of(2));

    let calls = spawn_all(&batcher, 0..2);
    settle().await;
    calls.into_iter().for_each(|call| call.abort());
    settle().await;
    let in_flight = format!("{batcher:?}");
    api.door.add_permits(1);
    batcher.flush().await;

    assert!(in_flight.contains("in_flight: 1"), "{in_flight}");
    assert!(format!("{batcher:?}").contains("in_flight: 0"));
}

#[tokio::test(start_paused = true)]
async fn r98_who_leaves_makes_room() {
    let api = Api::shut();
    let batcher = api.over(of(1).queue(number(1)));

    let flying = spawn(&batcher, 0);
    settle().await;
    let queued = spawn(&batcher, 1);
    settle().await;
    let outside = spawn(&batcher, 2);
    settle().await;
    queued.abort();
    settle().await;
    api.door.add_permits(2);

    assert!(all(Vec::from([flying, outside])).await.iter().all(Result::is_ok));
    assert_eq!(api.seen(), [[0], [2]]);
}

#[tokio::test(start_paused = true)]
async fn r98_who_leaves_before_the_door_takes_no_room() {
    let api = Api::shut();
    let batcher = api.over(of(1).queue(number(1)));

    let calls = spawn_all(&batcher, 0..2);
    settle().await;
    let outside = spawn(&batcher, 2);
    settle().await;
    outside.abort();
    api.door.add_permits(3);
    let answers = all(calls).await;

    assert!(answers.iter().all(Result::is_ok));
    assert!(matches!(batcher.call(3).await, Ok(6)));
}

#[tokio::test(start_paused = true)]
async fn r98_a_flush_ends_where_what_it_waits_for_leaves() {
    let api = Api::shut();
    let batcher = api.over(of(1));

    let flying = spawn(&batcher, 0);
    settle().await;
    let queued = spawn(&batcher, 1);
    settle().await;
    let flushing = tokio::spawn({
        let batcher = batcher.clone();
        async move { batcher.flush().await }
    });
    settle().await;
    queued.abort();
    settle().await;
    api.door.add_permits(1);
    flushing.await.unwrap();

    assert!(matches!(flying.await.unwrap(), Ok(0)));
    assert_eq!(api.seen(), [[0]]);
}
