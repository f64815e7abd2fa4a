use std::fmt;
use std::time::Duration;

use crate::{Call, Failed, Verdict};

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
pub fn retry<'a, S, Z, O, F>(call: impl Into<Call<'a>>, sleep: S, op: O) -> Retry<'a, S, O>
where
    S: FnMut(Duration) -> Z,
    Z: Future,
    O: FnMut() -> F,
    F: Future,
{
    Retry { call: call.into(), sleep, op }
}

/// A call that lacks only the verdict on its errors.
#[must_use = "nothing is called until `verdict` is given and awaited"]
pub struct Retry<'a, S, O> {
    call: Call<'a>,
    sleep: S,
    op: O,
}

impl<'a, S, O> Retry<'a, S, O> {
    /// Makes the call; `verdict` says of each error whether it is worth another attempt.
    ///
    /// A success on the first attempt reads no clock, draws no random number and allocates nothing,
    /// unless the policy has a deadline, which takes one reading.
    ///
    /// The future can be dropped at any await point: nothing is left behind, and a credit that was
    /// withdrawn for a retry which was not sent goes back to the budget.
    ///
    /// # Errors
    ///
    /// [`Failed`] with the error of the last attempt.
    pub async fn verdict<T, E, Z, F>(
        self,
        mut verdict: impl FnMut(&E) -> Verdict,
    ) -> Result<T, Failed<E>>
    where
        S: FnMut(Duration) -> Z,
        Z: Future,
        O: FnMut() -> F,
        F: Future<Output = Result<T, E>>,
    {
        let Retry { call, mut sleep, mut op } = self;
        let mut under_way = call.start();
        loop {
            let backoff = match op().await {
                Ok(value) => {
                    under_way.succeeded();
                    return Ok(value);
                }
                // The error, and whatever it holds on to, is gone before the wait.
                Err(error) => match under_way.failed(verdict(&error)) {
                    Ok(backoff) => backoff,
                    Err(why) => return Err(Failed::new(error, under_way.attempts(), why)),
                },
            };
            sleep(backoff.delay).await;
            backoff.over();
        }
    }
}

impl<S, O> fmt::Debug for Retry<'_, S, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("call", &self.call).finish_non_exhaustive()
    }
}
