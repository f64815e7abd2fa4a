//! Words that follow each other in a text; `rate-limit` and `Rate limit` are the same two.

use crate::fold;

/// The words of a text: letters and digits, whatever stands between them.
pub(super) fn words(text: &str) -> impl Clone + Iterator<Item = &str> {
    text.split(|next: char| !next.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Returns the words by which a phrase is looked up: the first ones, for many phrases begin alike.
pub(super) fn head(phrase: &str) -> impl Clone + Iterator<Item = &str> {
    words(phrase).take(HEAD)
}

/// Hashes words, which are told apart.
pub(super) fn hash<'t>(words: impl Iterator<Item = &'t str>) -> u64 {
    words.fold(fold::hash(""), |hash, word| fold::step(fold::name(hash, word.as_bytes())))
}

/// Words that a rule looks for in the texts of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phrase<'a>(pub(super) &'a str);

impl Phrase<'_> {
    /// Returns whether these words follow each other in a text.
    pub(crate) fn stands_in(self, text: &str) -> bool {
        let mut rest = words(text);
        loop {
            if self.begins(rest.clone()) {
                return true;
            }
            if rest.next().is_none() {
                return false;
            }
        }
    }

    /// Returns whether a text begins with these words.
    pub(super) fn begins<'t>(self, mut text: impl Iterator<Item = &'t str>) -> bool {
        words(self.0).all(|word| text.next().is_some_and(|next| next.eq_ignore_ascii_case(word)))
    }
}

/// The words by which a phrase is looked up, if it has so many.
pub(super) const HEAD: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r78_a_phrase_is_whole_words_that_follow_each_other() {
        let phrase = Phrase("secondary rate-limit");

        for text in
            ["secondary rate limit", "You hit a Secondary Rate Limit.", "secondary_rate\nlimit"]
        {
            assert!(phrase.stands_in(text), "{text}");
        }
        for text in ["", "secondary", "secondary rate", "secondary rate limits", "rate limit"] {
            assert!(!phrase.stands_in(text), "{text}");
        }
        assert!(phrase.stands_in("secondary secondary rate limit"));
    }

    #[test]
    fn quotes_dashes_and_spaces_of_any_script_part_words() {
        assert!(Phrase("rate limit").stands_in("the \u{201c}rate\u{a0}limit\u{201d}"));
        assert_eq!(words("d\u{e9}j\u{e0} vu").collect::<Vec<_>>(), ["d\u{e9}j\u{e0}", "vu"]);
    }
}
