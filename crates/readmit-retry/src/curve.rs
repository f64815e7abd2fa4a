use std::sync::Arc;

use crate::mutants::mutate;
use crate::{ConfigError, Fault};

/// How long to wait before each retry, before chance has a say; in nanoseconds.
///
/// Every delay is one word, and 584 years will do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Curve {
    /// The same each time.
    Constant { delay: u64 },
    /// Drawn from a range that the delay before it opens.
    Decorrelated { base: u64 },
    /// The first delay, which may be another one for a server that has no room.
    Doubling { base: u64, throttled: u64 },
    /// The first delay, and what it is multiplied with each time.
    Growing { base: u64, factor: Factor },
    /// One after the other; the last one repeats.
    Sequence { delays: Arc<[u64]> },
}

/// How far a call has come on its curve, each kind of which keeps to its own: a power made anew
/// for every delay is dear.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    /// What a doubling curve has grown by.
    doubled: u64,
    /// What a growing curve has grown by.
    grown: f64,
    /// The place in a sequence.
    place: usize,
    /// The delay that was drawn last, in nanoseconds.
    pub(crate) previous: u64,
}

/// A finite number of at least 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Factor(f64);

/// It is a number, so it equals itself.
impl Eq for Factor {}

impl Curve {
    /// Returns the delay of the next retry, and goes on to the one after it.
    ///
    /// That of a decorrelated curve is the end of its range, which the delay before it decides.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast from a float saturates, and here it is never negative"
    )]
    pub(crate) fn next(&self, course: &mut Course, fault: Fault) -> u64 {
        match *self {
            Curve::Constant { delay } => delay,
            Curve::Decorrelated { base } => {
                mutate!(18, course.previous.max(base), base).saturating_mul(3)
            }
            Curve::Doubling { base, throttled } => {
                let first = match fault {
                    Fault::Throttled => throttled,
                    Fault::TimedOut | Fault::Transient => base,
                };
                let doubled = course.doubled;
                course.doubled = doubled.saturating_mul(2);
                first.saturating_mul(doubled)
            }
            Curve::Growing { base, factor: Factor(factor) } => {
                let grown = course.grown;
                course.grown *= factor;
                (base as f64 * grown) as u64
            }
            Curve::Sequence { ref delays } => {
                let place = course.place;
                course.place = place.saturating_add(1);
                delays.get(place).or(delays.last()).copied().unwrap_or_default()
            }
        }
    }
}

impl Course {
    /// Before the first retry.
    pub(crate) const START: Course = Course { doubled: 1, grown: 1.0, place: 0, previous: 0 };
}

impl Factor {
    pub(crate) fn new(factor: f64) -> Result<Factor, ConfigError> {
        // A range has no place for a number that is none, which any comparison would let through.
        if (1.0..=f64::MAX).contains(&factor) {
            Ok(Factor(factor))
        } else {
            Err(ConfigError::FactorOutOfRange { factor })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_is_a_finite_number_from_one() {
        for factor in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -2.0, 1.0 - f64::EPSILON] {
            assert!(Factor::new(factor).is_err(), "{factor}");
        }
        for factor in [1.0, 1.3, f64::MAX] {
            assert_eq!(Factor::new(factor), Ok(Factor(factor)));
        }
    }

    #[test]
    fn r43_every_curve_saturates() {
        let factor = Factor(f64::MAX);
        let curves = [
            Curve::Constant { delay: u64::MAX },
            Curve::Decorrelated { base: u64::MAX },
            Curve::Doubling { base: u64::MAX, throttled: u64::MAX },
            Curve::Growing { base: u64::MAX, factor },
            Curve::Sequence { delays: [u64::MAX].into() },
        ];

        for curve in curves {
            let mut course = Course { previous: u64::MAX, ..Course::START };
            for _ in 0..200 {
                let nominal = curve.next(&mut course, Fault::Throttled);
                assert_eq!(nominal, u64::MAX, "{curve:?}");
            }
        }
    }

    #[test]
    fn a_growing_delay_is_what_its_powers_say() {
        let curve = Curve::Growing { base: 1_000_000_000, factor: Factor(1.3) };

        let delays = nominal::<40>(&curve);

        for (before, delay) in (0_i32..).zip(delays) {
            let exact = 1e9 * 1.3_f64.powi(before);
            assert!((delay as f64 - exact).abs() <= 1.0 + exact * 1e-14, "{before}: {delay}");
        }
    }

    #[test]
    fn a_factor_of_one_does_not_grow() {
        let curve = Curve::Growing { base: 700, factor: Factor(1.0) };

        assert_eq!(nominal::<1_000>(&curve), [700; 1_000]);
    }

    #[test]
    fn r43_a_curve_that_grew_beyond_every_number_stays_there() {
        let curve = Curve::Growing { base: 1, factor: Factor(f64::MAX) };

        assert_eq!(nominal::<5>(&curve), [1, u64::MAX, u64::MAX, u64::MAX, u64::MAX]);
    }

    #[test]
    fn the_last_delay_of_a_sequence_repeats() {
        let curve = Curve::Sequence { delays: [3, 1, 4].into() };

        assert_eq!(nominal::<5>(&curve), [3, 1, 4, 4, 4]);
    }

    /// The delays of the first retries.
    fn nominal<const N: usize>(curve: &Curve) -> [u64; N] {
        let mut course = Course::START;
        [(); N].map(|()| curve.next(&mut course, Fault::Transient))
    }
}
