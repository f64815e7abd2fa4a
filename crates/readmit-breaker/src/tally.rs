/// Outcomes, counted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    calls: u32,
    failures: u32,
    slow: u32,
    in_a_row: u32,
}

/// One outcome that counts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Sample {
    pub(crate) failed: bool,
    pub(crate) slow: bool,
}

impl Tally {
    /// Returns how many calls were counted.
    #[must_use]
    pub fn calls(&self) -> u32 {
        self.calls
    }

    /// Returns how many of them failed.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Returns how many of them did not fail.
    #[must_use]
    pub fn successes(&self) -> u32 {
        self.calls.saturating_sub(self.failures)
    }

    /// Returns how many of them were slow, failed or not; always 0 without a slow-call rule.
    #[must_use]
    pub fn slow(&self) -> u32 {
        self.slow
    }

    /// Returns how many calls have failed since the last one that did not.
    #[must_use]
    pub fn consecutive_failures(&self) -> u32 {
        self.in_a_row
    }

    pub(crate) fn add(&mut self, sample: Sample) {
        self.calls = self.calls.saturating_add(1);
        self.failures = self.failures.saturating_add(sample.failed.into());
        self.slow = self.slow.saturating_add(sample.slow.into());
        self.in_a_row = if sample.failed { self.in_a_row.saturating_add(1) } else { 0 };
    }

    /// Takes out what has left the window; a row of failures ends by a success alone.
    pub(crate) fn forget(&mut self, gone: Tally) {
        self.calls = self.calls.saturating_sub(gone.calls);
        self.failures = self.failures.saturating_sub(gone.failures);
        self.slow = self.slow.saturating_sub(gone.slow);
    }

    /// Adds calls that are slow already and have no outcome yet.
    pub(crate) fn with_slow(self, slow: u32) -> Tally {
        let (calls, slow) = (self.calls.saturating_add(slow), self.slow.saturating_add(slow));
        Tally { calls, slow, ..self }
    }
}

impl Sample {
    /// Returns whether it speaks against the service.
    pub(crate) fn is_bad(self) -> bool {
        self.failed || self.slow
    }
}

impl From<Sample> for Tally {
    fn from(sample: Sample) -> Tally {
        let mut tally = Tally::default();
        tally.add(sample);
        tally
    }
}
