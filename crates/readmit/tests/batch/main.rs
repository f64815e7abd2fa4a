//! Items that are sent together, and what becomes of each (rule 73).

#![expect(clippy::unwrap_used, reason = "a test")]

mod cancelled;
mod failures;
mod interleaved;
mod waits;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use readmit::error::{Failure, Kind, Origin};
use readmit::{Batch, BatchError, Batcher, BatcherBuilder};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

type Echo = Batcher<u32, u32>;

/// An API that doubles numbers, and what it was asked.
#[derive(Clone)]
struct Api {
    seen: Arc<Mutex<Vec<Vec<u32>>>>,
    /// A permit for each batch that is answered.
    door: Arc<Semaphore>,
}

impl Api {
    /// Returns one that answers at once.
    fn open() -> Api {
        let api = Api::shut();
        api.door.add_permits(1_000_000);
        api
    }

    /// Returns one that keeps its requests until it is told to answer.
    fn shut() -> Api {
        Api { seen: Arc::default(), door: Arc::new(Semaphore::new(0)) }
    }

    fn seen(&self) -> Vec<Vec<u32>> {
        self.seen.lock().unwrap().clone()
    }

    fn over(&self, builder: BatcherBuilder<u32, u32>) -> Echo {
        let api = self.clone();
        let send = move |items: Batch<u32>| {
            let api = api.clone();
            async move {
                api.seen.lock().unwrap().push(items.to_vec());
                api.door.acquire().await.unwrap().forget();
                Ok(items.iter().map(|item| Ok(item * 2)).collect())
            }
        };
        builder.build(send).unwrap()
    }
}

fn of(items: usize) -> BatcherBuilder<u32, u32> {
    Batcher::builder(number(items))
}

fn number(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

fn spawn(batcher: &Echo, item: u32) -> JoinHandle<Result<u32, BatchError>> {
    let batcher = batcher.clone();
    tokio::spawn(async move { batcher.call(item).await })
}

fn spawn_all(
    batcher: &Echo,
    items: impl IntoIterator<Item = u32>,
) -> Vec<JoinHandle<Result<u32, BatchError>>> {
    items.into_iter().map(|item| spawn(batcher, item)).collect()
}

async fn all(calls: Vec<JoinHandle<Result<u32, BatchError>>>) -> Vec<Result<u32, BatchError>> {
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

/// Lets every task go on that can, without time passing.
async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

fn refusal(kind: Kind, status: u16) -> Failure {
    Failure::builder(kind, Origin::Answer { status }).build()
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
