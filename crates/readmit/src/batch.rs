mod builder;
mod desk;
mod error;
mod flight;
mod halves;
mod queue;
mod send;
mod waiter;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::runtime::Handle;

pub use self::builder::{BatchConfigError, BatcherBuilder};
use self::desk::Desk;
pub use self::error::BatchError;
use self::queue::{NotQueued, Place};
pub use self::send::{Batch, BatchSend};
use self::waiter::Waiter;

/// Collects items of many callers, sends them in one request, and gives each caller its own answer
/// (rule 73).
///
/// A batch goes out as soon as it is full, by items or [by bytes](BatcherBuilder::bytes), or the
/// first of its items has waited for the [delay](BatcherBuilder::delay), and a place among those
/// [in flight](BatcherBuilder::in_flight) is free.
/// Items are sent in the order in which they came, and answers are matched to them by position.
///
/// - **One bad item fails alone.** The sender answers for each item. Where a server refuses a batch
///   as a whole because of what is in it, halves of it are sent, and halves of those, in at most
///   [so many requests](BatcherBuilder::max_sends).
/// - **A caller may leave at any moment.** Its item is taken out of the queue; a batch on its way
///   goes on, whoever leaves.
/// - **It pushes back.** Where the [queue](BatcherBuilder::queue) is full, callers wait for room, in
///   the order of arrival.
/// - **Nobody waits for ever.** A sender that panics and a runtime that is shut down are errors.
///   How long a request may take is the sender's to say, as [`Client`](crate::Client) does.
///
/// It is a cheap handle: clones share the queue. No task runs while nothing is sent: those who wait
/// have the timers, and a batch is sent by a task on the runtime of the caller that found it due.
/// A sender must not wait for an item of its own batcher.
///
/// # Example
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use readmit::{Batch, Batcher};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let hundred = NonZeroUsize::new(100).unwrap();
/// let lengths = Batcher::builder(hundred).build(|words: Batch<&'static str>| async move {
///     Ok(words.iter().map(|word| Ok(word.len())).collect())
/// })?;
///
/// let (one, other) = tokio::join!(lengths.call("re"), lengths.call("admit"));
///
/// assert_eq!((one?, other?), (2, 5));
/// # Ok(())
/// # }
/// ```
pub struct Batcher<T, R> {
    shared: Arc<Shared<T, R>>,
}

struct Shared<T, R> {
    desk: Arc<Desk<T, R>>,
    /// What an item weighs, and what a batch may.
    weigher: Option<Weigher<T>>,
}

struct Weigher<T> {
    max: NonZeroUsize,
    weigh: Box<dyn Fn(&T) -> usize + Send + Sync>,
}

impl<T, R> Batcher<T, R>
where
    T: Send + Sync + 'static,
    R: Send + 'static,
{
    /// Begins a batcher that sends at most so many items in one request: as many as the API takes.
    pub fn builder(max_items: NonZeroUsize) -> BatcherBuilder<T, R> {
        BatcherBuilder::new(max_items)
    }

    /// Sends an item with others, and returns its own answer.
    ///
    /// The future may be dropped at any moment: an item that has not been sent is not sent then.
    ///
    /// # Errors
    ///
    /// [`BatchError`], which says whether the item [may have been acted on](BatchError::replay).
    pub async fn call(&self, item: T) -> Result<R, BatchError> {
        let bytes = self.weigh(&item)?;
        if Handle::try_current().is_err() {
            return Err(BatchError::NoRuntime);
        }
        let desk = &self.shared.desk;
        let room = desk.room.acquire().await.map_err(|_| BatchError::Closed)?;
        let waiter = Waiter::enter(desk, item, bytes).map_err(|not_queued| match not_queued {
            NotQueued::Closed => BatchError::Closed,
            NotQueued::TooLarge => self.too_large(bytes),
        })?;
        // It is given back by whatever takes the item out of the queue.
        room.forget();
        waiter.answer().await
    }

    /// Sends what is in the queue without waiting for more, and returns when all of it has been
    /// answered.
    ///
    /// Items of callers that wait for room are not in the queue yet. Dropped before its end, it has
    /// made the items due all the same.
    pub async fn flush(&self) {
        let before = self.shared.desk.queue().flush();
        self.settled(before).await;
    }

    /// Takes no items any more, sends what is in the queue, and returns when all of it has been
    /// answered.
    ///
    /// Callers that wait for room are refused. Dropped before its end, it has closed the batcher all
    /// the same. Closing it again waits as well.
    pub async fn close(&self) {
        let before = self.shared.desk.queue().close();
        self.shared.desk.room.close();
        self.settled(before).await;
    }

    async fn settled(&self, before: Place) {
        let desk = &self.shared.desk;
        loop {
            // Made before asking, so that no end falls between the two.
            let ended = desk.ended.notified();
            desk.advance();
            if desk.queue().is_settled(before) {
                return;
            }
            ended.await;
        }
    }

    fn weigh(&self, item: &T) -> Result<usize, BatchError> {
        let Some(weigher) = &self.shared.weigher else {
            return Ok(0);
        };
        let bytes = (weigher.weigh)(item);
        if weigher.max.get() < bytes { Err(self.too_large(bytes)) } else { Ok(bytes) }
    }

    fn too_large(&self, bytes: usize) -> BatchError {
        let max = self.shared.weigher.as_ref().map_or(usize::MAX, |weigher| weigher.max.get());
        BatchError::TooLarge { bytes, max }
    }
}

impl<T, R> Clone for Batcher<T, R> {
    fn clone(&self) -> Batcher<T, R> {
        Batcher { shared: Arc::clone(&self.shared) }
    }
}

/// How much there is; never what it is.
impl<T, R> fmt::Debug for Batcher<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = self.shared.desk.queue();
        f.debug_struct("Batcher")
            .field("waiting", &queue.waiting())
            .field("in_flight", &queue.in_flight())
            .field("closed", &queue.is_closed())
            .finish_non_exhaustive()
    }
}
