//! The atomic word of a limiter: where its arrival time stands, which pace that is of, and whether
//! the lock must be asked.
//!
//! ```text
//!   bit 63: ask the lock │ 58..=62: version of the pace │ 0..=57: nanoseconds after the origin
//! ```
//!
//! The arrival time has room for nine years; what lies beyond is decided under the lock.
//! The version makes a word that was read before a change of the pace differ from every word after
//! it, so that a pace is only ever used with its own arrival time.

/// Set while the lock must be asked; then the rest of the word means nothing.
pub(crate) const ASK: u64 = 1 << 63;

/// The arrival time.
pub(crate) const TAT: u64 = (1 << 58) - 1;

const VERSION: u64 = !(ASK | TAT);

/// Returns the word of this arrival time and version.
pub(crate) fn pack(version: u64, tat: u64) -> u64 {
    (version << TAT.count_ones()) & VERSION | tat & TAT
}

/// Returns the word with its arrival time moved.
pub(crate) fn moved(word: u64, tat: u64) -> u64 {
    word & VERSION | tat
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_word_do_not_touch() {
        let word = pack(u64::MAX, TAT);

        assert_eq!(word, u64::MAX - ASK);
        assert_eq!(moved(word, 7), pack(u64::MAX, 7));
        assert_eq!(pack(32, 7), pack(0, 7));
        assert_ne!(pack(31, 7), pack(32, 7));
    }
}
