use std::borrow::Cow;
use std::ops::Range;

/// Parts of a text that are to be hidden.
#[derive(Debug, Default)]
pub(crate) struct Spans(Vec<Range<usize>>);

impl Spans {
    pub(crate) fn hide(&mut self, part: Range<usize>) {
        if part.start < part.end {
            self.0.push(part);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        self.0.iter().cloned()
    }

    /// Writes the text with a mark in the place of each part; parts that touch are one.
    pub(crate) fn apply<'a>(mut self, text: &'a str) -> Cow<'a, str> {
        if self.0.is_empty() {
            return Cow::Borrowed(text);
        }
        self.0.sort_unstable_by_key(|part| (part.start, part.end));
        let mut clean = String::with_capacity(text.len());
        let mut kept_from = 0;
        let mut parts = self.0.into_iter().peekable();
        while let Some(mut part) = parts.next() {
            while let Some(next) = parts.next_if(|next| next.start <= part.end) {
                part.end = part.end.max(next.end);
            }
            // A part may begin or end within a character where bytes were looked for.
            let start = floor(text, part.start).max(kept_from);
            clean.push_str(text.get(kept_from..start).unwrap_or_default());
            clean.push_str(MARK);
            kept_from = ceil(text, part.end);
        }
        clean.push_str(text.get(kept_from..).unwrap_or_default());
        Cow::Owned(clean)
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Stands for a secret, as in `readmit_error::redact`.
pub(crate) const MARK: &str = "REDACTED";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_touch_or_overlap_are_one_mark() {
        let mut spans = Spans::default();
        for part in [4..6, 0..2, 1..4, 8..9, 7..7] {
            spans.hide(part);
        }

        assert_eq!(spans.apply("0123456789"), "REDACTED67REDACTED9");
    }

    #[test]
    fn a_part_within_a_character_takes_the_whole_of_it() {
        let mut spans = Spans::default();
        spans.hide(1..2);

        assert_eq!(spans.apply("äöü"), "REDACTEDöü");
    }
}
