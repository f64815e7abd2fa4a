use std::ops::Range;
use std::sync::Arc;

use super::desk::{Answer, Desk, Entry};
use super::halves::Halves;
use super::queue::{Taken, Ticket};
use crate::unwind::{Panicked, unwinding};
use crate::{Batch, BatchError, wiring};

/// The task that sends one batch and gives out its answers. Dropped before its end, it gives its
/// place back, and one of those who wait takes over.
pub(super) struct Flight<T, R> {
    desk: Arc<Desk<T, R>>,
    ticket: Ticket,
    items: Arc<[T]>,
    /// One for each item that nobody has answered yet.
    askers: Vec<Option<Answer<R>>>,
    landed: bool,
}

impl<T, R> Flight<T, R>
where
    T: Send + Sync + 'static,
    R: Send + 'static,
{
    pub(super) fn new(desk: Arc<Desk<T, R>>, taken: Taken<Entry<T, R>>) -> Flight<T, R> {
        let (items, askers): (Vec<T>, Vec<Option<Answer<R>>>) =
            taken.items.into_iter().map(|entry| (entry.item, Some(entry.answer))).unzip();
        Flight { desk, ticket: taken.ticket, items: items.into(), askers, landed: false }
    }

    pub(super) async fn run(mut self) {
        let mut halves = Halves::new(self.items.len(), self.desk.max_sends);
        while let Some(part) = halves.try_next() {
            let batch = Batch::part(&self.items, part.clone());
            // The call itself may panic as well as its future.
            let sending = unwinding(async { self.desk.send.send(batch).await });
            match sending.await {
                Ok(Err(error))
                    if wiring::is_of_items(error.failure()) && halves.try_split(&part) => {}
                Ok(Err(error)) => self.fail(part, &BatchError::Batch(error)),
                Ok(Ok(answers)) if answers.len() != part.len() => {
                    let (items, answers) = (part.len(), answers.len());
                    self.fail(part, &BatchError::Miscounted { items, answers });
                }
                Ok(Ok(answers)) => {
                    for (at, answer) in part.zip(answers) {
                        self.answer(at, answer.map_err(BatchError::Item));
                    }
                }
                Err(Panicked) => self.fail(part, &BatchError::Panicked),
            }
        }
        self.landed = true;
        let desk = Arc::clone(&self.desk);
        drop(self);
        desk.advance();
    }

    fn fail(&mut self, part: Range<usize>, error: &BatchError) {
        for at in part {
            self.answer(at, Err(error.clone()));
        }
    }

    fn answer(&mut self, at: usize, answer: Result<R, BatchError>) {
        if let Some(asker) = self.askers.get_mut(at).and_then(Option::take) {
            // Whoever asked may have left.
            let _ = asker.send(answer);
        }
    }
}

impl<T, R> Drop for Flight<T, R> {
    fn drop(&mut self) {
        // Whoever has no answer yet is told so by this, before anybody hears that the batch is over.
        self.askers.clear();
        self.desk.settle(&self.ticket);
        if !self.landed {
            self.desk.orphaned.notify_waiters();
        }
    }
}
