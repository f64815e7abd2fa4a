use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

/// Work that somebody else wrote has panicked; what it panicked with is told by the panic hook.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Makes an error of a panic.
pub(crate) async fn unwinding<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = pin!(work);
    std::future::poll_fn(|cx| {
        // Sound: a future that panicked is not polled again.
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(_) => std::task::Poll::Ready(Err(Panicked)),
        }
    })
    .await
}
