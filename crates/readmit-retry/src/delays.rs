use std::time::Duration;

use readmit_core::Draw;

use crate::curve::Course;
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
    course: Course,
}

impl<'p> Delays<'p> {
    pub(crate) fn new(policy: &'p Policy) -> Delays<'p> {
        Delays { policy, course: Course::START }
    }

    /// Returns the delay before the next retry, at most the cap.
    ///
    /// The longest delay belongs to [`Draw::MAX`], the shortest to [`Draw::MIN`].
    /// They go on past the policy's last attempt.
    #[inline]
    pub fn next(&mut self, draw: Draw) -> Duration {
        let nominal = self.policy.nominal(&mut self.course, Fault::Transient);
        Duration::from_nanos(self.policy.draw(&mut self.course, nominal, draw).delay)
    }
}
