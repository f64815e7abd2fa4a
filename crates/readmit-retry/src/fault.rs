/// What kind of failure a retry is for, where the price or the delay of a retry depends on it.
///
/// It is told beside a [`Verdict`](crate::Verdict), by
/// [`Verdict::because`](crate::Verdict::because); whoever says nothing says
/// [`Transient`](Fault::Transient).
///
/// # Example
///
/// ```
/// use readmit_retry::{Allowance, Fault};
///
/// assert_eq!(Allowance::AWS_STANDARD.cost(Fault::Transient), 5);
/// assert_eq!(Allowance::AWS_STANDARD.cost(Fault::TimedOut), 10);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "those that published budgets tell apart")]
pub enum Fault {
    /// The server has no room for this caller: it said so, and it is alive.
    Throttled,
    /// Nobody answered in time, and a retry may hold resources for as long again.
    TimedOut,
    /// Anything else that may pass.
    #[default]
    Transient,
}
