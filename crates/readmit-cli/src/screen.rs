use std::io::{self, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Where the program writes for a person: lines of at most 80 columns, with colours where the other
/// end is a terminal and `NO_COLOR` is not set.
///
/// Whoever writes a text of somebody else's neutralises it first.
pub(crate) struct Screen {
    out: Box<dyn Write>,
}

/// What a text is to look like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Look {
    Bad,
    Good,
    Plain,
    Strong,
    Unsure,
    Weak,
}

impl Screen {
    pub(crate) fn stdout() -> Screen {
        Screen { out: Box::new(io::BufWriter::new(AutoStream::auto(io::stdout()))) }
    }

    /// Writes a line as it is.
    pub(crate) fn line(&mut self, look: Look, text: &str) -> io::Result<()> {
        let style = look.style();
        writeln!(self.out, "{style}{text}{style:#}")
    }

    /// Writes a text that is made for a program, and hands all of it over.
    pub(crate) fn raw(&mut self, text: &[u8]) -> io::Result<()> {
        self.out.write_all(text)?;
        self.out.flush()
    }

    pub(crate) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Writes a label, and beside it a text that is broken into lines.
    pub(crate) fn field(&mut self, label: &str, look: Look, text: &str) -> io::Result<()> {
        self.labelled(label, LABEL, look, text)
    }

    /// The same, with more room for the label.
    pub(crate) fn wide_field(&mut self, label: &str, look: Look, text: &str) -> io::Result<()> {
        self.labelled(label, WIDE_LABEL, look, text)
    }

    /// Writes a word that judges, and beside it a text that is broken into lines.
    pub(crate) fn marked(&mut self, mark: &str, look: Look, text: &str) -> io::Result<()> {
        let style = look.style();
        let mut mark = mark;
        for line in wrapped(text, WIDTH - INDENT - MARK) {
            let margin = " ".repeat(INDENT);
            writeln!(self.out, "{margin}{style}{mark:<MARK$}{style:#}{line}")?;
            mark = "";
        }
        Ok(())
    }

    /// Writes a row of a table: a name, cut to its column, and what stands beside it as it is.
    pub(crate) fn row(
        &mut self,
        name: &str,
        room: usize,
        look: Look,
        text: &str,
    ) -> io::Result<()> {
        let style = look.style();
        let name = cut(name, room.saturating_sub(1));
        let gap = room.saturating_sub(name.width());
        let line = format!("{:INDENT$}{style}{name}{style:#}{:gap$}{text}", "", "");
        writeln!(self.out, "{}", line.trim_end())
    }

    /// Writes a text that is broken into lines, all of them indented.
    pub(crate) fn paragraph(&mut self, indent: usize, look: Look, text: &str) -> io::Result<()> {
        let style = look.style();
        for line in wrapped(text, WIDTH.saturating_sub(indent)) {
            writeln!(self.out, "{:indent$}{style}{line}{style:#}", "")?;
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn labelled(&mut self, label: &str, room: usize, look: Look, text: &str) -> io::Result<()> {
        let (weak, style) = (Look::Weak.style(), look.style());
        let mut label = label;
        for line in wrapped(text, WIDTH - INDENT - room) {
            let margin = " ".repeat(INDENT);
            writeln!(self.out, "{margin}{weak}{label:<room$}{weak:#}{style}{line}{style:#}")?;
            label = "";
        }
        Ok(())
    }
}

impl Look {
    fn style(self) -> Style {
        match self {
            Look::Bad => AnsiColor::Red.on_default().bold(),
            Look::Good => AnsiColor::Green.on_default().bold(),
            Look::Plain => Style::new(),
            Look::Strong => Style::new().bold(),
            Look::Unsure => AnsiColor::Yellow.on_default().bold(),
            Look::Weak => Style::new().dimmed(),
        }
    }
}

/// Breaks a text between words; a word that is longer than a line is broken too.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let fits = used + 1 + word.width() <= width;
        match (used, fits) {
            (0, _) => {}
            (_, true) => {
                push(&mut lines, ' ');
                used += 1;
            }
            (_, false) => {
                lines.push(String::new());
                used = 0;
            }
        }
        for c in word.chars() {
            let columns = c.width().unwrap_or(0);
            if width < used + columns && 0 < used {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, c);
            used += columns;
        }
    }
    lines
}

/// Cuts a text to so many columns, with an ellipsis where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

fn push(lines: &mut [String], c: char) {
    if let Some(line) = lines.last_mut() {
        line.push(c);
    }
}

/// Columns of a line: what a terminal has by tradition, and what a pipe gets too.
const WIDTH: usize = 80;
const INDENT: usize = 2;
const LABEL: usize = 13;
const WIDE_LABEL: usize = 15;
const MARK: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 100), ["one two three"]);
        assert_eq!(wrapped("", 7), [""]);
    }

    #[test]
    fn a_word_that_is_too_long_is_broken_too() {
        assert_eq!(wrapped("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrapped("ab cdefg h", 3), ["ab", "cde", "fg", "h"]);
        assert_eq!(wrapped("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn what_does_not_fit_in_its_column_is_cut() {
        assert_eq!(cut("abcd", 4), "abcd");
        assert_eq!(cut("abcde", 4), "abc…");
        assert_eq!(cut("認証失敗", 4), "認…");
    }

    #[test]
    fn what_is_wide_takes_two_columns() {
        assert_eq!(wrapped("認証 失敗した", 5), ["認証", "失敗", "した"]);
    }
}
