//! Clocks for tests in virtual time.

use std::time::{Instant, SystemTime};

use readmit_core::{Clock, SystemClock};

/// A clock that follows Tokio's, which is paused.
#[derive(Debug)]
pub(crate) struct Virtual {
    origin: Instant,
    begun: tokio::time::Instant,
}

impl Virtual {
    pub(crate) fn new() -> Virtual {
        Virtual { origin: SystemClock.now(), begun: tokio::time::Instant::now() }
    }
}

impl Clock for Virtual {
    fn now(&self) -> Instant {
        self.origin + self.begun.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.begun.elapsed()
    }
}

/// A clock that nobody may look at.
#[derive(Debug)]
pub(crate) struct Unread;

impl Clock for Unread {
    fn now(&self) -> Instant {
        unreachable!("the clock was read")
    }

    fn wall(&self) -> SystemTime {
        unreachable!("the clock was read")
    }
}

/// A clock that stands still.
#[derive(Debug)]
pub(crate) struct Stopped(Instant);

impl Stopped {
    pub(crate) fn new() -> Stopped {
        Stopped(SystemClock.now())
    }
}

impl Clock for Stopped {
    fn now(&self) -> Instant {
        self.0
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}
