use std::fmt;
use std::future::ready;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::{Call, Failed, Verdict, retry};

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
) -> RetryBlocking<'a, S, O>
where
    S: FnMut(Duration),
    O: FnMut() -> Result<T, E>,
{
    RetryBlocking { call: call.into(), sleep, op }
}

/// A blocking call that lacks only the verdict on its errors.
#[must_use = "nothing is called until `verdict` is given"]
pub struct RetryBlocking<'a, S, O> {
    call: Call<'a>,
    sleep: S,
    op: O,
}

impl<S, O> RetryBlocking<'_, S, O> {
    /// Makes the call; `verdict` says of each error whether it is worth another attempt.
    ///
    /// # Errors
    ///
    /// [`Failed`] with the error of the last attempt.
    pub fn verdict<T, E>(self, verdict: impl FnMut(&E) -> Verdict) -> Result<T, Failed<E>>
    where
        S: FnMut(Duration),
        O: FnMut() -> Result<T, E>,
    {
        let RetryBlocking { call, mut sleep, mut op } = self;
        let wait = |delay| {
            sleep(delay);
            ready(())
        };
        let mut call = pin!(retry(call, wait, || ready(op())).verdict(verdict));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            // Whatever it awaits has happened when it is asked for, so one poll is enough.
            if let Poll::Ready(result) = call.as_mut().poll(&mut context) {
                return result;
            }
        }
    }
}

impl<S, O> fmt::Debug for RetryBlocking<'_, S, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBlocking").field("call", &self.call).finish_non_exhaustive()
    }
}
