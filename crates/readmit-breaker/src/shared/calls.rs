//! The calls that a shared circuit makes itself.

use readmit_core::Clock;

use crate::{CallError, Outcome, Report, Shared};

impl<C: Clock> Shared<C> {
    /// Makes a call, if the circuit admits it; every error counts against the service.
    ///
    /// # Errors
    ///
    /// [`CallError::Rejected`] where it was not made, and otherwise the error of the call.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_breaker::{CallError, Config, Shared};
    ///
    /// let breaker = Shared::new(Config::FIVE_IN_A_ROW);
    /// for _ in 0..5 {
    ///     assert_eq!(breaker.call(|| Err::<(), _>("down")), Err(CallError::Failed("down")));
    /// }
    ///
    /// let sixth = breaker.call(|| Ok::<_, &str>("up"));
    /// assert!(sixth.unwrap_err().rejected().is_some());
    /// ```
    #[inline]
    pub fn call<T, E>(&self, op: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>> {
        self.call_judged(op, |_| Outcome::Fail)
    }

    /// Makes a call, if the circuit admits it; `judge` says which errors count.
    ///
    /// It has the place of the exception that the breakers of the textbooks expect: what is
    /// expected is a [`Outcome::Fail`], and any other error an [`Outcome::Ignore`], or an
    /// [`Outcome::Succeed`] where it proves that the service is well.
    ///
    /// # Errors
    ///
    /// [`CallError::Rejected`] where it was not made, and otherwise the error of the call.
    ///
    /// # Example
    ///
    /// ```
    /// use std::io::{Error, ErrorKind};
    ///
    /// use readmit_breaker::{Config, Outcome, Shared, State};
    ///
    /// let breaker = Shared::new(Config::consecutive_failures(1).build()?);
    /// let not_found = || Err::<(), _>(Error::from(ErrorKind::NotFound));
    ///
    /// let answer = breaker.call_judged(not_found, |error| match error.kind() {
    ///     ErrorKind::TimedOut | ErrorKind::ConnectionRefused => Outcome::Fail,
    ///     _ => Outcome::Ignore,
    /// });
    ///
    /// assert!(answer.is_err());
    /// assert_eq!(breaker.state(), State::Closed);
    /// # Ok::<(), readmit_breaker::ConfigError>(())
    /// ```
    #[inline]
    pub fn call_judged<T, E, R: Into<Report>>(
        &self,
        op: impl FnOnce() -> Result<T, E>,
        judge: impl FnOnce(&E) -> R,
    ) -> Result<T, CallError<E>> {
        let call = self.try_acquire()?;
        match op() {
            Ok(answer) => {
                call.settle(Outcome::Succeed);
                Ok(answer)
            }
            Err(error) => {
                let report: Report = judge(&error).into();
                call.settle(report);
                Err(CallError::Failed(error))
            }
        }
    }

    /// Makes a call on any runtime, if the circuit admits it; every error counts against the
    /// service.
    ///
    /// Dropping the future abandons the call.
    ///
    /// # Errors
    ///
    /// [`CallError::Rejected`] where it was not made, and otherwise the error of the call.
    pub async fn call_async<T, E, F>(&self, op: impl FnOnce() -> F) -> Result<T, CallError<E>>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.call_async_judged(op, |_| Outcome::Fail).await
    }

    /// Makes a call on any runtime, if the circuit admits it; `judge` says which errors count, as
    /// for [`call_judged`](Shared::call_judged).
    ///
    /// The clock is read first, so that a call which is dropped when its caller has waited too long
    /// counts as what it is.
    ///
    /// # Errors
    ///
    /// [`CallError::Rejected`] where it was not made, and otherwise the error of the call.
    pub async fn call_async_judged<T, E, R, F>(
        &self,
        op: impl FnOnce() -> F,
        judge: impl FnOnce(&E) -> R,
    ) -> Result<T, CallError<E>>
    where
        R: Into<Report>,
        F: Future<Output = Result<T, E>>,
    {
        let call = self.try_acquire_at(self.clock.now())?;
        match op().await {
            Ok(answer) => {
                call.settle(Outcome::Succeed);
                Ok(answer)
            }
            Err(error) => {
                let report: Report = judge(&error).into();
                call.settle(report);
                Err(CallError::Failed(error))
            }
        }
    }
}
