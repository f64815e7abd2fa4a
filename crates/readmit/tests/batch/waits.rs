use std::num::NonZeroUsize;

use readmit::BatchError;
use tokio::time::Instant;

use crate::{Api, all, millis, number, of, settle, spawn, spawn_all};

#[tokio::test(start_paused = true)]
async fn r73_a_full_batch_goes_at_once_in_order_and_each_caller_gets_its_own_answer() {
    let (api, started) = (Api::open(), Instant::now());
    let batcher = api.over(of(4).delay(millis(100)));

    let answers = all(spawn_all(&batcher, 0..4)).await;

    assert_eq!(Instant::now(), started);
    assert_eq!(api.seen(), [[0, 1, 2, 3]]);
    assert_eq!(answers.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [0, 2, 4, 6]);
}

#[tokio::test(start_paused = true)]
async fn r73_a_batch_that_is_not_full_goes_when_its_first_item_has_waited() {
    let (api, started) = (Api::open(), Instant::now());
    let batcher = api.over(of(4).delay(millis(100)));

    let first = spawn(&batcher, 1);
    tokio::time::sleep(millis(60)).await;
    let second = spawn(&batcher, 2);
    all(Vec::from([first, second])).await;

    assert_eq!(started.elapsed(), millis(100));
    assert_eq!(api.seen(), [[1, 2]]);
}

#[tokio::test(start_paused = true)]
async fn r73_a_batch_is_bounded_in_bytes() {
    let api = Api::open();
    let weighed = of(100).bytes(number(10), |item| *item as usize).in_flight(number(9));
    let batcher = api.over(weighed);

    let answers = all(spawn_all(&batcher, [4, 4, 4, 10, 3])).await;
    let too_large = batcher.call(11).await;

    assert_eq!(api.seen(), [vec![4, 4], vec![4], vec![10], vec![3]]);
    assert!(answers.iter().all(Result::is_ok));
    assert!(matches!(too_large, Err(BatchError::TooLarge { bytes: 11, max: 10 })));
}

#[tokio::test(start_paused = true)]
async fn r73_no_more_batches_than_allowed_are_in_flight_and_then_callers_wait_for_room() {
    let api = Api::shut();
    let batcher = api.over(of(2).queue(number(2)).in_flight(number(2)));

    // Two batches on their way, one in the queue, and two callers before the door.
    let calls = spawn_all(&batcher, 0..8);
    settle().await;
    let (seen, waiting) = (api.seen(), format!("{batcher:?}"));
    api.door.add_permits(4);
    let answers = all(calls).await;

    assert_eq!(seen, [[0, 1], [2, 3]]);
    assert!(waiting.contains("waiting: 2") && waiting.contains("in_flight: 2"), "{waiting}");
    assert_eq!(api.seen(), [[0, 1], [2, 3], [4, 5], [6, 7]]);
    assert!(answers.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn without_a_delay_a_batch_is_what_came_while_the_one_before_it_was_away() {
    let (api, started) = (Api::shut(), Instant::now());
    let batcher = api.over(of(100).delay(millis(0)));

    let mut calls = Vec::from([spawn(&batcher, 0)]);
    settle().await;
    calls.extend(spawn_all(&batcher, 1..5));
    settle().await;
    api.door.add_permits(2);
    all(calls).await;

    assert_eq!(api.seen(), [vec![0], vec![1, 2, 3, 4]]);
    assert_eq!(Instant::now(), started);
}

#[tokio::test(start_paused = true)]
async fn a_flush_sends_what_is_there_and_ends_when_it_has_been_answered() {
    let (api, started) = (Api::shut(), Instant::now());
    let batcher = api.over(of(100).delay(millis(1_000)));

    let calls = spawn_all(&batcher, 0..3);
    settle().await;
    let flushing = tokio::spawn({
        let batcher = batcher.clone();
        async move { batcher.flush().await }
    });
    settle().await;
    let (sent, ended) = (api.seen(), flushing.is_finished());
    let later = spawn(&batcher, 7);
    api.door.add_permits(1);
    flushing.await.unwrap();

    assert_eq!((sent, ended), (vec![vec![0, 1, 2]], false));
    assert_eq!(started.elapsed(), millis(0));
    assert!(!later.is_finished(), "it came after the flush");
    assert!(all(calls).await.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn a_flush_of_nothing_ends_at_once() {
    let batcher = Api::open().over(of(100));

    batcher.flush().await;
}

#[tokio::test(start_paused = true)]
async fn a_closed_batcher_answers_what_it_has_and_takes_no_more() {
    let (api, started) = (Api::shut(), Instant::now());
    let batcher = api.over(of(2).queue(number(2)).delay(millis(1_000)));

    let mut inside = spawn_all(&batcher, 0..4);
    settle().await;
    let outside = spawn_all(&batcher, 4..6);
    settle().await;
    let closing = tokio::spawn({
        let batcher = batcher.clone();
        async move { batcher.close().await }
    });
    settle().await;
    api.door.add_permits(3);
    closing.await.unwrap();

    assert!(inside.iter().all(|call| call.is_finished()), "closing waits for the answers");
    let answers = all(inside.drain(..).chain(outside).collect()).await;
    assert!(answers[..4].iter().all(Result::is_ok));
    assert!(answers[4..].iter().all(|answer| matches!(answer, Err(BatchError::Closed))));
    assert!(matches!(batcher.call(9).await, Err(BatchError::Closed)));
    batcher.close().await;
    assert_eq!(started.elapsed(), millis(0));
}

#[test]
fn r98_the_future_of_a_call_goes_between_threads() {
    fn goes_to_a_thread<T: Send>(_: &T) {}
    let batcher = Api::open().over(of(NonZeroUsize::MIN.get()));

    goes_to_a_thread(&batcher.call(1));
    goes_to_a_thread(&batcher.flush());
    goes_to_a_thread(&batcher.close());
}
