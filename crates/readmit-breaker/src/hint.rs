use readmit_core::Epoch;

/// What can be said of a breaker in one word: its epoch, and what needs no lock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Hint(u64);

impl Hint {
    /// The epoch loses its two highest bits, which no process lives to see.
    pub(crate) fn new(epoch: Epoch, admits: bool, clear: bool) -> Hint {
        Hint(epoch.as_u64() << 2 | u64::from(admits) << 1 | u64::from(clear))
    }

    #[inline]
    pub(crate) fn from_word(word: u64) -> Hint {
        Hint(word)
    }

    pub(crate) fn word(self) -> u64 {
        self.0
    }

    /// Returns the epoch, if a call is admitted by it and nothing changes by that.
    #[inline]
    pub(crate) fn admitting(self) -> Option<Epoch> {
        (self.0 & 2 != 0).then(|| Epoch::from_u64(self.0 >> 2))
    }

    /// Returns whether a success changes nothing, whatever epoch admitted it.
    #[inline]
    pub(crate) fn is_clear(self) -> bool {
        self.0 & 1 != 0
    }
}
