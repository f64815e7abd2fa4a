use std::collections::HashMap;

/// The identifiers of proofs that could still be sent again. Times are seconds of the API's clock.
pub(crate) struct Replays {
    until: HashMap<String, u64>,
    /// How many there may be before the old ones are forgotten.
    limit: usize,
}

impl Replays {
    pub(crate) fn new() -> Replays {
        Replays { until: HashMap::new(), limit: FEW }
    }

    /// Notes a proof that is good until then; returns whether it was not noted before.
    pub(crate) fn is_new(&mut self, id: String, until: u64, now: u64) -> bool {
        if self.limit <= self.until.len() {
            self.until.retain(|_, until| now <= *until);
            self.limit = self.until.len().saturating_mul(2).max(FEW);
        }
        self.until.insert(id, until).is_none()
    }
}

const FEW: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r33_an_identifier_is_taken_once() {
        let mut replays = Replays::new();
        let mut is_new = |id: &str, now| replays.is_new(id.to_owned(), 10, now);

        assert!(is_new("a", 0) && is_new("b", 0));
        assert!(!is_new("a", 10));
    }

    #[test]
    fn what_is_too_old_to_be_sent_again_is_forgotten() {
        let mut replays = Replays::new();

        for second in 0..100_000 {
            replays.is_new(second.to_string(), second + 60, second);
        }

        assert!(replays.until.len() <= FEW, "{}", replays.until.len());
        assert!(!replays.is_new("99950".to_owned(), 100_010, 100_000));
    }
}
