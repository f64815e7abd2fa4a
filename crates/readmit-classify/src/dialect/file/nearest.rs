/// Returns the word that somebody may have meant, if one is near.
pub(super) fn nearest<'w>(written: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let ranked = words.map(|word| (distance(written, word), word));
    let (steps, word) = ranked.min_by_key(|(steps, _)| *steps)?;
    (steps <= 1 + word.len() / 4).then_some(word)
}

/// Letters to add, drop or change, until one word is the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(LIMIT).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().take(LIMIT).enumerate() {
        let mut next = vec![above + 1];
        for ((&wanted, pair), left) in other.iter().zip(row.windows(2)).zip(0..) {
            let changed = pair.first().copied().unwrap_or_default() + usize::from(letter != wanted);
            let dropped = pair.last().copied().unwrap_or_default() + 1;
            let added = next.get(left).copied().unwrap_or_default() + 1;
            next.push(changed.min(dropped).min(added));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Letters of a word that are compared; no word of ours is longer.
const LIMIT: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_if_it_is_near() {
        let words = ["hosts", "status", "code_headers"];

        assert_eq!(nearest("host", words.into_iter()), Some("hosts"));
        assert_eq!(nearest("code_header", words.into_iter()), Some("code_headers"));
        assert_eq!(nearest("codeheaders", words.into_iter()), Some("code_headers"));
        assert_eq!(nearest("banana", words.into_iter()), None);
    }

    #[test]
    fn a_distance_counts_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
