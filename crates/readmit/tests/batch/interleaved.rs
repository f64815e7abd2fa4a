//! Calls, departures, answers and time in any order, each future polled by hand.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use proptest::prelude::*;
use readmit::{Batch, BatchError};
use tokio::sync::Semaphore;

use crate::{Api, Echo, millis, number, of, settle};

#[derive(Clone, Debug)]
enum Step {
    Answer,
    Begin,
    Flush,
    Leave { which: usize },
    Pass { millis: u64 },
    Poll { which: usize },
    Yield,
}

type Calls = BTreeMap<u32, Pin<Box<dyn Future<Output = Result<u32, BatchError>>>>>;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r73_whatever_the_order_no_item_is_lost_sent_twice_or_answered_for_another(
        (items, queue, in_flight) in (1_usize..5, 0_usize..6, 1_usize..4),
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let api = Api::shut();
            let builder = of(items).queue(number(items + queue)).in_flight(number(in_flight));
            let batcher = api.over(builder.delay(millis(5)));
            let (asked, left) = run(&api, &batcher, steps).await;

            let sent: Vec<u32> = api.seen().concat();
            let mut once = sent.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), sent.len(), "sent twice: {sent:?}");
            assert!(api.seen().iter().all(|batch| (1..=items).contains(&batch.len())));
            let owed: Vec<u32> = (0..asked).filter(|item| !left.contains(item)).collect();
            assert!(owed.iter().all(|item| sent.contains(item)), "{owed:?} of {sent:?}");
            assert_eq!(
                format!("{batcher:?}"),
                "Batcher { waiting: 0, in_flight: 0, closed: false, .. }"
            );
        });
    }
}

/// Takes the steps, and then waits for all who are left; returns how many called, and who left.
async fn run(api: &Api, batcher: &Echo, steps: Vec<Step>) -> (u32, Vec<u32>) {
    let (mut calls, mut asked, mut left) = (Calls::new(), 0, Vec::new());
    let mut flushes = Vec::new();
    for step in steps {
        match step {
            Step::Answer => api.door.add_permits(1),
            Step::Begin => {
                let batcher = batcher.clone();
                calls.insert(asked, Box::pin(async move { batcher.call(asked).await }));
                asked += 1;
            }
            Step::Flush => flushes.push(tokio::spawn({
                let batcher = batcher.clone();
                async move { batcher.flush().await }
            })),
            Step::Leave { which } => {
                if let Some(item) = nth(&calls, which) {
                    calls.remove(&item);
                    left.push(item);
                }
            }
            Step::Pass { millis: length } => tokio::time::advance(millis(length)).await,
            Step::Poll { which } => {
                if let Some(item) = nth(&calls, which) {
                    poll(&mut calls, item).await;
                }
            }
            Step::Yield => settle().await,
        }
    }
    api.door.add_permits(1_000);
    while !calls.is_empty() {
        for item in calls.keys().copied().collect::<Vec<_>>() {
            poll(&mut calls, item).await;
        }
        tokio::time::advance(millis(1)).await;
        settle().await;
    }
    for flush in flushes {
        flush.await.unwrap();
    }
    batcher.flush().await;
    (asked, left)
}

/// Polls one call, and takes it out when it has its answer, which must be its own.
async fn poll(calls: &mut Calls, item: u32) {
    let Some(call) = calls.get_mut(&item) else {
        return;
    };
    let polled = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
    if let Poll::Ready(answer) = polled {
        assert_eq!(answer.unwrap(), item * 2);
        calls.remove(&item);
    }
}

fn nth(calls: &Calls, which: usize) -> Option<u32> {
    calls.keys().nth(which % calls.len().max(1)).copied()
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Answer),
        8 => Just(Step::Begin),
        1 => Just(Step::Flush),
        4 => any::<usize>().prop_map(|which| Step::Leave { which }),
        3 => (0_u64..7).prop_map(|millis| Step::Pass { millis }),
        12 => any::<usize>().prop_map(|which| Step::Poll { which }),
        4 => Just(Step::Yield),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r73_on_several_threads_everybody_gets_the_answer_to_their_own_item() {
    let gate = Arc::new(Semaphore::new(3));
    let send = move |items: Batch<u32>| {
        let gate = Arc::clone(&gate);
        async move {
            let _place = gate.try_acquire().unwrap();
            tokio::task::yield_now().await;
            Ok(items.iter().map(|item| Ok(item * 2)).collect())
        }
    };
    let batcher = of(7).delay(millis(1)).queue(number(9)).in_flight(number(3)).build(send).unwrap();

    let calls: Vec<_> = (0..500).map(|item| crate::spawn(&batcher, item)).collect();
    calls.iter().skip(1).step_by(5).for_each(|call| call.abort());

    for (item, call) in calls.into_iter().enumerate() {
        match call.await {
            Ok(answer) => assert_eq!(answer.unwrap() as usize, item * 2),
            Err(aborted) => assert!(aborted.is_cancelled() && item % 5 == 1),
        }
    }
    batcher.close().await;
}
