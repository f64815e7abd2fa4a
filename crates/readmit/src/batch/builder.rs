use std::fmt;
use std::marker::PhantomData;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::desk::Desk;
use super::queue::Limits;
use super::{Shared, Weigher};
use crate::{BatchSend, Batcher};

/// Sets a [`Batcher`] up; [`Batcher::builder`] begins one.
///
/// Each default is argued for in the project's `docs/defaults.md`.
#[must_use]
pub struct BatcherBuilder<T, R> {
    items: NonZeroUsize,
    weigher: Option<Weigher<T>>,
    delay: Duration,
    in_flight: NonZeroUsize,
    queue: Option<NonZeroUsize>,
    max_sends: NonZeroU32,
    answers: PhantomData<fn() -> R>,
}

impl<T, R> BatcherBuilder<T, R>
where
    T: Send + Sync + 'static,
    R: Send + 'static,
{
    pub(super) fn new(items: NonZeroUsize) -> BatcherBuilder<T, R> {
        BatcherBuilder {
            items,
            weigher: None,
            delay: Duration::from_millis(5),
            in_flight: NonZeroUsize::MIN,
            queue: None,
            max_sends: MAX_SENDS,
            answers: PhantomData,
        }
    }

    /// Bounds a batch in bytes, or whatever else `weigh` says of an item.
    ///
    /// An item that weighs more than a batch may is refused. What stands around the items in a
    /// request is not known here: leave room for it.
    ///
    /// Default: no bound.
    pub fn bytes(
        mut self,
        max: NonZeroUsize,
        weigh: impl Fn(&T) -> usize + Send + Sync + 'static,
    ) -> BatcherBuilder<T, R> {
        self.weigher = Some(Weigher { max, weigh: Box::new(weigh) });
        self
    }

    /// Sets how long an item waits for others, at most an hour.
    ///
    /// With zero nothing waits but for a place in flight, so that a batch is whatever came while the
    /// one before it was on its way.
    ///
    /// Default: 5 ms.
    pub fn delay(mut self, delay: Duration) -> BatcherBuilder<T, R> {
        self.delay = delay;
        self
    }

    /// Sets how many batches may be on their way at once.
    ///
    /// With more than one, a batch may overtake the one before it.
    ///
    /// Default: 1.
    pub fn in_flight(mut self, max: NonZeroUsize) -> BatcherBuilder<T, R> {
        self.in_flight = max;
        self
    }

    /// Sets how many items the queue holds, those in flight not counted; further callers wait for
    /// room.
    ///
    /// Default: 8 full batches.
    pub fn queue(mut self, items: NonZeroUsize) -> BatcherBuilder<T, R> {
        self.queue = Some(items);
        self
    }

    /// Sets in how many requests a batch may be sent, the first included, where the server refuses
    /// it as a whole because of its items. With 1, a batch is never split.
    ///
    /// To find one bad item among `n` takes up to `1 + 2 log2(n)` requests. Items that were not told
    /// apart within the bound fail together.
    ///
    /// Default: 32.
    pub fn max_sends(mut self, max: NonZeroU32) -> BatcherBuilder<T, R> {
        self.max_sends = max;
        self
    }

    /// Builds the batcher over what sends a batch: a [`BatchSend`], or a closure like one.
    ///
    /// # Errors
    ///
    /// [`BatchConfigError`] where the settings make no sense together.
    pub fn build(self, send: impl BatchSend<T, R>) -> Result<Batcher<T, R>, BatchConfigError> {
        let (items, delay) = (self.items.get(), self.delay);
        let queue = match self.queue {
            Some(queue) => queue.get(),
            None => items.saturating_mul(BATCHES_QUEUED),
        };
        if MAX_DELAY < delay {
            return Err(BatchConfigError::DelayTooLong { delay, max: MAX_DELAY });
        }
        if queue < items {
            return Err(BatchConfigError::QueueBelowBatch { queue, items });
        }
        if Semaphore::MAX_PERMITS < queue {
            return Err(BatchConfigError::QueueTooLong { queue, max: Semaphore::MAX_PERMITS });
        }
        let limits = Limits {
            items: self.items,
            bytes: self.weigher.as_ref().map_or(NonZeroUsize::MAX, |weigher| weigher.max),
            delay,
            in_flight: self.in_flight,
        };
        let desk = Arc::new(Desk::new(limits, queue, self.max_sends, Box::new(send)));
        Ok(Batcher { shared: Arc::new(Shared { desk, weigher: self.weigher }) })
    }
}

impl<T, R> fmt::Debug for BatcherBuilder<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatcherBuilder")
            .field("items", &self.items)
            .field("bytes", &self.weigher.as_ref().map(|weigher| weigher.max))
            .field("delay", &self.delay)
            .field("in_flight", &self.in_flight)
            .field("queue", &self.queue)
            .field("max_sends", &self.max_sends)
            .finish()
    }
}

/// Why a [`Batcher`] cannot be built.
///
/// # Example
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::time::Duration;
///
/// use readmit::{Batch, BatchConfigError, Batcher};
///
/// let week = Duration::from_secs(7 * 24 * 60 * 60);
/// let echo = |items: Batch<u32>| async move { Ok(items.iter().copied().map(Ok).collect()) };
///
/// let batcher = Batcher::<u32, u32>::builder(NonZeroUsize::MIN).delay(week).build(echo);
/// assert!(matches!(batcher, Err(BatchConfigError::DelayTooLong { .. })));
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchConfigError {
    /// An item would wait for others longer than anybody waits.
    #[error("a delay of {delay:?} is longer than {max:?}")]
    DelayTooLong {
        /// The delay that was given.
        delay: Duration,
        /// The longest there is.
        max: Duration,
    },
    /// No batch could ever be full.
    #[error("a queue of {queue} items cannot hold a batch of {items}")]
    QueueBelowBatch {
        /// What the queue may hold.
        queue: usize,
        /// The items of a full batch.
        items: usize,
    },
    /// The queue is to hold more than can be counted.
    #[error("a queue of {queue} items is longer than {max}")]
    QueueTooLong {
        /// What the queue may hold.
        queue: usize,
        /// The longest there is.
        max: usize,
    },
}

const MAX_DELAY: Duration = Duration::from_secs(60 * 60);
const BATCHES_QUEUED: usize = 8;
const MAX_SENDS: NonZeroU32 = match NonZeroU32::new(32) {
    Some(sends) => sends,
    None => NonZeroU32::MIN,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Batch;

    #[test]
    fn what_makes_no_sense_is_not_built() {
        let longest = build(|builder| builder.delay(MAX_DELAY));
        let longer = build(|builder| builder.delay(MAX_DELAY + Duration::from_nanos(1)));
        let fitting = build(|builder| builder.queue(ten()));
        let short = build(|builder| builder.queue(NonZeroUsize::new(9).unwrap()));
        let long = build(|builder| builder.queue(NonZeroUsize::MAX));

        assert_eq!((longest, fitting), (None, None));
        assert!(matches!(longer, Some(BatchConfigError::DelayTooLong { .. })));
        assert_eq!(short, Some(BatchConfigError::QueueBelowBatch { queue: 9, items: 10 }));
        assert!(matches!(long, Some(BatchConfigError::QueueTooLong { .. })));
    }

    fn build(
        change: impl FnOnce(BatcherBuilder<u32, u32>) -> BatcherBuilder<u32, u32>,
    ) -> Option<BatchConfigError> {
        let echo = |items: Batch<u32>| async move { Ok(items.iter().copied().map(Ok).collect()) };
        change(Batcher::builder(ten())).build(echo).err()
    }

    fn ten() -> NonZeroUsize {
        NonZeroUsize::new(10).unwrap()
    }
}
