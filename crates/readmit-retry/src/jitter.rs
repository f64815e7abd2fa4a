use readmit_core::Draw;

use crate::ConfigError;
use crate::mutants::mutate;

/// How far chance moves a delay, so that clients which failed together do not return together.
///
/// | jitter | a delay of 8 s becomes |
/// |---|---|
/// | [`Full`](Jitter::Full) | 0 s to 8 s |
/// | [`Equal`](Jitter::Equal) | 4 s to 8 s |
/// | [`Proportional`](Jitter::Proportional) of 25 % | 6 s to 10 s |
/// | [`TENTH`](Jitter::TENTH), that is, proportional of 10 % | 7.2 s to 8.8 s |
/// | [`None`](Jitter::None) | 8 s |
///
/// A delay that the server asked for is only ever moved upwards, by at most the width of the range
/// that the policy's own delay would have had (rule 43).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// From half of the delay to all of it.
    Equal,
    /// From nothing to all of the delay: spreads best, and is the default.
    Full,
    /// The delay itself, alike in every client: for tests, and where there is one client only.
    None,
    /// From so much below the delay to so much above it, never above the cap.
    Proportional(Percent),
}

/// A percentage from 1 to 100.
///
/// # Example
///
/// ```
/// use readmit_retry::{Jitter, Percent};
///
/// let jitter = Jitter::Proportional(Percent::new(20)?);
/// assert!(Percent::new(0).is_err());
/// # let _ = jitter;
/// # Ok::<(), readmit_retry::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Percent(u8);

impl Jitter {
    /// From a tenth below the delay to a tenth above it: little enough to keep a published curve,
    /// and the least of these that spreads clients at all.
    pub const TENTH: Jitter = Jitter::Proportional(Percent::TEN);

    /// Returns the part of `nominal` that is certain and the part that is left to chance, both in
    /// nanoseconds.
    pub(crate) fn split(self, nominal: u64) -> (u64, u64) {
        match self {
            Jitter::Equal => {
                mutate!(3, (nominal - nominal / 2, nominal / 2), (nominal / 2, nominal))
            }
            Jitter::Full => (0, nominal),
            Jitter::None => (nominal, 0),
            Jitter::Proportional(percent) => {
                let swing = percent.of(nominal);
                (mutate!(4, nominal - swing, nominal), swing.saturating_mul(2))
            }
        }
    }
}

impl Percent {
    /// Returns this percentage.
    ///
    /// # Errors
    ///
    /// [`ConfigError::PercentOutOfRange`] for 0 and for more than 100.
    pub const fn new(percent: u8) -> Result<Percent, ConfigError> {
        match percent {
            1..=100 => Ok(Percent(percent)),
            _ => Err(ConfigError::PercentOutOfRange { percent }),
        }
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Ten percent, the share of retries that a budget allows by default.
    pub(crate) const TEN: Percent = Percent(10);

    /// All of it.
    pub(crate) const HUNDRED: Percent = Percent(100);

    /// Returns this share of `whole`, rounded down.
    fn of(self, whole: u64) -> u64 {
        let percent = u64::from(self.0);
        // In two steps, because `whole * percent` can overflow.
        whole / 100 * percent + whole % 100 * percent / 100
    }
}

/// Returns the part of `whole` that was drawn, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a draw has 53 bits, so neither cast drops more than a fraction"
)]
pub(crate) fn share(whole: u64, draw: Draw) -> u64 {
    let parts = (draw.get() * PARTS) as u64;
    // As integers, because a float would round a large `whole` up or down.
    ((u128::from(whole) * u128::from(parts)) >> PART_BITS) as u64
}

const PART_BITS: u32 = 53;
const PARTS: f64 = (1_u64 << PART_BITS) as f64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_refused_outside_its_range() {
        for percent in [0, 101, u8::MAX] {
            assert_eq!(Percent::new(percent), Err(ConfigError::PercentOutOfRange { percent }));
        }
        assert_eq!(Percent::new(1).map(Percent::get), Ok(1));
        assert_eq!(Percent::new(100).map(Percent::get), Ok(100));
        assert_eq!(Percent::new(10), Ok(Percent::TEN));
    }

    #[test]
    fn each_jitter_has_its_range() {
        let quarter = Jitter::Proportional(Percent(25));

        assert_eq!(Jitter::Equal.split(801), (401, 400));
        assert_eq!(Jitter::Full.split(800), (0, 800));
        assert_eq!(Jitter::None.split(800), (800, 0));
        assert_eq!(quarter.split(800), (600, 400));
        assert_eq!(Jitter::TENTH.split(800), (720, 160));
    }

    #[test]
    fn the_largest_delay_does_not_overflow() {
        let whole = Jitter::Proportional(Percent(100));

        assert_eq!(whole.split(u64::MAX), (0, u64::MAX));
        assert_eq!(share(u64::MAX, Draw::MAX), u64::MAX);
        assert_eq!(share(u64::MAX, Draw::MIN), 0);
    }

    #[test]
    fn the_largest_share_is_the_whole_to_the_last_nanosecond() {
        let half = Draw::new(0.5).unwrap();

        // As floats, these would be rounded.
        for whole in [(1 << 53) + 1, (1 << 53) + 3, u64::MAX - 2_500, u64::MAX] {
            assert_eq!(share(whole, Draw::MAX), whole);
            assert_eq!(share(whole, half), whole / 2);
        }
    }
}
