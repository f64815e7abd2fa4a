//! What a test holds still: time and chance.

use std::sync::Arc;

use readmit_core::{Clock, Draws};

use crate::ClientBuilder;

impl ClientBuilder {
    /// Sets the clock, for tests.
    ///
    /// Its [`now`](Clock::now) has to run with tokio's, which does the waiting; the wall clock may
    /// say what it likes.
    pub fn clock(mut self, clock: impl Clock + 'static) -> ClientBuilder {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets where chance comes from, for tests: [`Draws::seeded`] makes the waits between retries,
    /// the rests after a failed refresh and the moment of an early refresh repeatable.
    ///
    /// The [circuits](ClientBuilder::breaker) and the [limits](ClientBuilder::limit_jitter) draw for
    /// themselves, as far as their settings leave anything to chance.
    ///
    /// Default: [`Draws::from_process`], others in each client.
    pub fn draws(mut self, draws: Draws) -> ClientBuilder {
        self.draws = Arc::new(draws);
        self
    }
}
