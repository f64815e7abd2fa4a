use std::fmt::Write;

/// Makes text that somebody else wrote fit to be shown: bounded, and without a character that acts.
///
/// Control characters, line ends, bidirectional overrides and invisible characters become visible
/// escapes such as `\u{a}` (rules 56 and 83); at most `limit` characters of the result are kept,
/// the last of them an ellipsis where something was cut.
/// What is already neutral comes back as it is, so the function may be applied twice.
///
/// # Example
///
/// ```
/// use readmit_error::neutralise;
///
/// assert_eq!(neutralise("token expired\r\n", 80), "token expired\\u{d}\\u{a}");
/// assert_eq!(neutralise("abcdef", 4), "abc…");
/// ```
#[must_use]
pub fn neutralise(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    let mut room = limit;
    // Where to cut should the rest not fit behind an ellipsis, and the room that is left there.
    let mut cut = 0;
    for c in text.chars() {
        let width = if acts(c) { escape_width(c) } else { 1 };
        if room < width {
            out.truncate(cut);
            if 0 < limit {
                out.push('…');
            }
            return out;
        }
        if acts(c) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
        room -= width;
        if 1 <= room {
            cut = out.len();
        }
    }
    out
}

/// Whether a terminal, a log reader or a browser would act on the character, or hide it.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The characters of `\u{…}` around the hexadecimal digits of `c`.
fn escape_width(c: char) -> usize {
    let digits = (u32::BITS - u32::from(c).leading_zeros()).div_ceil(4).max(1);
    digits as usize + 4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r83_characters_that_act_are_visible_escapes() {
        let hostile = "a\0\n\u{1b}[31m\u{9b}\u{202e}\u{200b}\u{feff}z";

        let shown = neutralise(hostile, 200);

        assert_eq!(shown, "a\\u{0}\\u{a}\\u{1b}[31m\\u{9b}\\u{202e}\\u{200b}\\u{feff}z");
    }

    #[test]
    fn r56_the_bound_counts_what_is_shown() {
        assert_eq!(neutralise("abcd", 4), "abcd");
        assert_eq!(neutralise("abcde", 4), "abc…");
        assert_eq!(neutralise("ab\n", 4), "ab…");
        assert_eq!(neutralise("abc", 0), "");
    }

    proptest! {
        #[test]
        fn neutral_text_is_bounded_harmless_and_stays_as_it_is(text in any::<String>(), limit in 0_usize..64) {
            let once = neutralise(&text, limit);

            prop_assert!(once.chars().count() <= limit);
            prop_assert!(!once.chars().any(acts));
            prop_assert_eq!(neutralise(&once, limit), once);
        }
    }
}
