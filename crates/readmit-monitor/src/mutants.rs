//! Faults that the tests must find: `cargo xtask mutants` switches them on one at a time.

/// How many faults there are; they are numbered from 1.
#[cfg(mutants)]
pub(crate) const COUNT: u32 = 18;

/// The first of those that need all interleavings to be found.
#[cfg(mutants)]
pub(crate) const LOOM_FROM: u32 = 18;

/// Stands for its second argument, or where the fault of this number is switched on for its third.
#[cfg(not(mutants))]
macro_rules! mutate {
    ($number:literal, $right:expr, $wrong:expr) => {
        $right
    };
}

#[cfg(mutants)]
macro_rules! mutate {
    ($number:literal, $right:expr, $wrong:expr) => {
        if crate::mutants::is_on($number) { $wrong } else { $right }
    };
}

pub(crate) use mutate;

/// Returns whether the environment variable `MUTANT` names this fault.
#[cfg(mutants)]
pub(crate) fn is_on(number: u32) -> bool {
    static CHOSEN: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    debug_assert!((1..=COUNT).contains(&number) && LOOM_FROM <= COUNT);
    let chosen = || std::env::var("MUTANT").ok()?.parse().ok();
    *CHOSEN.get_or_init(|| chosen().unwrap_or_default()) == number
}
