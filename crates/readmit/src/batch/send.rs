use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use async_trait::async_trait;
use readmit_error::Failure;

use crate::Error;

/// Sends a batch: what a [`Batcher`](crate::Batcher) is built over.
///
/// It is implemented for every closure of that shape; the trait itself wants the crate
/// `async-trait`.
///
/// # Example
///
/// ```
/// use readmit::error::Failure;
/// use readmit::{Batch, BatchSend, Client, Error};
///
/// struct Create(Client);
///
/// #[async_trait::async_trait]
/// impl BatchSend<String, u64> for Create {
///     async fn send(&self, names: Batch<String>) -> Result<Vec<Result<u64, Failure>>, Error> {
///         let ids: Vec<u64> = self.0.post("/flows:batch").json(&*names).send().await?.json().await?;
///         Ok(ids.into_iter().map(Ok).collect())
///     }
/// }
/// # fn is_sender(_: impl BatchSend<String, u64>) {}
/// # is_sender(Create(Client::builder("https://api.example.com").build()?));
/// # Ok::<(), readmit::BuildError>(())
/// ```
#[async_trait]
pub trait BatchSend<T, R>: Send + Sync + 'static {
    /// Sends the items in one request, and returns exactly one answer for each, in their order.
    ///
    /// Any other number of answers is an [error](crate::BatchError::Miscounted) for all of them.
    ///
    /// # Errors
    ///
    /// [`Error`] where the request failed as a whole. If it is the items that were refused, as
    /// malformed, invalid, in conflict or too large, halves of the batch are sent again.
    async fn send(&self, items: Batch<T>) -> Result<Vec<Result<R, Failure>>, Error>;
}

#[async_trait]
impl<T, R, F, Sending> BatchSend<T, R> for F
where
    T: Send + Sync + 'static,
    F: Fn(Batch<T>) -> Sending + Send + Sync + 'static,
    Sending: Future<Output = Result<Vec<Result<R, Failure>>, Error>> + Send,
{
    async fn send(&self, items: Batch<T>) -> Result<Vec<Result<R, Failure>>, Error> {
        self(items).await
    }
}

/// The items of one request, in the order in which they came: at least one.
///
/// It is a handle to a slice, cheap to clone, so that halves of a batch can be sent again without a
/// copy of the items. `&*batch` is the slice, for whatever writes it as JSON.
pub struct Batch<T> {
    items: Arc<[T]>,
    part: Range<usize>,
}

impl<T> Batch<T> {
    pub(crate) fn part(items: &Arc<[T]>, part: Range<usize>) -> Batch<T> {
        Batch { items: Arc::clone(items), part }
    }
}

impl<T> Deref for Batch<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.items.get(self.part.clone()).unwrap_or_default()
    }
}

impl<T> Clone for Batch<T> {
    fn clone(&self) -> Batch<T> {
        Batch::part(&self.items, self.part.clone())
    }
}

/// The number of items; never what they are.
impl<T> fmt::Debug for Batch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({} items)", self.len())
    }
}
