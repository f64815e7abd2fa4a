use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::again::{Stumbled, again};
use crate::retryable::ruling;
use crate::timed::attempt;
use crate::{Call, Failed, FailedAttempt, Operation, Retryable, Ruling, Timed, Watched};

/// Makes a call on any runtime: tries `op`, and tries again after a wait by `sleep`, as long as the
/// policy, the verdict and the budget allow.
///
/// `sleep` starts a timer of the runtime, such as `tokio::time::sleep`.
/// `op` starts one attempt.
/// It is called after the wait, so an attempt that authenticates, signs or dates itself does so
/// with what is true then (rule 47), and a timeout within it does not see the wait (rule 49).
///
/// What it returns runs once it is given a verdict on errors, by [`Retry::verdict`].
///
/// # Example
///
/// ```
/// use std::future::ready;
/// use std::io::{Error, ErrorKind};
///
/// use readmit_retry::{Policy, Verdict, retry};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let mut answers = [Err(ErrorKind::ConnectionReset), Ok("hello")].into_iter();
/// let op = || ready(answers.next().unwrap().map_err(Error::from));
///
/// let answer = retry(&Policy::DEFAULT, tokio::time::sleep, op)
///     .verdict(|error| match error.kind() {
///         ErrorKind::ConnectionReset => Verdict::Retry,
///         _ => Verdict::Stop,
///     })
///     .await;
///
/// assert_eq!(answer.unwrap(), "hello");
/// # }
/// ```
pub fn retry<'a, S, Z, O, F, T, E>(call: impl Into<Call<'a>>, sleep: S, op: O) -> Retry<'a, S, O>
where
    S: FnMut(Duration) -> Z,
    Z: Future,
    O: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
{
    Retry::new(call.into(), sleep, op)
}

/// A call that lacks only the verdict on its errors.
///
/// It is awaited as it is where the error says itself whether it is worth another attempt
/// ([`Retryable`]); that costs one allocation, which [`verdict`](Retry::verdict) does without.
///
/// Each step can be dropped at any await point: nothing is left behind, and a credit that was
/// withdrawn for a retry which was not sent goes back to the budget.
#[must_use = "nothing is called until `verdict` is given and awaited"]
pub struct Retry<'a, S, O> {
    call: Call<'a>,
    sleep: S,
    op: O,
}

impl<'a, S, O> Retry<'a, S, O> {
    pub(crate) fn new(call: Call<'a>, sleep: S, op: O) -> Retry<'a, S, O> {
        Retry { call, sleep, op }
    }

    pub(crate) fn into_parts(self) -> (Call<'a>, S, O) {
        (self.call, self.sleep, self.op)
    }

    /// Cuts off each attempt that takes longer than this; `error` makes the error that the verdict
    /// is then asked about, of the time that the attempt was given.
    ///
    /// The wait before an attempt is no part of it (rule 49).
    /// Where the call has a deadline, an attempt is given what is left of it, if that is less.
    /// An attempt that is cut off is dropped, so it must leave nothing behind; what it has sent may
    /// still be acted on.
    ///
    /// # Example
    ///
    /// ```
    /// use std::future::pending;
    /// use std::time::Duration;
    ///
    /// use readmit_retry::{Fault, Policy, Verdict, retry};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let failed = retry(&Policy::never(), tokio::time::sleep, pending::<Result<(), String>>)
    ///     .attempt_timeout(Duration::from_secs(5), |after| format!("nothing for {after:?}"))
    ///     .verdict(|_late| Verdict::Retry.because(Fault::TimedOut))
    ///     .await
    ///     .unwrap_err();
    ///
    /// assert_eq!(failed.error(), "nothing for 5s");
    /// # }
    /// ```
    pub fn attempt_timeout<M>(self, timeout: Duration, error: M) -> Retry<'a, S, Timed<O, M>>
    where
        O: Operation,
        M: FnMut(Duration) -> O::Error,
    {
        Retry { call: self.call, sleep: self.sleep, op: Timed::new(self.op, timeout, error) }
    }

    /// Tells `hook` of each attempt that failed, once it is known what comes next.
    pub fn notify<H>(self, hook: H) -> Retry<'a, S, Watched<O, H>>
    where
        O: Operation,
        H: FnMut(&FailedAttempt<'_, O::Error>),
    {
        Retry { call: self.call, sleep: self.sleep, op: Watched::new(self.op, hook) }
    }

    /// Makes the call; `verdict` says of each error whether it is worth another attempt, with a
    /// [`Verdict`](crate::Verdict) or a [`Ruling`].
    ///
    /// A success on the first attempt reads no clock, draws no random number and allocates nothing,
    /// unless the policy has a deadline, which takes one reading.
    /// What a call needs from its first failure on is allocated then.
    ///
    /// # Errors
    ///
    /// [`Failed`] with the error of the last attempt.
    pub fn verdict<Z, R>(
        self,
        verdict: impl FnMut(&O::Error) -> R,
    ) -> impl Future<Output = Result<O::Value, Failed<O::Error>>>
    where
        S: FnMut(Duration) -> Z,
        Z: Future,
        O: Operation,
        R: Into<Ruling>,
    {
        // What the block captures it has once; what it binds itself it would have a second time.
        let Retry { mut call, mut sleep, mut op } = self;
        async move {
            call.start();
            // The error, and whatever it holds on to, is gone before anything else is awaited.
            let rest = match attempt!(call, sleep, op) {
                Ok(value) => {
                    call.succeeded();
                    return Ok(value);
                }
                Err(error) => again(Stumbled::new(call, sleep, op, verdict, error))?,
            };
            rest.await
        }
    }
}

impl<'a, S, Z, O> IntoFuture for Retry<'a, S, O>
where
    S: FnMut(Duration) -> Z + Send + 'a,
    Z: Future + Send + 'a,
    O: Operation<Value: Send, Error: Retryable + Send, Attempt: Send, Timeout: Send> + Send + 'a,
{
    type Output = Result<O::Value, Failed<O::Error>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.verdict(ruling))
    }
}

impl<S, O> fmt::Debug for Retry<'_, S, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("call", &self.call).finish_non_exhaustive()
    }
}
