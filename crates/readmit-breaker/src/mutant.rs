//! Faults put in by hand, to see the tests find them.
//!
//! A build with `--cfg mutants` has them all, and the variable `MUTANT` names the one that acts;
//! any other build has none of them.

/// Is the first expression, and the second one where this mutant was chosen.
macro_rules! mutant {
    ($number:literal, $right:expr, $wrong:expr) => {{
        #[cfg(mutants)]
        let value = if $crate::mutant::is_chosen($number) { $wrong } else { $right };
        #[cfg(not(mutants))]
        let value = $right;
        value
    }};
}

#[cfg(mutants)]
pub(crate) fn is_chosen(number: u32) -> bool {
    use std::sync::OnceLock;

    static CHOSEN: OnceLock<Option<u32>> = OnceLock::new();

    let chosen = || std::env::var("MUTANT").ok().and_then(|number| number.parse().ok());
    *CHOSEN.get_or_init(chosen) == Some(number)
}
