use std::collections::VecDeque;

use readmit_recovery::{Dated, ServerClock};

/// What is known of the clocks of a few servers, by origin (rule 51).
#[derive(Default)]
pub(crate) struct ServerClocks {
    /// The one heard of first at the front.
    known: VecDeque<(String, ServerClock)>,
}

impl ServerClocks {
    /// Returns the clock of an origin; one that was not heard of agrees with the local one.
    pub(crate) fn of(&self, origin: &str) -> ServerClock {
        let known = self.known.iter().find(|(other, _)| other == origin);
        known.map_or_else(ServerClock::default, |(_, clock)| *clock)
    }

    /// Learns from an answer, where it tells something that can be trusted.
    pub(crate) fn hear(&mut self, origin: &str, answer: &Dated) {
        let mut clock = self.of(origin);
        if clock.heard(answer).is_err() {
            return;
        }
        if let Some((_, known)) = self.known.iter_mut().find(|(other, _)| other == origin) {
            *known = clock;
            return;
        }
        while MAX_ORIGINS <= self.known.len() {
            self.known.pop_front();
        }
        self.known.push_back((origin.to_owned(), clock));
    }
}

/// As many as nonces are kept of.
const MAX_ORIGINS: usize = 64;
