use readmit_error::{Failure, Replay};

use crate::Error;

/// Why a [`Batcher`](crate::Batcher) has no answer for an item.
///
/// # Example
///
/// ```
/// use readmit::BatchError;
/// use readmit::error::Replay;
///
/// let error = BatchError::TooLarge { bytes: 300, max: 256 };
/// assert_eq!(error.to_string(), "an item of 300 bytes does not fit into a batch of 256");
/// assert_eq!(error.replay(), Replay::NotProcessed);
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The request that the item was in failed as a whole.
    ///
    /// Where it was the items that were refused, the item was sent alone at the last, unless the
    /// [bound of sends](crate::BatcherBuilder::max_sends) was reached.
    #[error("the batch failed as a whole")]
    Batch(#[source] Error),
    /// The batcher takes no more items.
    #[error("the batcher is closed")]
    Closed,
    /// The item itself was refused, whatever became of the others.
    #[error("the item was refused")]
    Item(#[source] Failure),
    /// The runtime that the batch was sent on was shut down before the answer came.
    #[error("the runtime that the batch was sent on was shut down")]
    Lost,
    /// The sender gave another number of answers than there were items, so that nobody can tell
    /// which is whose.
    #[error("{answers} answers came for a batch of {items} items")]
    Miscounted {
        /// The items that were sent.
        items: usize,
        /// The answers that came.
        answers: usize,
    },
    /// There is no Tokio runtime to send from.
    #[error("a batch cannot be sent outside of a Tokio runtime")]
    NoRuntime,
    /// The sender panicked.
    #[error("the sender of the batch panicked")]
    Panicked,
    /// The item is larger than a batch may be.
    #[error("an item of {bytes} bytes does not fit into a batch of {max}")]
    TooLarge {
        /// What the item weighs.
        bytes: usize,
        /// What a batch may weigh.
        max: usize,
    },
}

impl BatchError {
    /// Returns what happened, where the server or the way to it said so.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            BatchError::Batch(error) => Some(error.failure()),
            BatchError::Item(failure) => Some(failure),
            BatchError::Closed
            | BatchError::Lost
            | BatchError::Miscounted { .. }
            | BatchError::NoRuntime
            | BatchError::Panicked
            | BatchError::TooLarge { .. } => None,
        }
    }

    /// Returns whether the server may have acted on the item.
    #[must_use]
    pub fn replay(&self) -> Replay {
        match self {
            BatchError::Batch(error) => error.failure().replay(),
            BatchError::Item(failure) => failure.replay(),
            BatchError::Closed | BatchError::NoRuntime | BatchError::TooLarge { .. } => {
                Replay::NotProcessed
            }
            BatchError::Lost | BatchError::Miscounted { .. } | BatchError::Panicked => {
                Replay::PossiblyProcessed
            }
        }
    }
}
