use std::fmt;

/// Counts the changes of a machine's state.
///
/// What a machine hands out carries the epoch of that moment; what comes back with an older one
/// was admitted by a state that is gone, and says nothing about the present one (rule 63).
///
/// # Example
///
/// ```
/// use readmit_core::Epoch;
///
/// let admitted = Epoch::default();
/// let present = admitted.next();
/// assert_ne!(admitted, present);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Epoch(u64);

impl Epoch {
    /// Returns the epoch after this one.
    ///
    /// It wraps after 2^64 changes, which no process lives to see.
    #[must_use]
    pub fn next(self) -> Epoch {
        Epoch(self.0.wrapping_add(1))
    }

    /// Returns the epoch with this number.
    #[must_use]
    pub fn from_u64(number: u64) -> Epoch {
        Epoch(number)
    }

    /// Returns the epoch as a number, for a log line or a packed word.
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_epoch_wraps_to_the_first() {
        let last = Epoch::from_u64(u64::MAX);

        assert_eq!(last.next(), Epoch::default());
    }
}
