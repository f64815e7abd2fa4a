use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
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

/// Makes an attempt, and cuts it off where there is a limit.
///
/// It is no function: one would keep the future of the attempt twice, or borrow what its caller
/// then has to keep in memory.
macro_rules! attempt {
    ($call:ident, $sleep:ident, $op:ident) => {
        match $op.timeout() {
            None => $op.attempt().await,
            Some(timeout) => {
                let after = $call.time_for(timeout.into());
                let attempt = std::pin::pin!($op.attempt());
                let timer = std::pin::pin!($sleep(after));
                let ended = $crate::timed::within(attempt, timer).await;
                ended.unwrap_or_else(|| Err($op.timed_out(timeout, after)))
            }
        }
    };
}

pub(crate) use attempt;

/// Waits for an attempt, but no longer than for the timer; an attempt that ends as the timer does
/// has ended.
pub(crate) fn within<A: Future, Z: Future>(
    mut attempt: Pin<&mut A>,
    mut timer: Pin<&mut Z>,
) -> impl Future<Output = Option<A::Output>> {
    poll_fn(move |context| match attempt.as_mut().poll(context) {
        Poll::Ready(ended) => Poll::Ready(Some(ended)),
        Poll::Pending => timer.as_mut().poll(context).map(|_late| None),
    })
}
