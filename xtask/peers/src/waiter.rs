use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Runs futures on this thread, which sleeps while they have nothing to do.
#[derive(Debug)]
pub(crate) struct Waiter {
    waker: Waker,
}

impl Waiter {
    pub(crate) fn new() -> Waiter {
        Waiter { waker: Waker::from(Arc::new(Parked { thread: thread::current() })) }
    }

    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let mut context = Context::from_waker(&self.waker);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }
}

/// Returns the output of a future that is there at once.
#[inline]
pub(crate) fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[derive(Debug)]
struct Parked {
    thread: Thread,
}

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_that_is_woken_later_is_waited_for() {
        let mut asked = false;
        let twice = std::future::poll_fn(|context| {
            if asked {
                return Poll::Ready(7);
            }
            asked = true;
            context.waker().wake_by_ref();
            Poll::Pending
        });

        let output = Waiter::new().wait(twice);

        assert_eq!(output, 7);
    }

    #[test]
    fn a_future_that_is_not_there_at_once_has_no_output() {
        assert_eq!(at_once(std::future::ready(7)), Some(7));
        assert_eq!(at_once(std::future::pending::<u32>()), None);
    }
}
