use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

/// Does the work, and drops it where the other is over first, which goes on meanwhile.
pub(crate) async fn unless<O: Future, T>(
    mut other: Pin<&mut O>,
    work: impl Future<Output = T>,
) -> Result<T, O::Output> {
    let mut work = pin!(work);
    poll_fn(|cx| match other.as_mut().poll(cx) {
        Poll::Ready(over) => Poll::Ready(Err(over)),
        Poll::Pending => work.as_mut().poll(cx).map(Ok),
    })
    .await
}
