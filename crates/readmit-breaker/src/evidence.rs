use std::fmt;

use crate::Tally;
use crate::mutants::mutate;

/// Why a circuit opened: what was counted then, and what it was measured against (rule 64).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Evidence {
    reason: Reason,
    tally: Tally,
    threshold: Option<Threshold>,
    cause: Option<&'static str>,
}

/// What opened a circuit.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "drivers match on it, and each reason is their business"
)]
pub enum Reason {
    /// Too many calls failed.
    Failures,
    /// An operator did.
    Operator,
    /// Too many probes failed, or were slow.
    Probes,
    /// Too many calls were slow.
    SlowCalls,
}

/// How much is too much.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a threshold is one of these")]
pub enum Threshold {
    /// So many calls of the window.
    Count(u32),
    /// So many calls in a row.
    InARow(u32),
    /// So many of a hundred calls of the window.
    Percent(u8),
}

impl Evidence {
    pub(crate) fn new(reason: Reason, tally: Tally) -> Evidence {
        Evidence { reason, tally, threshold: None, cause: None }
    }

    pub(crate) fn against(mut self, threshold: Option<Threshold>) -> Evidence {
        self.threshold = threshold;
        self
    }

    pub(crate) fn because(mut self, cause: Option<&'static str>) -> Evidence {
        self.cause = cause;
        self
    }

    /// Returns what opened the circuit.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns what was counted when the circuit opened; of the probes, where they opened it.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Returns what was reached, unless an operator opened the circuit.
    #[must_use]
    pub fn threshold(&self) -> Option<Threshold> {
        self.threshold
    }

    /// Returns the cause of the last failure before, where a report [named](crate::Report::because)
    /// one.
    #[must_use]
    pub fn cause(&self) -> Option<&'static str> {
        self.cause
    }
}

impl Threshold {
    /// Returns whether so many of these calls are too many: at the threshold they are (rule 57).
    pub(crate) fn is_reached(self, bad: u32, calls: u32, in_a_row: u32) -> bool {
        match self {
            Threshold::Count(count) => count <= bad,
            Threshold::InARow(count) => count <= in_a_row,
            Threshold::Percent(percent) => {
                let (bad, least) = (u64::from(bad) * 100, u64::from(calls) * u64::from(percent));
                0 < calls && mutate!(1, least <= bad, least < bad)
            }
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (calls, failures, slow) =
            (self.tally.calls(), self.tally.failures(), self.tally.slow());
        match self.reason {
            Reason::Failures => match self.threshold {
                Some(Threshold::InARow(_)) => {
                    write!(f, "{} calls in a row failed", self.tally.consecutive_failures())?;
                }
                Some(Threshold::Count(_) | Threshold::Percent(_)) | None => {
                    write!(f, "{failures} of {calls} calls failed")?;
                }
            },
            Reason::Operator => f.write_str("opened by an operator")?,
            Reason::Probes => {
                write!(f, "of {calls} probes {failures} failed and {slow} were slow")?;
            }
            Reason::SlowCalls => write!(f, "{slow} of {calls} calls were slow")?,
        }
        if let Some(threshold) = self.threshold {
            write!(f, " (the threshold is {threshold})")?;
        }
        match self.cause {
            Some(cause) => write!(f, ", the last for {cause}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Threshold::Count(count) => write!(f, "{count}"),
            Threshold::InARow(count) => write!(f, "{count} in a row"),
            Threshold::Percent(percent) => write!(f, "{percent} %"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::Sample;

    #[test]
    fn r57_a_rate_is_reached_at_the_threshold() {
        let half = Threshold::Percent(50);

        assert!(!half.is_reached(49, 100, 0));
        assert!(half.is_reached(50, 100, 0));
        assert!(half.is_reached(u32::MAX, u32::MAX, 0));
        assert!(!half.is_reached(0, 0, 0));
    }

    #[test]
    fn r64_the_evidence_is_told_in_words_without_a_secret() {
        let mut tally = Tally::from(Sample { failed: true, slow: true });
        tally.add(Sample::default());
        let told = |reason, threshold| {
            Evidence::new(reason, tally).against(threshold).because(Some("timeout")).to_string()
        };

        assert_eq!(
            told(Reason::Failures, Some(Threshold::Percent(50))),
            "1 of 2 calls failed (the threshold is 50 %), the last for timeout"
        );
        assert_eq!(
            told(Reason::SlowCalls, Some(Threshold::Percent(50))),
            "1 of 2 calls were slow (the threshold is 50 %), the last for timeout"
        );
        assert_eq!(
            told(Reason::Probes, None),
            "of 2 probes 1 failed and 1 were slow, the last for timeout"
        );
        assert_eq!(told(Reason::Operator, None), "opened by an operator, the last for timeout");
    }
}
