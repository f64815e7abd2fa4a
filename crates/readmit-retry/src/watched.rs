use std::fmt;
use std::time::Duration;

use crate::operation::sealed::Sealed;
use crate::{FailedAttempt, Operation};

/// An operation of which a hook is told: see [`Retry::notify`](crate::Retry::notify).
pub struct Watched<O, H> {
    op: O,
    hook: H,
}

impl<O, H> Watched<O, H> {
    pub(crate) fn new(op: O, hook: H) -> Watched<O, H> {
        Watched { op, hook }
    }
}

impl<O, H> Operation for Watched<O, H>
where
    O: Operation,
    H: FnMut(&FailedAttempt<'_, O::Error>),
{
    type Value = O::Value;
    type Error = O::Error;
    type Attempt = O::Attempt;
    type Timeout = O::Timeout;

    fn attempt(&mut self) -> O::Attempt {
        self.op.attempt()
    }

    fn timeout(&self) -> Option<O::Timeout> {
        self.op.timeout()
    }

    fn timed_out(&mut self, timeout: O::Timeout, after: Duration) -> O::Error {
        self.op.timed_out(timeout, after)
    }

    fn failed(&mut self, attempt: &FailedAttempt<'_, O::Error>) {
        self.op.failed(attempt);
        (self.hook)(attempt);
    }
}

impl<O: Sealed, H> Sealed for Watched<O, H> {}

impl<O: fmt::Debug, H> fmt::Debug for Watched<O, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("op", &self.op).finish_non_exhaustive()
    }
}
