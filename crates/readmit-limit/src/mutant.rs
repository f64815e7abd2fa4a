//! Faults that are put in by hand, to see that a test finds each of them.
//!
//! `mutant!(3: right, wrong)` is `right`.
//! In a build with `--cfg mutants` it is `wrong` as well, where the variable `MUTANT` says 3.

#[cfg(not(mutants))]
macro_rules! mutant {
    ($number:literal: $right:expr, $wrong:expr) => {
        $right
    };
}

#[cfg(mutants)]
macro_rules! mutant {
    ($number:literal: $right:expr, $wrong:expr) => {
        if crate::mutant::is_chosen($number) { $wrong } else { $right }
    };
}

#[cfg(mutants)]
pub(crate) fn is_chosen(number: u32) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<u32>> = std::sync::OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| std::env::var("MUTANT").ok()?.parse().ok());
    *chosen == Some(number)
}
