use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use readmit_core::Clock;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, oneshot};

use super::flight::Flight;
use super::queue::{Limits, NotQueued, Place, Queue, Queued, Ticket};
use crate::clock::TokioClock;
use crate::{BatchError, BatchSend};

/// What the handles of a batcher share: the driver of a [`Queue`].
///
/// The lock is held for one question, never across an `await`, and never while anything of the
/// user's runs.
pub(super) struct Desk<T, R> {
    queue: Mutex<Queue<Entry<T, R>>>,
    /// Room for those who wait; a place in it is given back when its item leaves the queue.
    pub(super) room: Semaphore,
    /// Told to those in the queue when nobody may be there to send them but themselves.
    pub(super) orphaned: Notify,
    /// Told to those who wait for the end of batches.
    pub(super) ended: Notify,
    pub(super) send: Box<dyn BatchSend<T, R>>,
    pub(super) max_sends: NonZeroU32,
}

pub(super) struct Entry<T, R> {
    pub(super) item: T,
    pub(super) answer: Answer<R>,
}

/// Where the answer to one item goes.
pub(super) type Answer<R> = oneshot::Sender<Result<R, BatchError>>;

impl<T, R> Desk<T, R> {
    pub(super) fn new(
        limits: Limits,
        room: usize,
        max_sends: NonZeroU32,
        send: Box<dyn BatchSend<T, R>>,
    ) -> Desk<T, R> {
        Desk {
            queue: Mutex::new(Queue::new(limits)),
            room: Semaphore::new(room),
            orphaned: Notify::new(),
            ended: Notify::new(),
            send,
            max_sends,
        }
    }

    pub(super) fn push(&self, entry: Entry<T, R>, bytes: usize) -> Result<Queued, NotQueued> {
        self.queue().try_push(TokioClock.now(), entry, bytes)
    }

    /// Takes an item out that nobody waits for any more, unless it is on its way.
    pub(super) fn withdraw(&self, place: Place) {
        let withdrawn = self.queue().withdraw(place);
        if withdrawn.is_some() {
            self.room.add_permits(1);
            self.ended.notify_waiters();
        }
    }

    pub(super) fn settle(&self, ticket: &Ticket) {
        self.queue().settle(ticket);
        self.ended.notify_waiters();
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue<Entry<T, R>>> {
        // Sound: no question to the queue runs anything of the user's, so none leaves it half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, R> Desk<T, R>
where
    T: Send + Sync + 'static,
    R: Send + 'static,
{
    /// Sends what is due, on the runtime of whoever asks.
    pub(super) fn advance(self: &Arc<Desk<T, R>>) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        loop {
            let taken = self.queue().try_take(TokioClock.now());
            let Some(taken) = taken else {
                return;
            };
            self.room.add_permits(taken.items.len());
            drop(runtime.spawn(Flight::new(Arc::clone(self), taken).run()));
        }
    }
}
