use std::time::{Instant, SystemTime};

use readmit_core::{Clock, SystemClock};

/// The clock of a client that was given no other: tokio's for elapsed time, so that a test with
/// paused time moves both, and the system's for the date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokioClock;

impl Clock for TokioClock {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn wall(&self) -> SystemTime {
        SystemClock.wall()
    }
}
