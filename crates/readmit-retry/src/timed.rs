use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crate::operation::sealed::Sealed;
use crate::{FailedAttempt, Operation};

/// An operation whose attempts may take so long: see
/// [`Retry::attempt_timeout`](crate::Retry::attempt_timeout).
pub struct Timed<O, M> {
    op: O,
    timeout: Duration,
    error: M,
}

impl<O, M> Timed<O, M> {
    pub(crate) fn new(op: O, timeout: Duration, error: M) -> Timed<O, M> {
        Timed { op, timeout, error }
    }
}

impl<O, M> Operation for Timed<O, M>
where
    O: Operation,
    M: FnMut(Duration) -> O::Error,
{
    type Value = O::Value;
    type Error = O::Error;
    type Attempt = O::Attempt;
    type Timeout = Duration;

    fn attempt(&mut self) -> O::Attempt {
        self.op.attempt()
    }

    fn timeout(&self) -> Option<Duration> {
        Some(self.timeout)
    }

    fn timed_out(&mut self, _timeout: Duration, after: Duration) -> O::Error {
        (self.error)(after)
    }

    fn failed(&mut self, attempt: &FailedAttempt<'_, O::Error>) {
        self.op.failed(attempt);
    }
}

impl<O: Sealed, M> Sealed for Timed<O, M> {}

impl<O, M> fmt::Debug for Timed<O, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timed").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// Waits for an attempt, but no longer than for the timer; an attempt that ends as the timer does
/// has ended.
pub(crate) async fn within<A: Future, Z: Future>(attempt: A, timer: Z) -> Option<A::Output> {
    let mut attempt = pin!(attempt);
    let mut timer = pin!(timer);
    poll_fn(|context| match attempt.as_mut().poll(context) {
        Poll::Ready(ended) => Poll::Ready(Some(ended)),
        Poll::Pending => timer.as_mut().poll(context).map(|_late| None),
    })
    .await
}
