use unicode_width::UnicodeWidthChar;

/// Breaks a text into lines of at most `width` columns, as a terminal counts them.
///
/// A line ends at a space, or between characters that are two columns wide, as the scripts of East
/// Asia are written without spaces; punctuation that closes does not begin a line, nor does
/// punctuation that opens end one. A word that is longer than a line is cut.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while let Some((line, next)) =
        end_of_line(rest, width).and_then(|end| rest.split_at_checked(end))
    {
        lines.push(line.trim_end().to_owned());
        rest = next.trim_start();
    }
    lines.push(rest.to_owned());
    lines
}

/// Returns where the first line ends, or `None` where all of it fits.
fn end_of_line(text: &str, width: usize) -> Option<usize> {
    let mut columns = 0_usize;
    let mut end = None;
    let mut last = None;
    for (at, c) in text.char_indices() {
        if may_break(last, c) {
            end = Some(at);
        }
        columns = columns.saturating_add(columns_of(c));
        if width < columns && c != ' ' {
            // However narrow it is, a line has a character.
            return Some(end.unwrap_or(at).max(text.chars().next().map_or(0, char::len_utf8)));
        }
        last = Some(c);
    }
    None
}

/// Returns the columns of a text.
#[cfg(test)]
fn columns_of_text(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Whether a line can end between two characters.
fn may_break(last: Option<char>, next: char) -> bool {
    let Some(last) = last else {
        return false;
    };
    if last == ' ' {
        return next != ' ';
    }
    let wide = columns_of(last) == 2 || columns_of(next) == 2;
    wide && next != ' ' && !CLOSING.contains(next) && !OPENING.contains(last)
}

/// What does not begin a line: closing punctuation, and the small letters of Japanese.
const CLOSING: &str =
    "、。，．・：；？！）」』】〕］｝…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}";
/// What does not end a line.
const OPENING: &str = "（「『【〔［｛([{";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_ends_at_a_space() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("one  two", 4), ["one", "two"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn a_word_that_is_longer_than_a_line_is_cut() {
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a bcdefgh", 3), ["a", "bcd", "efg", "h"]);
    }

    #[test]
    fn japanese_is_broken_between_characters_and_not_before_a_full_stop() {
        assert_eq!(wrap("時計がずれています。", 8), ["時計がず", "れていま", "す。"]);
        assert_eq!(wrap("時計がずれ。", 10), ["時計がず", "れ。"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(text in "[ a-dあ。「]{0,60}", width in 4_usize..20) {
            let lines = wrap(&text, width);

            prop_assert!(lines.iter().all(|line| columns_of_text(line) <= width), "{lines:?}");
            let kept = |text: &str| text.replace(' ', "");
            prop_assert_eq!(kept(&lines.concat()), kept(&text));
        }
    }
}
