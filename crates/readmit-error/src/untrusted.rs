use std::fmt::{self, Write};

/// Makes text that somebody else wrote fit to be shown: bounded, and without a character that acts.
///
/// Control characters, line ends, bidirectional overrides and invisible characters become visible
/// escapes such as `\u{a}` (rules 56 and 83), and so do the marks on a letter past the fourth, which
/// would pile up over the lines around; at most `limit` characters of the result are kept,
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
    // It fails where the limit is reached; what fits is written then.
    let _ = Neutral::new(&mut out, limit).write_str(text);
    out
}

/// Whether a text is neutral already and within the limit, as far as that can be seen at a glance.
pub(crate) fn is_plain(text: &str, limit: usize) -> bool {
    text.len() <= limit && are_plain(text.as_bytes())
}

/// Whether all bytes are from the space to the tilde, looked at eight at a time.
fn are_plain(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    };
    // The last eight overlap with what was read, so that nothing is left over.
    let eights = bytes.as_chunks().0.iter().chain([last]);
    eights.fold(0, |others, eight| others | others_in(u64::from_le_bytes(*eight))) == 0
}

/// Sets the highest bit of some byte if there is one that is not from the space to the tilde.
///
/// Less a space and more by one, any other has that bit, or had it before; and what one byte takes
/// from the next or gives to it, it takes or gives only if it is another itself.
fn others_in(eight: u64) -> u64 {
    let repeat = |byte| u64::from_le_bytes([byte; 8]);
    let below_space = eight.wrapping_sub(repeat(b' '));
    let above_tilde = eight.wrapping_add(repeat(1));
    (eight | below_space | above_tilde) & repeat(0x80)
}

/// Writes neutral text behind what a string holds, as much of it as fits.
///
/// Writing fails where something had to be cut.
pub(crate) struct Neutral<'a> {
    out: &'a mut String,
    limit: usize,
    /// Characters of the limit that are left.
    room: usize,
    /// Where to cut should the rest not fit behind an ellipsis.
    cut: usize,
    /// Marks on the letter that was written last.
    marks: usize,
}

impl<'a> Neutral<'a> {
    pub(crate) fn new(out: &'a mut String, limit: usize) -> Neutral<'a> {
        let cut = out.len();
        Neutral { out, limit, room: limit, cut, marks: 0 }
    }

    fn push(&mut self, c: char) -> fmt::Result {
        self.marks = if combines(c) { self.marks + 1 } else { 0 };
        let is_escaped = acts(c) || MOST_MARKS < self.marks;
        let width = if is_escaped { escape_width(c) } else { 1 };
        if self.room < width {
            self.out.truncate(self.cut);
            if 0 < self.limit {
                self.out.push('…');
            }
            self.room = 0;
            return Err(fmt::Error);
        }
        if is_escaped {
            write!(self.out, "\\u{{{:x}}}", u32::from(c))?;
        } else {
            self.out.push(c);
        }
        self.room -= width;
        if 1 <= self.room {
            self.cut = self.out.len();
        }
        Ok(())
    }
}

impl Write for Neutral<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() < self.room && is_plain(text, self.room) {
            self.out.push_str(text);
            self.room -= text.len();
            self.cut = self.out.len();
            self.marks = 0;
            return Ok(());
        }
        text.chars().try_for_each(|c| self.push(c))
    }
}

/// Whether a terminal, a log reader or a browser would act on the character, or hide it.
///
/// These are the characters that [`neutralise`] writes as escapes; whoever compares what people see
/// leaves them out.
///
/// # Example
///
/// ```
/// let seen: String = "to\u{200b}ken".chars().filter(|c| !readmit_error::acts(*c)).collect();
///
/// assert_eq!(seen, "token");
/// ```
#[must_use]
pub fn acts(c: char) -> bool {
    let is_noncharacter = 0xfffe <= u32::from(c) & 0xffff || matches!(c, '\u{fdd0}'..='\u{fdef}');
    c.is_control()
        || is_noncharacter
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{110bd}' | '\u{110cd}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fff0}'..='\u{fffc}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character is drawn on the one before it: the marks of the scripts that pile them up
/// (Unicode general category M, in the blocks that hold nothing else).
fn combines(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}'
        | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5bd}'
        | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}'
        | '\u{6d6}'..='\u{6dc}'
        | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}'
        | '\u{eb4}'..='\u{ebc}'
        | '\u{ec8}'..='\u{ece}'
        | '\u{f71}'..='\u{f84}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{302a}'..='\u{302f}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// The characters of `\u{…}` around the hexadecimal digits of `c`.
fn escape_width(c: char) -> usize {
    let digits = (u32::BITS - u32::from(c).leading_zeros()).div_ceil(4).max(1);
    digits as usize + 4
}

/// Marks that a letter may have; no language needs more.
const MOST_MARKS: usize = 4;

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
    fn r83_marks_do_not_pile_up() {
        let tower = format!("e{}x", "\u{301}".repeat(6));

        assert_eq!(neutralise(&tower, 80), "e\u{301}\u{301}\u{301}\u{301}\\u{301}\\u{301}x");
        assert_eq!(neutralise("e\u{301}\u{301}e\u{301}", 80), "e\u{301}\u{301}e\u{301}");
    }

    #[test]
    fn r56_the_bound_counts_what_is_shown() {
        assert_eq!(neutralise("abcd", 4), "abcd");
        assert_eq!(neutralise("abcde", 4), "abc…");
        assert_eq!(neutralise("ab\n", 4), "ab…");
        assert_eq!(neutralise("abc", 0), "");
    }

    #[test]
    fn only_printable_ascii_is_plain_wherever_it_stands() {
        for length in 0..20_usize {
            assert!(is_plain(&" ~".repeat(length), 40));
            for (at, other) in
                (0..length).flat_map(|at| ["\u{1f}", "\u{7f}", "é"].map(|it| (at, it)))
            {
                let text = format!("{}{other}{}", "~".repeat(at), " ".repeat(length - at));

                assert!(!is_plain(&text, 40), "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn neutral_text_is_bounded_harmless_and_stays_as_it_is(text in any::<String>(), limit in 0_usize..64) {
            let once = neutralise(&text, limit);

            prop_assert!(once.chars().count() <= limit);
            prop_assert!(!once.chars().any(acts));
            prop_assert_eq!(neutralise(&once, limit), once);
        }

        #[test]
        fn r56_text_in_pieces_is_as_neutral_as_text_in_one(
            pieces in proptest::collection::vec(prop_oneof!["[a-c]{0,5}", "[a-c\n…]{0,5}", "[a\u{301}]{0,9}"], 0..5),
            limit in 0_usize..12,
        ) {
            let mut out = "before".to_owned();
            let mut neutral = Neutral::new(&mut out, limit);

            for piece in &pieces {
                // Who writes on behind the end changes nothing.
                let _ = neutral.write_str(piece);
            }

            prop_assert_eq!(out, format!("before{}", neutralise(&pieces.concat(), limit)));
        }
    }
}
