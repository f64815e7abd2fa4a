//! What a person reads: a page of titled sections, every word of a case made harmless.

use readmit_error::neutralise;
use serde_json::Value;

/// A page that is being written.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    pub(crate) fn new(title: &str) -> Page {
        Page { text: format!("{}\n", neutralise(title, WIDTH)) }
    }

    /// Begins a section.
    pub(crate) fn section(&mut self, title: &str) {
        self.text += &format!("\n{}\n", neutralise(title, WIDTH));
    }

    /// Adds a line of its own.
    pub(crate) fn line(&mut self, text: &str) {
        let harmless = neutralise(text, LIMIT);
        if !harmless.trim_end().is_empty() {
            self.text += "  ";
            self.text += harmless.trim_end();
        }
        self.text.push('\n');
    }

    /// Adds a line of a name and what there is to say of it; a long one goes on below.
    pub(crate) fn row(&mut self, name: &str, text: &str) {
        let harmless = neutralise(text, LIMIT);
        let mut name = name;
        for part in wrap(&harmless) {
            self.line(&format!("{name:<14} {part}"));
            name = "";
        }
    }

    /// Adds rows whose columns stand below each other.
    pub(crate) fn table<const N: usize>(&mut self, rows: &[[String; N]]) {
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|it| it.chars().count()).max()
        };
        for row in rows {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let width = width(column).unwrap_or_default();
                format!("{cell:<width$}")
            });
            self.line(&cells.collect::<Vec<_>>().join("  "));
        }
    }

    /// Adds a table of what was compared: its name, what it must be, and what it is.
    pub(crate) fn compared(&mut self, compared: Vec<(&'static str, Value, Value)>) {
        let rows: Vec<_> = compared
            .into_iter()
            .map(|(what, expected, got)| {
                let is_right = if expected == got { "right" } else { "WRONG" };
                [what.to_owned(), value(&expected), value(&got), is_right.to_owned()]
            })
            .collect();
        self.table(&rows);
    }

    /// Adds a text line by line, as much of it as a person reads.
    pub(crate) fn block(&mut self, text: &str) {
        let mut rows = 0;
        let mut shown = 0;
        for line in text.split_inclusive('\n') {
            let harmless =
                neutralise(&line.trim_end_matches(['\r', '\n']).replace('\t', "  "), LIMIT);
            for part in wrap(&harmless) {
                self.line(&part);
                rows += 1;
            }
            shown += line.len();
            if ROWS <= rows {
                break;
            }
        }
        if shown < text.len() {
            self.line(&format!("({} more bytes)", text.len() - shown));
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// Writes what was expected or told in one line: bare words, a list as alternatives.
pub(crate) fn value(value: &Value) -> String {
    let text = match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) if !all.is_empty() && all.iter().all(Value::is_string) => {
            all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        Value::Number(number) => {
            let text = number.to_string();
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        }
        Value::Array(_) | Value::Bool(_) | Value::Object(_) => value.to_string(),
    };
    neutralise(&text, LIMIT)
}

/// Breaks a text at the width of a page, between words where there are any.
fn wrap(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut width = 0;
    for word in text.split_inclusive(' ') {
        if WIDTH < width + word.chars().count() && 0 < width {
            parts.push(String::new());
            width = 0;
        }
        for c in word.chars() {
            if width == WIDTH {
                parts.push(String::new());
                width = 0;
            }
            if let Some(part) = parts.last_mut() {
                part.push(c);
            }
            width += 1;
        }
    }
    parts
}

/// Characters of a line.
const WIDTH: usize = 96;
/// Lines of a block.
const ROWS: usize = 40;
/// Characters of a value.
const LIMIT: usize = 1_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn r56_what_a_case_says_cannot_act_on_a_terminal() {
        let mut page = Page::new("a\u{1b}[2J");
        page.section("b\u{1b}");
        page.line("c\u{1b}");
        page.row("d", "\u{202e}e");
        page.block("f\u{1b}\r\ng\u{7}");

        let text = page.into_text();

        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}', '\r']), "{text:?}");
    }

    #[test]
    fn a_block_is_bounded_and_says_what_is_left() {
        let mut page = Page::new("");

        page.block(&"line\n".repeat(50));
        let text = page.into_text();

        assert_eq!(text.matches("  line\n").count(), ROWS);
        assert!(text.ends_with("(50 more bytes)\n"), "{text}");
    }

    #[test]
    fn a_long_line_is_broken_between_words() {
        let text = format!("{} tail", "a".repeat(WIDTH - 2));

        assert_eq!(wrap(&text), [format!("{} ", "a".repeat(WIDTH - 2)), "tail".to_owned()]);
        assert_eq!(wrap(&"b".repeat(WIDTH + 1)).len(), 2);
    }

    #[test]
    fn the_columns_of_a_table_stand_below_each_other() {
        let mut page = Page::new("");

        page.table(&[["a", "bb", "c"], ["aaa", "b", ""]].map(|row| row.map(str::to_owned)));

        assert_eq!(page.into_text(), "\n  a    bb  c\n  aaa  b\n");
    }

    #[test]
    fn values_are_written_for_people() {
        assert_eq!(value(&json!(["a", "b"])), "a or b");
        assert_eq!(value(&json!(null)), "none");
        assert_eq!(value(&json!([])), "[]");
        assert_eq!((value(&json!(30.0)), value(&json!(0.5))), ("30".to_owned(), "0.5".to_owned()));
        assert_eq!(value(&json!({"a": 1})), r#"{"a":1}"#);
    }
}
