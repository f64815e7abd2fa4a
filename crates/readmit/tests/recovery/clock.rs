//! A clock that does not keep step with tokio's timers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use readmit_core::Clock;
use readmit_testkit::Api;

use crate::secs;

/// A clock that is ahead of tokio's timers: a leader whose deadline passed was not woken yet.
#[derive(Clone, Debug)]
pub(crate) struct AheadOfTokio {
    clock: Arc<dyn Clock>,
    seconds: Arc<AtomicU64>,
    wall_seconds: Arc<AtomicU64>,
}

impl AheadOfTokio {
    pub(crate) fn new(api: &Api) -> AheadOfTokio {
        AheadOfTokio { clock: api.clock(), seconds: Arc::default(), wall_seconds: Arc::default() }
    }

    pub(crate) fn ahead_by(&self, time: Duration) {
        self.seconds.store(time.as_secs(), Ordering::Relaxed);
        self.wall_ahead_by(time);
    }

    pub(crate) fn wall_ahead_by(&self, time: Duration) {
        self.wall_seconds.store(time.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for AheadOfTokio {
    fn now(&self) -> Instant {
        self.clock.now() + secs(self.seconds.load(Ordering::Relaxed))
    }

    fn wall(&self) -> SystemTime {
        self.clock.wall() + secs(self.wall_seconds.load(Ordering::Relaxed))
    }
}
