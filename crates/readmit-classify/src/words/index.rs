//! Which rules a set of words can fit, without a look at each of them.

use super::rules::{RULES, Rule};
use super::{Set, WORDS, ones};

/// Returns the place of the first rule before `end` that fits.
pub(super) fn first(set: Set, end: usize, fits: impl Fn(&Rule) -> bool) -> Option<usize> {
    let mut candidates = [0_u64; BLOCKS];
    for word in set.words() {
        let Some(of_word) = BY_RAREST_WORD.get(word) else { continue };
        for (block, more) in candidates.iter_mut().zip(of_word) {
            *block |= more;
        }
    }
    let candidates = candidates.into_iter().enumerate();
    let mut candidates =
        candidates.flat_map(|(block, bits)| ones(bits).map(move |bit| block * 64 + bit));
    candidates.find(|at| end <= *at || RULES.get(*at).is_some_and(&fits)).filter(|at| *at < end)
}

/// For each word the rules that cannot fit without it and have no rarer one, a bit for each.
static BY_RAREST_WORD: [[u64; BLOCKS]; WORDS] = {
    let mut counts = [0_u16; WORDS];
    let mut rule = 0;
    while rule < RULES.len() {
        let mut word = 0;
        while word < WORDS {
            counts[word] += RULES[rule].needs(word) as u16;
            word += 1;
        }
        rule += 1;
    }
    let mut index = [[0; BLOCKS]; WORDS];
    let mut rule = 0;
    while rule < RULES.len() {
        let mut rarest = WORDS;
        let mut word = 0;
        while word < WORDS {
            if RULES[rule].needs(word) && (rarest == WORDS || counts[word] < counts[rarest]) {
                rarest = word;
            }
            word += 1;
        }
        assert!(rarest < WORDS, "a rule without a word");
        index[rarest][rule / 64] |= 1 << (rule % 64);
        rule += 1;
    }
    index
};

/// Blocks of 64 rules.
const BLOCKS: usize = RULES.len().div_ceil(64);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_index_finds_what_a_look_at_each_rule_finds(
            all in proptest::sample::subsequence(RULES.iter().collect::<Vec<_>>(), 0..4),
            end in 0..=RULES.len(),
        ) {
            let set = all.iter().fold(Set::EMPTY, |set, rule| set.union(rule.words()));

            let scanned = RULES[..end].iter().position(|rule| rule.fits_text(set));

            prop_assert_eq!(first(set, end, |rule| rule.fits_text(set)), scanned);
        }
    }

    #[test]
    fn every_rule_is_found_by_its_own_words() {
        for (at, rule) in RULES.iter().enumerate() {
            let found = first(rule.words(), RULES.len(), |other| std::ptr::eq(other, rule));

            assert_eq!(found, Some(at), "{}", rule.says);
        }
    }

    #[test]
    fn every_rule_can_decide() {
        for (at, rule) in RULES.iter().enumerate() {
            let before = RULES[..at].iter().find(|before| before.covers(rule));

            assert!(before.is_none(), "{} never comes behind {before:?}", rule.says);
        }
    }
}
