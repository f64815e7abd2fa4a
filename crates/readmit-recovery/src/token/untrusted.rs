use std::collections::HashSet;

use secrecy::{ExposeSecret, SecretString};

/// Returns what a server said as text that can be shown: free of these secrets, with invisible
/// characters made visible, and of `max_chars` characters at most (rules 55 and 56).
pub(super) fn presentable(text: &str, secrets: &[SecretString], max_chars: usize) -> String {
    let text = start_of(text, READ_AT_MOST);
    let secret = secret_bytes(text, secrets);
    let mut shown = String::new();
    let mut room = max_chars;
    let mut in_secret = false;
    for (at, char) in text.char_indices() {
        let is_secret = secret[at..at + char.len_utf8()].contains(&true);
        let piece = match (is_secret, in_secret) {
            (true, true) => continue,
            (true, false) => REDACTED.to_owned(),
            (false, _) if is_unseen(char) => char.escape_unicode().to_string(),
            (false, _) => char.to_string(),
        };
        in_secret = is_secret;
        let length = piece.chars().count();
        if room < length {
            shown.push('…');
            break;
        }
        room -= length;
        shown.push_str(&piece);
    }
    shown
}

/// Marks the bytes that repeat a secret, or a piece of one that is long enough to be no accident.
fn secret_bytes(text: &str, secrets: &[SecretString]) -> Vec<bool> {
    let mut marked = vec![false; text.len()];
    for secret in secrets {
        let secret = secret.expose_secret().as_bytes();
        if secret.is_empty() {
            continue;
        }
        let length = secret.len().min(TELLTALE);
        let pieces: HashSet<&[u8]> = secret.windows(length).collect();
        for (at, seen) in text.as_bytes().windows(length).enumerate() {
            if pieces.contains(seen) {
                marked[at..at + length].fill(true);
            }
        }
    }
    marked
}

/// Returns as much of a text as fits into so many bytes.
fn start_of(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// Returns whether a character controls the text around it, or cannot be seen (rule 83).
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Stands for a secret.
const REDACTED: &str = "[redacted]";

/// So many bytes of a secret in a row are taken for an echo of it.
const TELLTALE: usize = 12;

/// More than any text that is shown can come from.
const READ_AT_MOST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r56_control_and_bidi_characters_are_made_visible() {
        let shown = presentable("a\r\n\0\u{1b}[31m\u{202e}b\u{85}", &[], 500);

        assert_eq!(shown, r"a\u{d}\u{a}\u{0}\u{1b}[31m\u{202e}b\u{85}");
    }

    #[test]
    fn r56_the_text_is_bounded() {
        assert_eq!(presentable("äöü", &[], 3), "äöü");
        assert_eq!(presentable("äöüß", &[], 3), "äöü…");
        assert_eq!(presentable(&"€".repeat(9_000), &[], 500).chars().count(), 501);
    }

    #[test]
    fn r56_an_echo_of_a_secret_is_redacted() {
        let secrets = [SecretString::from("planted-secret-0123456789")];

        let whole = presentable("key planted-secret-0123456789 is bad", &secrets, 500);
        let piece = presentable("key planted-secre… is bad", &secrets, 500);

        assert_eq!(whole, "key [redacted] is bad");
        assert_eq!(piece, "key [redacted]… is bad");
    }

    #[test]
    fn r56_a_short_secret_is_redacted_whole() {
        let secrets = [SecretString::from("pä")];

        assert_eq!(presentable("(pä)", &secrets, 500), "([redacted])");
        assert_eq!(presentable("(p)", &secrets, 500), "(p)");
    }

    #[test]
    fn r56_an_empty_secret_hides_nothing() {
        assert_eq!(presentable("plain", &[SecretString::default()], 500), "plain");
    }
}
