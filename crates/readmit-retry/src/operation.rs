use std::time::Duration;

#[cfg(feature = "tokio")]
use tokio::time::{Sleep, sleep};

use crate::{Call, FailedAttempt, Retry};

/// What can be tried again: any closure that starts an attempt.
///
/// It brings the drivers as methods; whatever else it has is for them.
///
/// # Example
///
/// ```
/// use std::future::ready;
/// use std::time::Duration;
///
/// use readmit_retry::{Operation, Policy, Verdict};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let mut answers = [Err("busy"), Ok("hello")].into_iter();
/// let greet = || ready(answers.next().unwrap());
/// let sleep = |delay: Duration| tokio::time::sleep(delay);
///
/// let answer = greet.retry_with(&Policy::DEFAULT, sleep).verdict(|_busy| Verdict::Retry).await;
///
/// assert_eq!(answer, Ok("hello"));
/// # }
/// ```
pub trait Operation: sealed::Sealed + Sized {
    /// What an attempt ends in.
    type Value;

    /// What an attempt ends in where it fails.
    type Error;

    /// An attempt under way.
    type Attempt: Future<Output = Result<Self::Value, Self::Error>>;

    /// How long an attempt may take, or [`Never`] where there is no limit.
    type Timeout: Copy + Into<Duration>;

    /// Starts an attempt.
    fn attempt(&mut self) -> Self::Attempt;

    /// Returns how long an attempt may take.
    fn timeout(&self) -> Option<Self::Timeout>;

    /// Makes the error of an attempt that was cut off `after` so long.
    fn timed_out(&mut self, timeout: Self::Timeout, after: Duration) -> Self::Error;

    /// Takes note of an attempt that failed.
    fn failed(&mut self, attempt: &FailedAttempt<'_, Self::Error>);

    /// Returns this operation, to be tried as [`retry`](fn@crate::retry) does it, with Tokio's timer.
    #[cfg(feature = "tokio")]
    fn retry<'a>(self, call: impl Into<Call<'a>>) -> Retry<'a, fn(Duration) -> Sleep, Self> {
        Retry::new(call.into(), sleep, self)
    }

    /// Returns this operation, to be tried as [`retry`](fn@crate::retry) does it; `sleep` waits.
    fn retry_with<'a, S, Z>(self, call: impl Into<Call<'a>>, sleep: S) -> Retry<'a, S, Self>
    where
        S: FnMut(Duration) -> Z,
        Z: Future,
    {
        Retry::new(call.into(), sleep, self)
    }
}

/// The length of a timeout that there is none of.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "there is none")]
pub enum Never {}

impl From<Never> for Duration {
    fn from(never: Never) -> Duration {
        match never {}
    }
}

impl<O, F, T, E> Operation for O
where
    O: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
{
    type Value = T;
    type Error = E;
    type Attempt = F;
    type Timeout = Never;

    fn attempt(&mut self) -> F {
        self()
    }

    fn timeout(&self) -> Option<Never> {
        None
    }

    fn timed_out(&mut self, timeout: Never, _after: Duration) -> E {
        match timeout {}
    }

    fn failed(&mut self, _attempt: &FailedAttempt<'_, E>) {}
}

pub(crate) mod sealed {
    /// Implemented by what the drivers know.
    #[expect(unnameable_types, reason = "what nobody can name, nobody else can implement")]
    pub trait Sealed {}

    impl<O, F, T, E> Sealed for O
    where
        O: FnMut() -> F,
        F: Future<Output = Result<T, E>>,
    {
    }
}
