use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use readmit::error::{Failure, Kind, Replay};
use readmit::{Batch, BatchError, Batcher, Error};

use crate::{Echo, all, number, of, refusal, settle, spawn_all};

type Answers = Result<Vec<Result<u32, Failure>>, Error>;

#[tokio::test(start_paused = true)]
async fn r73_an_item_that_is_refused_in_the_answer_fails_alone() {
    let batcher = answering(8, |items| {
        let refused = || Err(refusal(Kind::ValidationFailed, 422));
        Ok(items.iter().map(|item| if *item == 3 { refused() } else { Ok(*item) }).collect())
    });

    let answers = all(spawn_all(&batcher, 0..8)).await;

    for (item, answer) in answers.iter().enumerate() {
        match answer {
            Ok(answer) => assert_eq!(*answer as usize, item),
            Err(error) => {
                assert!(matches!(error, BatchError::Item(_)) && item == 3, "{item}: {error}");
                assert_eq!(error.failure().unwrap().kind(), Kind::ValidationFailed);
            }
        }
    }
    assert!(answers[3].is_err());
}

#[tokio::test(start_paused = true)]
async fn r73_an_item_that_the_whole_batch_is_refused_for_fails_alone() {
    for bad in 0..16 {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sent);
        let batcher = answering(16, move |items| {
            seen.lock().unwrap().push(items.to_vec());
            match items.contains(&bad) {
                true => Err(refusal(Kind::MalformedRequest, 400).into()),
                false => Ok(items.iter().copied().map(Ok).collect()),
            }
        });

        let answers = all(spawn_all(&batcher, 0..16)).await;

        let failed: Vec<_> = (0..16).filter(|item| answers[*item as usize].is_err()).collect();
        assert_eq!(failed, [bad]);
        assert!(matches!(answers[bad as usize], Err(BatchError::Batch(_))));
        // The whole, and two halves of each of four sizes.
        assert_eq!(sent.lock().unwrap().len(), 9);
        let accepted: Vec<u32> = sent
            .lock()
            .unwrap()
            .iter()
            .filter(|part| !part.contains(&bad))
            .flatten()
            .copied()
            .collect();
        assert!(accepted.is_sorted(), "{accepted:?}");
        assert_eq!(accepted.len(), 15, "each is accepted once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_bad_items_costs_no_more_requests_than_allowed() {
    let sends = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&sends);
    let refuse = move |_: Batch<u32>| {
        counted.fetch_add(1, Ordering::Relaxed);
        async { Answers::Err(refusal(Kind::PayloadTooLarge, 413).into()) }
    };
    let seven = NonZeroU32::new(7).unwrap();
    let batcher = of(64).max_sends(seven).build(refuse).unwrap();

    let answers = all(spawn_all(&batcher, 0..64)).await;

    assert_eq!(sends.load(Ordering::Relaxed), 7);
    assert!(answers.iter().all(|answer| matches!(answer, Err(BatchError::Batch(_)))));
}

#[tokio::test(start_paused = true)]
async fn r40_a_batch_that_may_have_been_acted_on_is_not_sent_again() {
    for failure in [
        refusal(Kind::ServerError, 500),
        refusal(Kind::NotFound, 404),
        refusal(Kind::InsufficientPermissions, 403),
        refusal(Kind::ValidationFailed, 422).possibly_processed(),
    ] {
        let sends = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&sends);
        let batcher = answering(4, move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Err(failure.clone().into())
        });

        let answers = all(spawn_all(&batcher, 0..4)).await;

        assert_eq!(sends.load(Ordering::Relaxed), 1);
        assert!(answers.iter().all(|answer| matches!(answer, Err(BatchError::Batch(_)))));
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_cannot_be_matched_are_given_to_nobody() {
    for answered in [0, 3, 5] {
        let batcher = answering(4, move |_| Ok((0..answered).map(Ok).collect()));

        let answers = all(spawn_all(&batcher, 0..4)).await;

        for answer in answers {
            let error = answer.unwrap_err();
            assert_eq!(error.replay(), Replay::PossiblyProcessed);
            assert_eq!(
                error.to_string(),
                format!("{answered} answers came for a batch of 4 items")
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_panics_is_an_error_and_the_next_batch_is_sent() {
    let batcher = answering(2, |items| {
        assert!(!items.contains(&0), "the sender panics");
        Ok(items.iter().copied().map(Ok).collect())
    });

    let answers = all(spawn_all(&batcher, 0..4)).await;

    assert!(matches!(answers[..2], [Err(BatchError::Panicked), Err(BatchError::Panicked)]));
    assert!(matches!(answers[2..], [Ok(2), Ok(3)]));
}

#[test]
fn a_runtime_that_is_shut_down_is_an_error_and_a_waiter_takes_over() {
    let never_the_first = |items: Batch<u32>| async move {
        if items.contains(&0) {
            std::future::pending::<()>().await;
        }
        Answers::Ok(items.iter().copied().map(Ok).collect())
    };
    let batcher = Batcher::builder(number(1)).build(never_the_first).unwrap();
    let (first, second) = (runtime(), runtime());

    // The first runtime sends; the callers are both on the second.
    let mut sent = Box::pin(batcher.call(0));
    first.block_on(async { poll_once(&mut sent).await });
    let (waiting, lost) = second.block_on(async {
        let waiting = spawn_all(&batcher, [1]);
        settle().await;
        assert!(!waiting[0].is_finished());
        let shutting = std::thread::spawn(move || drop(first));
        let lost = sent.await;
        shutting.join().unwrap();
        (all(waiting).await, lost)
    });

    assert!(matches!(lost, Err(BatchError::Lost)));
    assert!(matches!(waiting[0], Ok(1)));
}

#[test]
fn without_a_runtime_there_is_an_error() {
    let batcher = answering(1, |_| Ok(Vec::from([Ok(1)])));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());

    let polled = std::pin::pin!(batcher.call(1)).poll(&mut cx);

    assert!(matches!(polled, std::task::Poll::Ready(Err(BatchError::NoRuntime))));
}

fn answering(items: usize, answer: impl Fn(&[u32]) -> Answers + Send + Sync + 'static) -> Echo {
    let answer = Arc::new(answer);
    let send = move |items: Batch<u32>| {
        let answer = Arc::clone(&answer);
        async move { answer(&items) }
    };
    of(items).build(send).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

async fn poll_once<F: Future + Unpin>(future: &mut F) {
    std::future::poll_fn(|cx| {
        assert!(std::pin::Pin::new(&mut *future).poll(cx).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
}
