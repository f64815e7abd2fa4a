use std::fmt;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::operation::sealed::Sealed;
use crate::retryable::ruling;
use crate::{Call, Failed, FailedAttempt, Never, Operation, Retry, Retryable, Ruling, Watched};

/// Makes a call on this thread: tries `op`, and tries again after a wait by `sleep`, as long as the
/// policy, the verdict and the budget allow.
///
/// `sleep` waits, as `std::thread::sleep` does.
///
/// What it returns runs once it is given a verdict on errors, by [`RetryBlocking::verdict`].
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_retry::{Jitter, Policy, Verdict, retry_blocking};
///
/// let policy = Policy::constant(Duration::from_secs(1)).jitter(Jitter::None).build()?;
/// let mut waited = Vec::new();
/// let mut answers = [Err("busy"), Err("busy"), Ok("hello")].into_iter();
///
/// let answer = retry_blocking(&policy, |delay| waited.push(delay), || answers.next().unwrap())
///     .verdict(|_busy| Verdict::Retry);
///
/// assert_eq!(answer, Ok("hello"));
/// assert_eq!(waited, [Duration::from_secs(1); 2]);
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
pub fn retry_blocking<'a, S, O, T, E>(
    call: impl Into<Call<'a>>,
    sleep: S,
    op: O,
) -> RetryBlocking<'a, S, Blocking<O>>
where
    S: FnMut(Duration),
    O: FnMut() -> Result<T, E>,
{
    RetryBlocking { retry: Retry::new(call.into(), sleep, Blocking { op }) }
}

/// Lets a closure that makes an attempt on this thread be retried on this thread.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_retry::{OperationBlocking, Policy, Verdict};
///
/// let policy = Policy::constant(Duration::ZERO).build()?;
/// let mut answers = [Err("busy"), Ok("hello")].into_iter();
///
/// let answer = (|| answers.next().unwrap()).retry_blocking(&policy).verdict(|_| Verdict::Retry);
///
/// assert_eq!(answer, Ok("hello"));
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
pub trait OperationBlocking: Sized {
    /// Returns this operation, to be tried as [`retry_blocking`] does it with
    /// [`std::thread::sleep`].
    fn retry_blocking<'a>(
        self,
        call: impl Into<Call<'a>>,
    ) -> RetryBlocking<'a, fn(Duration), Blocking<Self>>;
}

impl<O, T, E> OperationBlocking for O
where
    O: FnMut() -> Result<T, E>,
{
    #[expect(clippy::disallowed_methods, reason = "the driver that waits with its thread")]
    fn retry_blocking<'a>(
        self,
        call: impl Into<Call<'a>>,
    ) -> RetryBlocking<'a, fn(Duration), Blocking<O>> {
        retry_blocking(call, std::thread::sleep as fn(Duration), self)
    }
}

/// A blocking call that lacks only the verdict on its errors.
///
/// It has no attempt timeout: nothing can cut off what holds the thread, so that is up to the
/// attempt, as is a socket's own timeout.
#[must_use = "nothing is called until `verdict` is given"]
pub struct RetryBlocking<'a, S, O> {
    retry: Retry<'a, S, O>,
}

/// An operation that blocks, as the async driver takes it.
pub struct Blocking<O> {
    op: O,
}

impl<'a, S, O> RetryBlocking<'a, S, O>
where
    S: FnMut(Duration),
    O: Operation,
{
    /// Tells `hook` of each attempt that failed, once it is known what comes next.
    pub fn notify<H>(self, hook: H) -> RetryBlocking<'a, S, Watched<O, H>>
    where
        H: FnMut(&FailedAttempt<'_, O::Error>),
    {
        RetryBlocking { retry: self.retry.notify(hook) }
    }

    /// Makes the call, whose error says whether it is worth another attempt.
    ///
    /// # Errors
    ///
    /// [`Failed`] with the error of the last attempt.
    pub fn run(self) -> Result<O::Value, Failed<O::Error>>
    where
        O: Operation<Error: Retryable>,
    {
        self.verdict(ruling)
    }

    /// Makes the call; `verdict` says of each error whether it is worth another attempt, with a
    /// [`Verdict`](crate::Verdict) or a [`Ruling`].
    ///
    /// # Errors
    ///
    /// [`Failed`] with the error of the last attempt.
    pub fn verdict<R>(
        self,
        verdict: impl FnMut(&O::Error) -> R,
    ) -> Result<O::Value, Failed<O::Error>>
    where
        R: Into<Ruling>,
    {
        let (call, mut sleep, op) = self.retry.into_parts();
        let wait = |delay| {
            sleep(delay);
            ready(())
        };
        let mut call = pin!(Retry::new(call, wait, op).verdict(verdict));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            // Whatever it awaits has happened when it is asked for, so one poll is enough.
            if let Poll::Ready(result) = call.as_mut().poll(&mut context) {
                return result;
            }
        }
    }
}

impl<O, T, E> Operation for Blocking<O>
where
    O: FnMut() -> Result<T, E>,
{
    type Value = T;
    type Error = E;
    type Attempt = Ready<Result<T, E>>;
    type Timeout = Never;

    fn attempt(&mut self) -> Ready<Result<T, E>> {
        ready((self.op)())
    }

    fn timeout(&self) -> Option<Never> {
        None
    }

    fn timed_out(&mut self, timeout: Never, _after: Duration) -> E {
        match timeout {}
    }

    fn failed(&mut self, _attempt: &FailedAttempt<'_, E>) {}
}

impl<O> Sealed for Blocking<O> {}

impl<S, O> fmt::Debug for RetryBlocking<'_, S, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBlocking").field("retry", &self.retry).finish()
    }
}

impl<O> fmt::Debug for Blocking<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").finish_non_exhaustive()
    }
}
