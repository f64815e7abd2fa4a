//! The atomic word of a limiter: how far what was taken has moved, and on which terms.
//!
//! ```text
//!            63   62..=58    57   56..=0
//!   paced     0 │ version │ arrival time: nanoseconds after the origin
//!   counted   1 │ version │  1 │ cells that are left of the window
//!   ask       1 │    0    │  0 │ 0: the lock decides
//! ```
//!
//! The arrival time has room for nine years; what lies beyond is decided under the lock.
//! The version makes a word that was read before a change of the terms differ from every word after
//! it, so that a word is only ever moved on its own terms.

/// What a word says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Word {
    Ask,
    /// So many cells are left.
    Counted(u64),
    /// The arrival time.
    Paced(u64),
}

/// The word that says nothing but that the lock decides.
pub(crate) const ASK: u64 = 1 << 63;

/// The latest arrival time.
pub(crate) const TAT: u64 = (1 << 58) - 1;

/// The most cells.
pub(crate) const LEFT: u64 = COUNTED - 1;

/// Returns what a word says.
pub(crate) fn read(word: u64) -> Word {
    if word & ASK == 0 {
        Word::Paced(word & TAT)
    } else if word & COUNTED != 0 {
        Word::Counted(word & LEFT)
    } else {
        Word::Ask
    }
}

/// Returns the word of this version and arrival time.
pub(crate) fn paced(version: u64, tat: u64) -> u64 {
    version << TAT.count_ones() & VERSION | tat & TAT
}

/// Returns the word of this version and so many cells.
pub(crate) fn counted(version: u64, left: u64) -> u64 {
    ASK | version << TAT.count_ones() & VERSION | COUNTED | left & LEFT
}

/// Returns the paced word with its arrival time moved.
pub(crate) fn moved(word: u64, tat: u64) -> u64 {
    word & VERSION | tat
}

/// Returns whether two words, of which one is paced, are of the same terms.
pub(crate) fn same_terms(one: u64, other: u64) -> bool {
    (one ^ other) & (ASK | VERSION) == 0
}

const VERSION: u64 = !(ASK | TAT);

const COUNTED: u64 = 1 << 57;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_word_do_not_touch() {
        assert_eq!(read(ASK), Word::Ask);
        for version in [0, 1, 31, 32, u64::MAX] {
            for tat in [0, COUNTED, TAT] {
                assert_eq!(read(paced(version, tat)), Word::Paced(tat));
                assert_eq!(moved(paced(version, tat), 7), paced(version, 7));
            }
            for left in [0, 1, LEFT] {
                assert_eq!(read(counted(version, left)), Word::Counted(left));
            }
            assert_eq!(counted(version, 7) - 7, counted(version, 0));
        }
    }

    #[test]
    fn the_terms_are_the_kind_and_the_version() {
        assert!(same_terms(paced(1, 7), paced(1, TAT)));
        assert!(!same_terms(paced(1, 7), paced(2, 7)));
        assert!(!same_terms(paced(1, 7), counted(1, 7)));
        assert!(!same_terms(paced(0, 0), ASK));
        assert!(same_terms(paced(32, 7), paced(0, 7)));
    }
}
