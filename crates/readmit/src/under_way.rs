use std::fmt;
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts what is under way, and lets nothing further begin once it is shut.
#[derive(Default)]
pub(crate) struct UnderWay {
    /// How many there are, and the bit [`SHUT`].
    ///
    /// All orderings are `SeqCst`, so that the last to leave and whoever waits for that do not both
    /// miss the other; on the processors of servers they cost no more than others would.
    state: AtomicUsize,
    left: Notify,
}

/// Something that is under way until this is dropped.
pub(crate) struct Passage<U: Deref<Target = UnderWay>> {
    under_way: U,
}

impl UnderWay {
    /// Lets something begin, unless it is shut.
    pub(crate) fn enter(&self) -> Option<Passage<&UnderWay>> {
        let passage = Passage { under_way: self };
        let before = self.state.fetch_add(1, Ordering::SeqCst);
        (before & SHUT == 0).then_some(passage)
    }

    /// Lets something begin that what is under way needs, such as a refresh, though it is shut.
    pub(crate) fn enter_beside(self: &Arc<Self>) -> Passage<Arc<UnderWay>> {
        self.state.fetch_add(1, Ordering::SeqCst);
        Passage { under_way: Arc::clone(self) }
    }

    /// Lets nothing further begin.
    pub(crate) fn shut(&self) {
        self.state.fetch_or(SHUT, Ordering::SeqCst);
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.state.load(Ordering::SeqCst) & SHUT != 0
    }

    pub(crate) fn count(&self) -> usize {
        self.state.load(Ordering::SeqCst) & !SHUT
    }

    /// Waits until there is nothing under way; only of use once it is shut.
    pub(crate) async fn ended(&self) {
        loop {
            // Listening begins before the look, so that nobody leaves between the two.
            let mut left = pin!(self.left.notified());
            left.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            left.await;
        }
    }
}

impl<U: Deref<Target = UnderWay>> Drop for Passage<U> {
    fn drop(&mut self) {
        // As long as nobody shut it, nobody waits.
        if self.under_way.state.fetch_sub(1, Ordering::SeqCst) == SHUT | 1 {
            self.under_way.left.notify_waiters();
        }
    }
}

impl fmt::Debug for UnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, is_shut) = (self.count(), self.is_shut());
        f.debug_struct("UnderWay").field("count", &count).field("is_shut", &is_shut).finish()
    }
}

/// The highest bit: no machine has so many calls under way that they reach it.
const SHUT: usize = 1 << (usize::BITS - 1);

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn what_is_shut_lets_nothing_in_and_waits_for_the_last_to_leave() {
        let under_way = Arc::new(UnderWay::default());
        let call = under_way.enter().unwrap();
        under_way.shut();
        let refresh = under_way.enter_beside();
        let mut ended = pin!(under_way.ended());
        let mut poll = || ended.as_mut().poll(&mut Context::from_waker(Waker::noop()));

        assert!(under_way.enter().is_none() && under_way.count() == 2);
        assert_eq!(poll(), Poll::Pending);
        drop(call);
        assert_eq!(poll(), Poll::Pending);
        drop(refresh);
        assert_eq!(poll(), Poll::Ready(()));
    }

    #[test]
    fn nobody_is_missed_by_threads_that_leave_while_it_is_shut() {
        for _ in 0..100 {
            let under_way = Arc::new(UnderWay::default());
            let passages: Vec<_> = (0..4).map(|_| under_way.enter_beside()).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();

            std::thread::scope(|scope| {
                passages.into_iter().for_each(|passage| drop(scope.spawn(|| drop(passage))));
                under_way.shut();
                runtime.block_on(under_way.ended());
            });

            assert_eq!(under_way.count(), 0);
        }
    }
}
