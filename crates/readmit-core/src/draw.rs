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
/// assert_eq!(Draw::new(0.25).map(|quarter| quarter.share(10)), Some(2));
/// assert_eq!(Draw::new(1.5), None);
/// assert_eq!(Draw::new(f64::NAN), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Draw {
    /// So many of `PARTS`: a whole number, because a share of nanoseconds is one too.
    parts: u64,
}

impl Draw {
    /// The smallest draw, 0.
    pub const MIN: Draw = Draw { parts: 0 };

    /// The largest draw, 1.
    pub const MAX: Draw = Draw { parts: PARTS };

    /// Returns a draw of this value, or `None` outside `0.0..=1.0` (NaN included).
    ///
    /// It is rounded down to a multiple of 2⁻⁶³, which all that are 2⁻¹⁰ or more are.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 2⁶³, and below the last bit is what is rounded"
    )]
    pub fn new(value: f64) -> Option<Draw> {
        (0.0..=1.0).contains(&value).then_some(Draw { parts: (value * PARTS as f64) as u64 })
    }

    /// Returns the number.
    #[must_use]
    #[inline]
    pub fn get(self) -> f64 {
        self.parts as f64 / PARTS as f64
    }

    /// Returns this share of `whole`, rounded down: all of it for [`Draw::MAX`].
    #[must_use]
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a share of a word is no longer than one")]
    pub fn share(self, whole: u64) -> u64 {
        // As integers, because a float would round a large `whole` up or down.
        ((u128::from(whole) * u128::from(self.parts)) >> PART_BITS) as u64
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
    #[inline]
    pub fn draw(&self) -> Draw {
        // Relaxed: the counter orders nothing else; each caller only needs a value of its own.
        let seen = self.state.fetch_add(GAMMA, Ordering::Relaxed);
        draw(seen.wrapping_add(GAMMA))
    }

    /// Returns the next draw, of the same sequence, to the one who has the source alone: it costs
    /// no atomic addition.
    #[must_use]
    #[inline]
    pub fn draw_mut(&mut self) -> Draw {
        let state = self.state.get_mut();
        *state = state.wrapping_add(GAMMA);
        draw(*state)
    }
}

impl Default for Draws {
    fn default() -> Draws {
        Draws::from_process()
    }
}

/// Returns the draw of a state.
#[inline]
fn draw(state: u64) -> Draw {
    // Half of a word, rounded up, so that both ends can be drawn.
    Draw { parts: mix(state).div_ceil(2) }
}

/// The output function of SplitMix64 (Steele, Lea and Flood, 2014).
#[inline]
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The golden ratio in 64 bits, SplitMix64's increment.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

const PART_BITS: u32 = 63;
const PARTS: u64 = 1 << PART_BITS;

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
    fn what_was_put_in_comes_out() {
        for value in [0.0, 1e-3, 0.1, 0.3, 1.0 / 3.0, 0.5, 1.0 - f64::EPSILON, 1.0] {
            assert_eq!(Draw::new(value).map(Draw::get), Some(value));
        }
        let tiny = Draw::new(f64::MIN_POSITIVE).unwrap();
        assert_eq!(tiny, Draw::MIN);
    }

    #[test]
    fn the_largest_share_is_the_whole_to_the_last_unit() {
        let half = Draw::new(0.5).unwrap();

        // As floats, the larger ones would be rounded.
        for whole in [0, 1, 801, (1 << 53) + 1, (1 << 53) + 3, u64::MAX - 2_500, u64::MAX] {
            assert_eq!(Draw::MAX.share(whole), whole);
            assert_eq!(half.share(whole), whole / 2);
            assert_eq!(Draw::MIN.share(whole), 0);
        }
    }

    #[test]
    fn both_ends_of_the_range_can_be_drawn() {
        let ends = [0, u64::MAX].map(|bits: u64| Draw { parts: bits.div_ceil(2) });

        assert_eq!(ends, [Draw::MIN, Draw::MAX]);
    }

    #[test]
    fn the_sequence_is_the_published_one() {
        // The first outputs of SplitMix64 for seed 1234567, as its reference code prints them.
        let expected = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973];
        let draws = Draws::seeded(1_234_567);

        for bits in expected {
            assert_eq!(draws.draw(), Draw { parts: bits / 2 + bits % 2 });
        }
    }

    #[test]
    fn whoever_has_the_source_alone_draws_the_same_sequence() {
        let mut alone = Draws::seeded(7);
        let shared = Draws::seeded(7);

        let drawn = [alone.draw_mut(), alone.draw(), alone.draw_mut()];

        assert_eq!(drawn, [(); 3].map(|()| shared.draw()));
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
