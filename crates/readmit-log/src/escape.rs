//! Text in its last place: each sink has signs of its own that text must not have (rule 83).
//!
//! Each function neutralises first: control, bidirectional and invisible characters become visible
//! escapes in every sink.
//!
//! # Example
//!
//! ```
//! use readmit_log::escape;
//!
//! assert_eq!(escape::html("<b>\n"), "&lt;b&gt;\\u{a}");
//! assert_eq!(escape::csv("=1+1"), "'=1+1");
//! assert_eq!(escape::link("javascript:alert(1)"), None);
//! ```

use readmit_error::neutralise;

/// One line of a log or a terminal.
#[must_use]
pub fn line(text: &str) -> String {
    neutralise(text, usize::MAX)
}

/// The content of an element or of a quoted attribute.
#[must_use]
pub fn html(text: &str) -> String {
    replace(&line(text), |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        '`' => Some("&#96;"),
        _ => None,
    })
}

/// Words within Markdown, and within the dialects of it that chats have.
#[must_use]
pub fn markdown(text: &str) -> String {
    let text = line(text);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '!'
            | '|' | '~' | '@' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// The value of a pair in logfmt, in quotes where it needs them.
#[must_use]
pub fn logfmt(text: &str) -> String {
    let text = line(text);
    let is_bare = |c: char| !c.is_whitespace() && !matches!(c, '"' | '=' | '\\');
    if !text.is_empty() && text.chars().all(is_bare) {
        return text;
    }
    format!("\"{}\"", replace(&text, quoted))
}

/// The cell of a table of values; what a spreadsheet would take for a formula begins with an
/// apostrophe.
#[must_use]
pub fn csv(text: &str) -> String {
    let mut text = line(text);
    if text.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠']) {
        text.insert(0, '\'');
    }
    if text.contains([',', '"', ';', ' ']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// The value of a label in the text format of Prometheus, without its quotes.
#[must_use]
pub fn prometheus_label(text: &str) -> String {
    replace(&line(text), quoted)
}

/// One argument of a command that somebody may copy into a POSIX shell.
///
/// Before one that begins with a hyphen stands `--`, so that no program takes it for an option.
#[must_use]
pub fn shell_argument(text: &str) -> String {
    let text = line(text);
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,".contains(c);
    let word = if !text.is_empty() && text.chars().all(is_bare) {
        text.clone()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    };
    if text.starts_with('-') { format!("-- {word}") } else { word }
}

/// The value of a header that is sent on, or `None` where there is a character in it that no header
/// may have.
#[must_use]
pub fn header_value(text: &str) -> Option<&str> {
    let text = text.trim_matches([' ', '\t']);
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')).then_some(text)
}

/// A link that may be shown, or `None` where it is not plainly one over HTTPS to a host by name.
#[must_use]
pub fn link(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let is_plain = |byte: u8| matches!(byte, b'!'..=b'~') && !b"\"'<>\\^`{|}".contains(&byte);
    let is_named = host.contains('.') && host.bytes().all(is_host) && !host.starts_with('.');
    (is_named && url.bytes().all(is_plain)).then_some(url)
}

/// Whether a word mixes letters that look alike and are not: `аdmin` with a Cyrillic `а`.
///
/// Latin, Greek and Cyrillic letters side by side in one word are seldom meant; a log keeps such a
/// name and says so.
#[must_use]
pub fn mixes_scripts(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic());
    words.into_iter().any(|word| {
        let scripts = word.chars().fold(0_u8, |scripts, c| scripts | script(c));
        1 < scripts.count_ones()
    })
}

/// One bit for each script whose letters look like those of another.
fn script(c: char) -> u8 {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => 1,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 1 << 1,
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' => 1 << 2,
        '\u{530}'..='\u{58f}' => 1 << 3,
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => 1 << 4,
        // Full-width and mathematical letters.
        '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}' => 1 << 5,
        _ => 0,
    }
}

fn quoted(c: char) -> Option<&'static str> {
    match c {
        '"' => Some("\\\""),
        '\\' => Some("\\\\"),
        _ => None,
    }
}

fn replace(text: &str, by: impl Fn(char) -> Option<&'static str>) -> String {
    let mut replaced = String::with_capacity(text.len());
    for c in text.chars() {
        match by(c) {
            Some(escape) => replaced.push_str(escape),
            None => replaced.push(c),
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r83_what_acts_acts_in_no_sink() {
        let hostile = "a\r\n\0\u{1b}[2J\u{202e}\u{2028}b";

        for escape in [line, html, markdown, logfmt, csv, prometheus_label, shell_argument] {
            let shown = escape(hostile);

            assert!(!shown.chars().any(readmit_error::acts), "{shown:?}");
        }
        assert_eq!(header_value(hostile), None);
    }

    #[test]
    fn each_sink_has_its_own_signs() {
        assert_eq!(html("\"><img src=x>"), "&quot;&gt;&lt;img src=x&gt;");
        assert_eq!(markdown("[a](b) `c`| <!d>"), "\\[a\\]\\(b\\) \\`c\\`\\| &lt;\\!d&gt;");
        assert_eq!((logfmt("a\"b"), logfmt("ab")), ("\"a\\\"b\"".to_owned(), "ab".to_owned()));
        assert_eq!(
            (csv("@SUM(A1)"), csv("a,\"b")),
            ("'@SUM(A1)".to_owned(), "\"a,\"\"b\"".to_owned())
        );
        assert_eq!(prometheus_label("a\"} 1\\"), "a\\\"} 1\\\\");
        assert_eq!(shell_argument("x; rm -rf ~'"), "'x; rm -rf ~'\\'''");
        assert_eq!(shell_argument("--help"), "-- --help");
    }

    #[test]
    fn r96_only_a_plain_link_over_https_is_one() {
        assert_eq!(link("https://docs.example.test/a#b"), Some("https://docs.example.test/a#b"));
        for other in [
            "http://docs.example.test/",
            "javascript:alert(1)",
            "//evil.test/x",
            "https://docs.example.test\\@evil.test/",
            "https://a@evil.test/",
            "https:///x",
            "https://docs.example.test/ x",
            "https://docs.example.test/\u{202e}",
            "https://localhost:1/",
        ] {
            assert_eq!(link(other), None, "{other}");
        }
    }

    #[test]
    fn a_word_in_two_scripts_is_told() {
        assert!(mixes_scripts("\u{430}dmin"));
        for name in ["admin", "админ", "admin-админ", "δ 1", "日本 abc"] {
            assert!(!mixes_scripts(name), "{name}");
        }
    }
}
