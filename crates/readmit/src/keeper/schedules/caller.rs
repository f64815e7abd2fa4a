use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::server::{Server, number};
use crate::keeper::{Held, Keeper, NoCredential};

/// Somebody who calls the server.
pub(super) struct Caller {
    /// `None` once it has ended or left.
    call: RefCell<Option<Call>>,
    signal: Arc<Signal>,
    /// The failure of the refresh that it waited for.
    pub(super) owed: Cell<Option<u32>>,
}

pub(super) type Call = Pin<Box<dyn Future<Output = Result<(), NoCredential>>>>;

impl Caller {
    pub(super) fn new(call: Call) -> Caller {
        let signal = Signal { is_woken: AtomicBool::new(true), has_begun: AtomicBool::new(false) };
        Caller { call: RefCell::new(Some(call)), signal: Arc::new(signal), owed: Cell::new(None) }
    }

    /// Goes on to the next wait; returns how it ended, if it did.
    pub(super) fn step(&self) -> Option<Result<(), NoCredential>> {
        self.signal.is_woken.store(false, Ordering::Relaxed);
        self.signal.has_begun.store(true, Ordering::Relaxed);
        let mut call = self.call.borrow_mut();
        let waker = Waker::from(Arc::clone(&self.signal));
        let polled = call.as_mut()?.as_mut().poll(&mut Context::from_waker(&waker));
        let Poll::Ready(ended) = polled else { return None };
        *call = None;
        Some(ended)
    }

    pub(super) fn leave(&self) {
        *self.call.borrow_mut() = None;
    }

    pub(super) fn has_begun(&self) -> bool {
        self.signal.has_begun.load(Ordering::Relaxed)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.call.try_borrow().is_ok_and(|call| call.is_none())
    }

    pub(super) fn is_woken(&self) -> bool {
        let is_woken = self.signal.is_woken.load(Ordering::Relaxed);
        // One in the midst of a step cannot go on beside it.
        is_woken && self.call.try_borrow_mut().is_ok_and(|call| call.is_some())
    }

    /// Whether it waits for the keeper.
    pub(super) fn waits(&self) -> bool {
        self.has_begun() && !self.has_ended() && !self.is_woken()
    }
}

struct Signal {
    is_woken: AtomicBool,
    has_begun: AtomicBool,
}

impl Wake for Signal {
    fn wake(self: Arc<Signal>) {
        self.is_woken.store(true, Ordering::Relaxed);
    }
}

/// Calls a server, with another credential where that one is rejected.
pub(super) fn call(keeper: Arc<Keeper>, server: Arc<Server>) -> Call {
    Box::pin(async move {
        let mut held = keeper.credential().await?;
        loop {
            server.handed(&held);
            // The answer takes a while, in which others go on.
            once_more().await;
            if server.takes(&held) {
                keeper.accepted(&held);
                return Ok(());
            }
            let tell = |_, _| server.told(number(&held));
            let next: Arc<Held> = keeper.recover(held.generation, tell).await?;
            held = next;
        }
    })
}

/// Lets others go on.
async fn once_more() {
    let mut was_polled = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut was_polled, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
