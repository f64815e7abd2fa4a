use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::task::Waker;

use crate::Denied;
use crate::mutants::mutate;

/// Who waits, in the order of arrival (rule 72).
///
/// The first in the queue waits for the limiter, and the others for the one before them.
/// Whoever leaves, served or not, makes way: if it was the first, the next one is woken.
/// Wakers are returned, and neither woken nor dropped in here: under the lock, whatever either of
/// them runs could ask for it again.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiters: BTreeMap<u64, Waiter>,
    /// Those who were found unable to make it, until they hear of it.
    refused: BTreeMap<u64, Denied>,
    /// What all who wait are going to take.
    cells: u64,
    next: u64,
}

#[derive(Debug)]
pub(crate) struct Waiter {
    pub(crate) cells: NonZeroU32,
    /// In nanoseconds after the origin.
    pub(crate) deadline: Option<u64>,
    pub(crate) waker: Waker,
}

/// What is to be done where the lock is not held.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Leave {
    wake: Option<Waker>,
    forget: Option<Waker>,
}

impl Leave {
    pub(crate) fn forgetting(waker: Waker) -> Leave {
        Leave { wake: None, forget: Some(waker) }
    }

    pub(crate) fn carry_out(self) {
        if let Some(next) = self.wake {
            next.wake();
        }
        drop(self.forget);
    }
}

impl Queue {
    /// Takes a place at the end, and returns its number.
    pub(crate) fn join(&mut self, waiter: Waiter) -> u64 {
        let place = self.next;
        self.next = self.next.wrapping_add(1);
        self.cells = self.cells.saturating_add(u64::from(waiter.cells.get()));
        self.waiters.insert(place, waiter);
        place
    }

    /// Gives the place back, and returns whom to wake and whom to forget.
    pub(crate) fn leave(&mut self, place: u64) -> Leave {
        self.refused.remove(&place);
        let first = self.is_first(place);
        let Some(waiter) = self.waiters.remove(&place) else { return Leave::default() };
        self.cells = self.cells.saturating_sub(u64::from(waiter.cells.get()));
        let wakes = mutate!(14, first, false);
        Leave { wake: if wakes { self.first() } else { None }, forget: Some(waiter.waker) }
    }

    /// Takes back what was said to a waiter that was refused.
    pub(crate) fn take_refusal(&mut self, place: u64) -> Option<Denied> {
        self.refused.remove(&place)
    }

    /// Remembers whom to wake for this place, and returns whom to forget.
    pub(crate) fn remember(&mut self, place: u64, waker: Waker) -> Waker {
        match self.waiters.get_mut(&place) {
            Some(waiter) => std::mem::replace(&mut waiter.waker, waker),
            None => waker,
        }
    }

    /// Takes everybody out who cannot make it, and returns whom to wake: those, and the first.
    ///
    /// `hopeless` is given what those before take.
    pub(crate) fn refuse(
        &mut self,
        mut hopeless: impl FnMut(u64, &Waiter) -> Option<Denied>,
    ) -> Vec<Waker> {
        let mut ahead = 0_u64;
        let mut denied = Vec::new();
        for (place, waiter) in &self.waiters {
            match hopeless(ahead, waiter) {
                Some(refusal) => denied.push((*place, refusal)),
                None => ahead = ahead.saturating_add(u64::from(waiter.cells.get())),
            }
        }
        let mut wakers = Vec::new();
        for (place, refusal) in denied {
            self.refused.insert(place, refusal);
            wakers.extend(self.waiters.remove(&place).map(|waiter| waiter.waker));
        }
        self.cells = ahead;
        wakers.extend(self.first());
        wakers
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiters.is_empty()
    }

    pub(crate) fn is_first(&self, place: u64) -> bool {
        self.waiters.first_key_value().is_some_and(|(first, _)| *first == place)
    }

    /// Returns what all who wait are going to take.
    pub(crate) fn cells(&self) -> u64 {
        self.cells
    }

    /// Returns what those before this place are going to take.
    pub(crate) fn ahead(&self, place: u64) -> u64 {
        self.waiters.range(..place).map(|(_, waiter)| u64::from(waiter.cells.get())).sum()
    }

    fn first(&self) -> Option<Waker> {
        self.waiters.first_key_value().map(|(_, waiter)| waiter.waker.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r72_the_first_to_leave_makes_way_for_the_next() {
        let mut queue = Queue::default();
        let [a, b, c] = [1, 2, 3].map(|cells| queue.join(waiter(cells)));

        assert!(queue.is_first(a));
        assert!(queue.leave(b).wake.is_none());
        assert!(queue.leave(a).wake.is_some());
        assert!(queue.is_first(c));
        assert_eq!(queue.cells(), 3);
        assert!(queue.leave(c).wake.is_none());
        assert!(queue.is_empty());
    }

    #[test]
    fn r72_to_leave_twice_is_to_leave_once() {
        let mut queue = Queue::default();
        let [a, _b] = [1, 2].map(|cells| queue.join(waiter(cells)));

        let wakers = [queue.leave(a).wake, queue.leave(a).wake];

        assert!(wakers[0].is_some() && wakers[1].is_none());
        assert_eq!(queue.cells(), 2);
    }

    #[test]
    fn who_cannot_make_it_is_taken_out_and_shortens_the_wait_of_the_others() {
        let mut queue = Queue::default();
        let [a, b, c] = [5, 3, 1].map(|cells| queue.join(waiter(cells)));
        let mut asked = Vec::new();

        let wakers = queue.refuse(|ahead, waiter| {
            asked.push(ahead);
            (waiter.cells.get() == 3).then(Denied::never)
        });

        assert_eq!(asked, [0, 5, 5]);
        assert_eq!(wakers.len(), 2);
        assert_eq!(queue.take_refusal(b), Some(Denied::never()));
        assert_eq!((queue.ahead(a), queue.ahead(c), queue.cells()), (0, 5, 6));
    }

    fn waiter(cells: u32) -> Waiter {
        let cells = NonZeroU32::new(cells).unwrap();
        Waiter { cells, deadline: None, waker: Waker::noop().clone() }
    }
}
