use std::time::Duration;

use tokio::time::{Sleep, sleep};

use crate::{Call, Retry, retry};

/// Lets a closure that starts an attempt be retried with Tokio's timer.
///
/// # Example
///
/// ```
/// use std::future::ready;
///
/// use readmit_retry::{Operation, Policy, Verdict};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let mut answers = [Err("busy"), Ok("hello")].into_iter();
/// let greet = || ready(answers.next().unwrap());
///
/// let answer = greet.retry(&Policy::DEFAULT).verdict(|_busy| Verdict::Retry).await;
///
/// assert_eq!(answer, Ok("hello"));
/// # }
/// ```
pub trait Operation: Sized {
    /// Returns this operation, to be tried as [`retry`] does it.
    fn retry<'a>(self, call: impl Into<Call<'a>>) -> Retry<'a, fn(Duration) -> Sleep, Self>;
}

impl<O, F> Operation for O
where
    O: FnMut() -> F,
    F: Future,
{
    fn retry<'a>(self, call: impl Into<Call<'a>>) -> Retry<'a, fn(Duration) -> Sleep, Self> {
        retry(call, sleep as fn(Duration) -> Sleep, self)
    }
}
