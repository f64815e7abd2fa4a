use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use readmit_core::Clock;

/// A clock that stands still until it is told.
#[derive(Debug)]
pub(crate) struct Manual {
    origin: Instant,
    elapsed: Mutex<Duration>,
}

impl Manual {
    pub(crate) fn new(origin: Instant) -> Manual {
        Manual { origin, elapsed: Mutex::default() }
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.elapsed.lock().unwrap() += by;
    }
}

impl Clock for Manual {
    fn now(&self) -> Instant {
        self.origin + *self.elapsed.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}
