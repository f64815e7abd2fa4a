use std::num::NonZeroU32;
use std::task::Waker;
use std::time::Instant;

use readmit_core::Clock;

use crate::mutants::mutate;
use crate::queue::{Leave, Waiter};
use crate::shared::Inner;
use crate::{Denied, Shared};

/// A caller who is ready to wait: it has a place in the queue from the moment it needs one until it
/// is served, refused or dropped.
#[derive(Debug)]
pub(crate) struct Place<'s, C: Clock> {
    shared: &'s Shared<C>,
    cells: NonZeroU32,
    /// In nanoseconds after the origin.
    deadline: Option<u64>,
    number: Option<u64>,
}

/// What comes of asking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    Denied(Denied),
    Granted,
    /// Ask again when woken, and at this instant at the latest, if there is one.
    Wait(Option<Instant>),
}

impl<'s, C: Clock> Place<'s, C> {
    pub(crate) fn new(
        shared: &'s Shared<C>,
        cells: NonZeroU32,
        deadline_at: Option<Instant>,
    ) -> Place<'s, C> {
        let deadline = deadline_at.map(|at| shared.origin().nanos(at));
        Place { shared, cells, deadline, number: None }
    }

    /// Asks for the cells, and takes a place in the queue where there is a wait.
    pub(crate) fn ask(&mut self, waker: &Waker) -> Asked {
        if self.number.is_none() && self.shared.is_unlimited() {
            return Asked::Granted;
        }
        let now = self.shared.clock().now();
        if self.number.is_none() && self.shared.passes(now, self.cells) {
            return Asked::Granted;
        }
        // Before the lock is taken: see `Queue`.
        let waker = waker.clone();
        let (asked, leave) = self.shared.change(|inner| {
            let asked = self.ask_in_turn(inner, now);
            let leave = match (asked, self.number) {
                (Asked::Wait(_), Some(number)) => {
                    Leave::forgetting(inner.queue.remember(number, waker))
                }
                (Asked::Wait(_), None) => {
                    let waiter = Waiter { cells: self.cells, deadline: self.deadline, waker };
                    self.number = Some(inner.queue.join(waiter));
                    Leave::default()
                }
                (Asked::Denied(_) | Asked::Granted, _) => match self.number.take() {
                    Some(number) => inner.queue.leave(number),
                    None => Leave::default(),
                },
            };
            (asked, leave)
        });
        leave.carry_out();
        asked
    }

    fn ask_in_turn(&self, inner: &mut Inner, now: Instant) -> Asked {
        if let Some(denied) = self.number.and_then(|number| inner.queue.take_refusal(number)) {
            return Asked::Denied(denied);
        }
        let is_next = match self.number {
            Some(number) => inner.queue.is_first(number),
            None => inner.queue.is_empty(),
        };
        if mutate!(18, is_next, true) {
            return match inner.limiter.try_acquire(now, self.cells) {
                Ok(()) => Asked::Granted,
                Err(denied) => self.wait_for(denied),
            };
        }

        let nanos = self.shared.origin().nanos(now);
        let ahead = self.number.map_or(inner.queue.cells(), |number| inner.queue.ahead(number));
        let denied = match inner.turn_behind(nanos, ahead, self.cells) {
            Ok(turn) => inner.limiter.denied(nanos, turn),
            Err(never) => never,
        };
        match self.wait_for(denied) {
            // Its turn comes with a call of its waker; the timer only says that it came too late.
            Asked::Wait(_) => self.until_too_late(nanos, denied),
            Asked::Denied(_) | Asked::Granted => Asked::Denied(denied),
        }
    }

    /// Decides whether the wait ends in time.
    fn wait_for(&self, denied: Denied) -> Asked {
        let in_time = match (denied.retry_at(), self.deadline) {
            (Some(at), Some(deadline)) => {
                let at = self.shared.origin().nanos(at);
                mutate!(19, at <= deadline, at < deadline)
            }
            (None, Some(_)) => false,
            (Some(_) | None, None) => denied.wait().is_some(),
        };
        if in_time { Asked::Wait(denied.retry_at()) } else { Asked::Denied(denied) }
    }

    /// Waits until the first instant after the deadline.
    fn until_too_late(&self, now: u64, denied: Denied) -> Asked {
        let Some(deadline) = self.deadline else { return Asked::Wait(None) };
        if deadline < now {
            return Asked::Denied(denied);
        }
        Asked::Wait(self.shared.origin().instant(deadline.saturating_add(1)))
    }
}

impl<C: Clock> Drop for Place<'_, C> {
    fn drop(&mut self) {
        let Some(number) = self.number.take() else { return };
        self.shared.change(|inner| inner.queue.leave(number)).carry_out();
    }
}
