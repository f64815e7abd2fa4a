use std::fmt;

use crate::mutants::mutate;

/// Whether something happens more and more often, with the evidence.
///
/// It is the test of Mann and Kendall: of all pairs of units, how many rise and how many fall.
/// It asks nothing of how the counts are spread, so a single burst makes no trend, as it would in a
/// comparison of two halves or of means; and ties, of which quiet codes are full, are allowed for.
/// The slope is that of Theil and Sen, the median over the same pairs.
///
/// What it does not know: units that depend on each other, such as the minutes of one long outage,
/// look more alike than chance would have them.
/// So the bar is high: one in a hundred steady codes is called otherwise.
///
/// # Example
///
/// ```
/// use readmit_monitor::{Direction, Trend};
///
/// let rising = Trend::of(&[1, 0, 2, 1, 3, 2, 4, 3, 5, 6, 5, 7]).ok_or("ten units or more")?;
/// assert_eq!(rising.direction(), Direction::Rising);
/// assert!((0.5..0.6).contains(&rising.slope()));
///
/// let burst = Trend::of(&[1, 0, 1, 1, 0, 90, 0, 1, 1, 0, 1, 0]).ok_or("ten units or more")?;
/// assert_eq!(burst.direction(), Direction::Steady);
/// # Ok::<_, &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    z: f64,
    slope: f64,
    units: usize,
}

/// Which way a trend goes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there are two ways, and none")]
pub enum Direction {
    /// Less often.
    Falling,
    /// More often.
    Rising,
    /// Neither, as far as can be told from chance.
    Steady,
}

impl Trend {
    /// Returns the trend of counts of equal units of time, the oldest first; nothing of fewer than
    /// ten, for which the test is not exact.
    ///
    /// Of more than 400 the last 400 are looked at.
    #[must_use]
    pub fn of(counts: &[u32]) -> Option<Trend> {
        let counts = counts.get(counts.len().saturating_sub(MAX_UNITS)..)?;
        if counts.len() < MIN_UNITS {
            return None;
        }
        let mut slopes: Vec<f64> = pairs(counts).collect();
        slopes.sort_unstable_by(f64::total_cmp);
        let rises = slopes.iter().filter(|slope| 0.0 < **slope).count() as f64;
        let falls = slopes.iter().filter(|slope| **slope < 0.0).count() as f64;
        let score = rises - falls;
        // Towards zero by one, because the score is a whole number and the curve is not.
        let corrected = score - score.clamp(-1.0, 1.0);
        let deviation = variance(counts).sqrt();
        let z = if deviation == 0.0 { 0.0 } else { corrected / deviation };
        Some(Trend { z, slope: median(&slopes), units: counts.len() })
    }

    /// Returns which way it goes.
    #[must_use]
    pub fn direction(self) -> Direction {
        if SIGNIFICANT < self.z {
            return Direction::Rising;
        }
        if self.z < -SIGNIFICANT { Direction::Falling } else { Direction::Steady }
    }

    /// Returns by how many standard deviations more pairs rise than fall than chance has it; it
    /// takes 2.576 either way to be called a trend.
    #[must_use]
    pub fn z(self) -> f64 {
        self.z
    }

    /// Returns by how much the count changes from one unit to the next.
    #[must_use]
    pub fn slope(self) -> f64 {
        self.slope
    }

    /// Returns how many units were looked at.
    #[must_use]
    pub fn units(self) -> usize {
        self.units
    }
}

impl fmt::Display for Trend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction() {
            Direction::Falling => "falling",
            Direction::Rising => "rising",
            Direction::Steady => "steady",
        };
        let Trend { z, slope, units } = self;
        write!(f, "{direction}: {slope:+.2} each, z = {z:.2} of {units}")
    }
}

/// Returns the slope between each two counts.
fn pairs(counts: &[u32]) -> impl Iterator<Item = f64> + '_ {
    counts.iter().enumerate().flat_map(move |(place, earlier)| {
        let later = counts.iter().skip(place + 1).zip(1_u32..);
        later
            .map(move |(later, apart)| (f64::from(*later) - f64::from(*earlier)) / f64::from(apart))
    })
}

/// Returns the variance of the score where there is no trend, less what ties take from it.
fn variance(counts: &[u32]) -> f64 {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let ties = sorted.chunk_by(|one, other| one == other).map(|tie| term(tie.len() as f64));
    let of_ties = mutate!(15, ties.sum::<f64>(), 0.0 * ties.sum::<f64>());
    (term(counts.len() as f64) - of_ties) / 18.0
}

fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    if sorted.len() % 2 == 1 {
        at(half)
    } else {
        f64::midpoint(at(half.saturating_sub(1)), at(half))
    }
}

/// What one in a hundred steady series passes, on either side.
const SIGNIFICANT: f64 = 2.576;
const MIN_UNITS: usize = 10;
/// The pairs of as many are 80,000.
const MAX_UNITS: usize = 400;

#[cfg(test)]
mod tests {
    use readmit_core::Draws;

    use super::*;

    #[test]
    fn the_score_is_that_of_a_calculation_by_hand() {
        // 44 of 45 pairs rise and one falls: 43 less one, over the root of 10·9·25/18.
        let trend = Trend::of(&[1, 2, 3, 4, 5, 6, 7, 8, 10, 9]).unwrap();

        assert!((trend.z() - 42.0 / 125.0_f64.sqrt()).abs() < 1e-12);
        assert_eq!((trend.slope(), trend.direction()), (1.0, Direction::Rising));
        assert_eq!(trend.to_string(), "rising: +1.00 each, z = 3.76 of 10");
    }

    #[test]
    fn ties_make_chance_smaller() {
        // 25 of the pairs rise, and the rest are ties: two of five each.
        let trend = Trend::of(&[0, 0, 0, 0, 0, 1, 1, 1, 1, 1]).unwrap();

        let variance = (10.0 * 9.0 * 25.0 - 2.0 * (5.0 * 4.0 * 15.0)) / 18.0;
        assert!((trend.z() - 24.0 / f64::sqrt(variance)).abs() < 1e-12);
    }

    #[test]
    fn a_falling_series_is_a_rising_one_backwards() {
        let counts = [9, 7, 8, 6, 5, 5, 3, 2, 2, 1, 0, 0];
        let backwards: Vec<u32> = counts.iter().rev().copied().collect();

        let (there, back) = (Trend::of(&counts).unwrap(), Trend::of(&backwards).unwrap());

        assert_eq!(there.direction(), Direction::Falling);
        assert_eq!((there.z(), there.slope()), (-back.z(), -back.slope()));
    }

    #[test]
    fn what_never_changes_is_steady_and_too_little_says_nothing() {
        assert_eq!(Trend::of(&[7; 120]).map(Trend::direction), Some(Direction::Steady));
        assert_eq!(Trend::of(&[0; 10]).map(Trend::z), Some(0.0));
        assert_eq!(Trend::of(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), None);
        assert_eq!(Trend::of(&[u32::MAX; 10_000]).map(Trend::units), Some(400));
    }

    #[test]
    fn few_series_of_chance_are_called_a_trend() {
        let draws = Draws::seeded(7);

        let trends = (0..1_000).filter(|_| {
            let counts: Vec<u32> =
                (0..30).map(|_| u32::try_from(draws.draw().share(6)).unwrap()).collect();
            Trend::of(&counts).unwrap().direction() != Direction::Steady
        });

        // Ten are to be expected.
        assert!(trends.count() <= 22);
    }
}
