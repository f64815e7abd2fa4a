use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use tokio::sync::oneshot;

use super::desk::{Desk, Entry};
use super::queue::{NotQueued, Place};
use crate::BatchError;

/// One item in the queue, and whoever waits for its answer. Dropped, it takes the item out, unless
/// that is on its way.
pub(super) struct Waiter<'a, T, R> {
    desk: &'a Arc<Desk<T, R>>,
    place: Place,
    due_at: Option<Instant>,
    answer: oneshot::Receiver<Result<R, BatchError>>,
}

impl<'a, T, R> Waiter<'a, T, R>
where
    T: Send + Sync + 'static,
    R: Send + 'static,
{
    /// Puts an item into the queue.
    pub(super) fn enter(
        desk: &'a Arc<Desk<T, R>>,
        item: T,
        bytes: usize,
    ) -> Result<Waiter<'a, T, R>, NotQueued> {
        let (sender, answer) = oneshot::channel();
        let queued = desk.push(Entry { item, answer: sender }, bytes)?;
        Ok(Waiter { desk, place: queued.place, due_at: queued.due_at, answer })
    }

    /// Waits for the answer, and sends what is due where nobody else does: when the item has waited
    /// its time, or those who were to send it are gone.
    pub(super) async fn answer(mut self) -> Result<R, BatchError> {
        let desk = self.desk;
        let mut orphaned = pin!(desk.orphaned.notified());
        desk.advance();
        let mut timer = pin!(self.due_at.map(|at| tokio::time::sleep_until(at.into())));
        poll_fn(|cx| {
            loop {
                if let Poll::Ready(answer) = pin!(&mut self.answer).poll(cx) {
                    return Poll::Ready(answer.unwrap_or(Err(BatchError::Lost)));
                }
                if orphaned.as_mut().poll(cx).is_ready() {
                    orphaned.set(desk.orphaned.notified());
                    desk.advance();
                    continue;
                }
                match timer.as_mut().as_pin_mut().map(|timer| timer.poll(cx)) {
                    Some(Poll::Ready(())) => {
                        timer.set(None);
                        desk.advance();
                    }
                    Some(Poll::Pending) | None => return Poll::Pending,
                }
            }
        })
        .await
    }
}

impl<T, R> Drop for Waiter<'_, T, R> {
    fn drop(&mut self) {
        self.desk.withdraw(self.place);
    }
}
