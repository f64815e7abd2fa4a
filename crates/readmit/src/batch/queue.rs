use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// What waits to be sent, and when a batch of it is due.
///
/// ```text
///           withdraw
///            ┌────► (gone)
/// push ─► waiting ─► due ──► in flight ──► settled
///                     │ full by items or by bytes; the oldest has waited its delay;
///                     │ flushed; closed
/// ```
///
/// A batch is a run of the oldest, and while as many batches as may be are in flight, none is due.
pub(crate) struct Queue<I> {
    limits: Limits,
    waiting: VecDeque<Waiting<I>>,
    /// Of all that wait. Wide enough for as many of the largest as there can be.
    bytes: u128,
    in_flight: Vec<Ticket>,
    next: Place,
    /// What came before it is due at once.
    flushed: Place,
    closed: bool,
}

/// How large a batch gets, how long it waits, and how many are on their way at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) items: NonZeroUsize,
    pub(crate) bytes: NonZeroUsize,
    pub(crate) delay: Duration,
    pub(crate) in_flight: NonZeroUsize,
}

/// Where an item stands among all that ever came.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place(u64);

/// Stands for a batch in flight: the place of its first item.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Ticket(Place);

/// An item that was taken in.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) place: Place,
    /// When it has waited long enough; `None` where no clock reaches so far.
    pub(crate) due_at: Option<Instant>,
}

/// Why an item was not taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotQueued {
    Closed,
    TooLarge,
}

/// A batch on its way.
#[derive(Debug)]
pub(crate) struct Taken<I> {
    pub(crate) ticket: Ticket,
    /// At least one, in the order in which they came.
    pub(crate) items: Vec<I>,
}

struct Waiting<I> {
    place: Place,
    due_at: Option<Instant>,
    bytes: usize,
    item: I,
}

impl<I> Queue<I> {
    pub(crate) fn new(limits: Limits) -> Queue<I> {
        Queue {
            limits,
            waiting: VecDeque::new(),
            bytes: 0,
            in_flight: Vec::new(),
            next: Place(0),
            flushed: Place(0),
            closed: false,
        }
    }

    /// Puts an item at the end.
    pub(crate) fn try_push(
        &mut self,
        now: Instant,
        item: I,
        bytes: usize,
    ) -> Result<Queued, NotQueued> {
        if self.closed {
            return Err(NotQueued::Closed);
        }
        if self.limits.bytes.get() < bytes {
            return Err(NotQueued::TooLarge);
        }
        let (place, due_at) = (self.next, now.checked_add(self.limits.delay));
        self.next = Place(place.0.saturating_add(1));
        self.bytes += bytes as u128;
        self.waiting.push_back(Waiting { place, due_at, bytes, item });
        Ok(Queued { place, due_at })
    }

    /// Takes an item out again, unless it is on its way.
    pub(crate) fn withdraw(&mut self, place: Place) -> Option<I> {
        let at = self.waiting.binary_search_by_key(&place, |waiting| waiting.place).ok()?;
        let waiting = self.waiting.remove(at)?;
        self.bytes -= waiting.bytes as u128;
        Some(waiting.item)
    }

    /// Sends the next batch on its way, where one is due.
    pub(crate) fn try_take(&mut self, now: Instant) -> Option<Taken<I>> {
        let first = self.waiting.front()?.place;
        if self.limits.in_flight.get() <= self.in_flight.len() || !self.is_due(now) {
            return None;
        }
        let mut room = self.limits.bytes.get();
        let fits = |waiting: &&Waiting<I>| match room.checked_sub(waiting.bytes) {
            Some(rest) => {
                room = rest;
                true
            }
            None => false,
        };
        let count = self.waiting.iter().take(self.limits.items.get()).take_while(fits).count();
        let taken = self.waiting.drain(..count);
        let items = taken
            .map(|waiting| {
                self.bytes -= waiting.bytes as u128;
                waiting.item
            })
            .collect();
        self.in_flight.push(Ticket(first));
        Some(Taken { ticket: Ticket(first), items })
    }

    /// Tells that a batch is over, however it ended.
    pub(crate) fn settle(&mut self, ticket: &Ticket) {
        self.in_flight.retain(|flying| flying != ticket);
    }

    /// Makes all that waits due at once, and returns the place behind it.
    pub(crate) fn flush(&mut self) -> Place {
        self.flushed = self.next;
        self.next
    }

    /// Takes nothing in any more; what waits is due at once.
    pub(crate) fn close(&mut self) -> Place {
        self.closed = true;
        self.flush()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether all that came before this place has been answered, or withdrawn.
    pub(crate) fn is_settled(&self, before: Place) -> bool {
        let waiting = self.waiting.front().map(|waiting| waiting.place);
        let flying = self.in_flight.iter().map(|ticket| ticket.0);
        flying.chain(waiting).all(|place| before <= place)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    fn is_due(&self, now: Instant) -> bool {
        let Some(oldest) = self.waiting.front() else {
            return false;
        };
        self.limits.items.get() <= self.waiting.len()
            || self.limits.bytes.get() as u128 <= self.bytes
            || oldest.place < self.flushed
            || oldest.due_at.is_some_and(|due_at| due_at <= now)
    }
}

#[cfg(test)]
mod tests;
