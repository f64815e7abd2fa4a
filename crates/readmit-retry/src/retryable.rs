use crate::{Fault, Ruling, Verdict};

/// An error that says of itself whether it is worth another attempt.
///
/// It stands in for the closure of [`Retry::verdict`](crate::Retry::verdict), so that a call is
/// awaited as it is.
/// No error implements it on its own: what can pass is known to whoever wrote the error.
///
/// # Example
///
/// ```
/// use readmit_retry::{Policy, Retryable, Verdict, retry_blocking};
///
/// #[derive(Debug, PartialEq)]
/// enum StoreError {
///     Busy,
///     Forbidden,
/// }
///
/// impl Retryable for StoreError {
///     fn verdict(&self) -> Verdict {
///         match self {
///             StoreError::Busy => Verdict::Retry,
///             StoreError::Forbidden => Verdict::Stop,
///         }
///     }
/// }
///
/// let mut answers = [Err(StoreError::Busy), Ok(7)].into_iter();
/// let answer = retry_blocking(&Policy::DEFAULT, |_delay| {}, || answers.next().unwrap()).run();
/// assert_eq!(answer.ok(), Some(7));
/// # let _ = StoreError::Forbidden;
/// ```
pub trait Retryable {
    /// Says whether another attempt may succeed.
    fn verdict(&self) -> Verdict;

    /// Says what kind of failure it is.
    fn fault(&self) -> Fault {
        Fault::default()
    }
}

/// Returns what an error says of itself.
pub(crate) fn ruling<E: Retryable>(error: &E) -> Ruling {
    error.verdict().because(error.fault())
}
