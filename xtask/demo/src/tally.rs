use std::time::Duration;

/// What became of the calls of a scenario.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) answered: u32,
    pub(crate) failed_as_they_must: u32,
    /// Calls and invariants that came out wrong, each in a sentence.
    pub(crate) wrong: Vec<String>,
    took: Vec<Duration>,
}

impl Tally {
    pub(crate) fn took(&mut self, time: Duration) {
        self.took.push(time);
    }

    pub(crate) fn requests(&self) -> usize {
        self.took.len()
    }

    /// The time within which this share of the calls was over, in `0.0..=1.0`.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.took.clone();
        sorted.sort_unstable();
        let Some(last) = sorted.len().checked_sub(1) else {
            return Duration::ZERO;
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=last")]
        let index = (last as f64 * share.clamp(0.0, 1.0)).round() as usize;
        sorted[index.min(last)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let mut tally = Tally::default();
        for millis in [30, 10, 20] {
            tally.took(Duration::from_millis(millis));
        }

        assert_eq!(tally.quantile(0.5), Duration::from_millis(20));
        assert_eq!(tally.quantile(1.0), Duration::from_millis(30));
        assert_eq!(Tally::default().quantile(0.5), Duration::ZERO);
    }
}
