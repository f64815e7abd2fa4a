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

/// A finite number of at least 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Factor(f64);

/// It is a number, so it equals itself.
impl Eq for Factor {}

impl Curve {
    /// Returns the delay of a retry; 1 is the first.
    ///
    /// That of a decorrelated curve is the end of its range, which `previous` decides.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast from a float saturates, and here it is never negative"
    )]
    pub(crate) fn nominal(&self, retry: u32, previous: u64, fault: Fault) -> u64 {
        let grown = retry.saturating_sub(1);
        match *self {
            Curve::Constant { delay } => delay,
            Curve::Decorrelated { base } => mutate!(18, previous.max(base), base).saturating_mul(3),
            Curve::Doubling { base, throttled } => {
                let first = match fault {
                    Fault::Throttled => throttled,
                    Fault::TimedOut | Fault::Transient => base,
                };
                first.saturating_mul(1_u64.checked_shl(grown).unwrap_or(u64::MAX))
            }
            Curve::Growing { base, factor: Factor(factor) } => {
                let power = i32::try_from(grown).unwrap_or(i32::MAX);
                (base as f64 * factor.powi(power)) as u64
            }
            Curve::Sequence { ref delays } => {
                let at = usize::try_from(grown).unwrap_or(usize::MAX);
                delays.get(at).or(delays.last()).copied().unwrap_or_default()
            }
        }
    }
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
            for retry in [1, 2, 64, 65, u32::MAX] {
                let nominal = curve.nominal(retry, u64::MAX, Fault::Throttled);
                assert_eq!(nominal, u64::MAX, "{curve:?}");
            }
        }
    }

    #[test]
    fn a_factor_of_one_does_not_grow() {
        let curve = Curve::Growing { base: 700, factor: Factor(1.0) };

        assert_eq!(curve.nominal(u32::MAX, 0, Fault::Transient), 700);
    }

    #[test]
    fn the_last_delay_of_a_sequence_repeats() {
        let curve = Curve::Sequence { delays: [3, 1, 4].into() };

        let delays = [1, 2, 3, 4, u32::MAX].map(|n| curve.nominal(n, 0, Fault::Transient));

        assert_eq!(delays, [3, 1, 4, 4, 4]);
    }
}
