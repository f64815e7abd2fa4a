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

/// A delay, and what of it is chance; in nanoseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Drawn {
    pub(crate) delay: u64,
    pub(crate) chance: u64,
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

    /// Returns what chance makes of a delay of `nominal` nanoseconds, which is at most `cap`.
    #[inline]
    pub(crate) fn draw(self, nominal: u64, cap: u64, draw: Draw) -> Drawn {
        match self {
            Jitter::Equal => {
                let half = nominal / 2;
                let chance = draw.share(mutate!(3, half, nominal));
                Drawn { delay: nominal - half + chance, chance }
            }
            Jitter::Full => {
                let chance = draw.share(nominal);
                Drawn { delay: chance, chance }
            }
            Jitter::None => Drawn { delay: nominal, chance: 0 },
            Jitter::Proportional(percent) => {
                let swing = percent.of(nominal);
                let chance = draw.share(swing.saturating_mul(2));
                let delay = mutate!(4, nominal - swing, nominal).saturating_add(chance);
                Drawn { delay: mutate!(2, delay.min(cap), delay), chance }
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

        assert_eq!(range(Jitter::Equal, 801), [401, 801]);
        assert_eq!(range(Jitter::Full, 800), [0, 800]);
        assert_eq!(range(Jitter::None, 800), [800, 800]);
        assert_eq!(range(quarter, 800), [600, 1_000]);
        assert_eq!(range(Jitter::TENTH, 800), [720, 880]);
    }

    #[test]
    fn the_cap_cuts_the_delay_and_leaves_chance_its_width() {
        let drawn = Jitter::TENTH.draw(800, 850, Draw::MAX);

        assert_eq!(drawn, Drawn { delay: 850, chance: 160 });
    }

    #[test]
    fn the_largest_delay_does_not_overflow() {
        let whole = Jitter::Proportional(Percent(100));

        for jitter in [Jitter::Equal, Jitter::Full, Jitter::None, Jitter::TENTH, whole] {
            assert_eq!(jitter.draw(u64::MAX, u64::MAX, Draw::MAX).delay, u64::MAX);
        }
        assert_eq!(whole.draw(u64::MAX, u64::MAX, Draw::MIN).delay, 0);
    }

    /// The shortest and the longest delay.
    fn range(jitter: Jitter, nominal: u64) -> [u64; 2] {
        [Draw::MIN, Draw::MAX].map(|draw| jitter.draw(nominal, u64::MAX, draw).delay)
    }
}
