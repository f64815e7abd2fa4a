use std::pin::Pin;
use std::task::{Context, Poll};

/// A future of its own allocation, polled and dropped out of line.
///
/// What rarely happens and takes much room goes here: the future around it stays small, and where
/// it is never needed the compiler can keep that one in registers, as no address of it is taken.
#[derive(Debug)]
pub(crate) struct Aside<F> {
    /// None once it is dropped.
    future: Option<Pin<Box<F>>>,
}

impl<F> Aside<F> {
    #[inline(always)]
    pub(crate) fn new(future: F) -> Aside<F> {
        Aside { future: Some(Box::pin(future)) }
    }
}

impl<F: Future> Future for Aside<F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        match &mut self.future {
            Some(future) => poll(future.as_mut(), context),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for Aside<F> {
    #[inline]
    fn drop(&mut self) {
        discard(self.future.take());
    }
}

#[cold]
#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
    future.poll(context)
}

/// By value, because the address of a field is one that has been taken.
#[cold]
#[inline(never)]
fn discard<F>(future: Option<Pin<Box<F>>>) {
    drop(future);
}
