use std::time::Duration;

use readmit_core::Draw;

use crate::{Fault, Policy};

/// The delays that a policy has before the retries of one call, in order.
///
/// [`Attempts`](crate::Attempts) draws them as it goes; here they can be looked at alone.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_core::Draw;
/// use readmit_retry::Policy;
///
/// let policy = Policy::sequence([1, 5].map(Duration::from_secs)).build()?;
/// let mut delays = policy.delays();
/// assert_eq!(delays.next(Draw::MAX), Duration::from_secs(1));
/// assert_eq!(delays.next(Draw::MAX), Duration::from_secs(5));
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Delays<'p> {
    policy: &'p Policy,
    retry: u32,
    previous: u64,
}

impl<'p> Delays<'p> {
    pub(crate) fn new(policy: &'p Policy) -> Delays<'p> {
        Delays { policy, retry: 0, previous: 0 }
    }

    /// Returns the delay before the next retry, at most the cap.
    ///
    /// The longest delay belongs to [`Draw::MAX`], the shortest to [`Draw::MIN`].
    /// They go on past the policy's last attempt.
    pub fn next(&mut self, draw: Draw) -> Duration {
        self.retry = self.retry.saturating_add(1);
        self.previous = self.policy.draw(self.retry, self.previous, Fault::Transient, draw).nanos();
        Duration::from_nanos(self.previous)
    }
}
