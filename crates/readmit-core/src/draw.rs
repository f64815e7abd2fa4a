use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// A random number between 0 and 1, both included.
///
/// Machines take one as an argument wherever chance has a say, so that a test passes
/// [`Draw::MAX`] and gets the worst case.
///
/// # Example
///
/// ```
/// use readmit_core::Draw;
///
/// assert_eq!(Draw::new(0.25).map(Draw::get), Some(0.25));
/// assert_eq!(Draw::new(1.5), None);
/// assert_eq!(Draw::new(f64::NAN), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Draw(f64);

impl Draw {
    /// The smallest draw, 0.
    pub const MIN: Draw = Draw(0.0);

    /// The largest draw, 1.
    pub const MAX: Draw = Draw(1.0);

    /// Returns a draw of this value, or `None` outside `0.0..=1.0` (NaN included).
    #[must_use]
    pub fn new(value: f64) -> Option<Draw> {
        (0.0..=1.0).contains(&value).then_some(Draw(value))
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Makes [`Draw`]s, without a lock and from any number of threads.
///
/// The sequence is SplitMix64: fast, evenly spread, and predictable to whoever sees a few numbers
/// of it. It keeps clients from retrying in step; it must not make a key or a nonce.
///
/// # Example
///
/// ```
/// use readmit_core::Draws;
///
/// let one = Draws::seeded(42);
/// let other = Draws::seeded(42);
/// assert_eq!(one.draw(), other.draw());
/// ```
#[derive(Debug)]
pub struct Draws {
    state: AtomicU64,
}

impl Draws {
    /// Returns a source seeded from the operating system's randomness, another one at each call.
    #[must_use]
    pub fn from_process() -> Draws {
        // Each `RandomState` has keys of its own, so hashing nothing yields a fresh random number.
        Draws::seeded(RandomState::new().build_hasher().finish())
    }

    /// Returns a source that repeats itself for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Draws {
        Draws { state: AtomicU64::new(seed) }
    }

    /// Returns the next draw.
    #[must_use]
    pub fn draw(&self) -> Draw {
        // Relaxed: the counter orders nothing else; each caller only needs a value of its own.
        let seen = self.state.fetch_add(GAMMA, Ordering::Relaxed);
        // 53 bits, the precision of an `f64`, divided by the largest of them.
        let bits = mix(seen.wrapping_add(GAMMA)) >> 11;
        Draw(bits as f64 / MAX_53_BITS)
    }
}

impl Default for Draws {
    fn default() -> Draws {
        Draws::from_process()
    }
}

/// The output function of SplitMix64 (Steele, Lea and Flood, 2014).
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The golden ratio in 64 bits, SplitMix64's increment.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

const MAX_53_BITS: f64 = ((1_u64 << 53) - 1) as f64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_refused_outside_its_range() {
        for bad in [-f64::MIN_POSITIVE, 1.0 + f64::EPSILON, f64::NAN, f64::INFINITY] {
            assert_eq!(Draw::new(bad), None, "{bad}");
        }
        assert_eq!(Draw::new(0.0), Some(Draw::MIN));
        assert_eq!(Draw::new(1.0), Some(Draw::MAX));
    }

    #[test]
    fn the_sequence_is_the_published_one() {
        // The first outputs of SplitMix64 for seed 1234567, as its reference code prints them.
        let expected = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973];
        let draws = Draws::seeded(1_234_567);

        for bits in expected {
            assert_eq!(draws.draw(), Draw((bits >> 11) as f64 / MAX_53_BITS));
        }
    }

    #[test]
    fn draws_fill_the_range_evenly() {
        let draws = Draws::seeded(1);
        let mut tenths = [0_u32; 10];

        for _ in 0..10_000 {
            let draw = draws.draw();
            let tenth = (0..10).rposition(|n| f64::from(n) / 10.0 <= draw.get());
            tenths[tenth.unwrap()] += 1;
        }

        assert!(tenths.iter().all(|count| (850..=1_150).contains(count)), "{tenths:?}");
    }

    #[test]
    fn two_processes_do_not_draw_alike() {
        assert_ne!(Draws::from_process().draw(), Draws::from_process().draw());
    }
}
