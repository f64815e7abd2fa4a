use readmit_error::event::Severity;
use readmit_error::neutralise;

use crate::Message;
use crate::layout::{Part, parts};
use crate::wrap::wrap;

/// The terminal that a message is written for.
///
/// # Example
///
/// ```
/// use readmit_error::{Failure, Kind, Origin};
/// use readmit_message::{Catalogue, Terminal};
///
/// let failure = Failure::builder(Kind::Dns, Origin::Local).build();
/// let catalogue = Catalogue::english();
///
/// let text = catalogue.message(&failure).build().terminal(Terminal::new(40));
/// assert!(text.lines().filter(|line| !line.contains("https")).all(|line| line.len() <= 40));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terminal {
    width: usize,
    coloured: bool,
}

impl Terminal {
    /// Returns a terminal of this many columns, without colours. Fewer than 20 are taken for 20.
    #[must_use]
    pub fn new(columns: usize) -> Terminal {
        Terminal { width: columns.max(NARROWEST), coloured: false }
    }

    /// Has the title in bold and in a colour. Ask `NO_COLOR` and whether it is a terminal before.
    #[must_use]
    pub fn coloured(mut self) -> Terminal {
        self.coloured = true;
        self
    }
}

impl Message {
    /// Renders the message as plain text, a line for each of its parts.
    ///
    /// Users are not shown the technical details here; developers and administrators are.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Failure, Kind, Origin};
    /// use readmit_message::Catalogue;
    ///
    /// let failure = Failure::builder(Kind::TokenExpired, Origin::Answer { status: 401 })
    ///     .request_id("req_1")
    ///     .build();
    /// let catalogue = Catalogue::english().help_base("https://help.example.com/")?;
    ///
    /// assert_eq!(catalogue.message(&failure).build().plain(), "\
    /// Session expired
    ///
    /// Your session has ended because its time was over.
    ///
    /// What to do:
    ///   - Sign in again, then go on where you left off.
    ///
    /// More about this: https://help.example.com/#token_expired
    /// Request: req_1
    /// ");
    /// # Ok::<_, readmit_message::BadLink>(())
    /// ```
    #[must_use]
    pub fn plain(&self) -> String {
        self.terminal(Terminal { width: usize::MAX, coloured: false })
    }

    /// Renders the message for a terminal: wrapped, escaped, coloured where that is wanted.
    ///
    /// The help link is never broken, so that it can be clicked.
    #[must_use]
    pub fn terminal(&self, terminal: Terminal) -> String {
        let mut page = Page { terminal, severity: self.severity, text: String::new() };
        let mut last = None;
        for part in parts(self) {
            if last.as_ref().is_some_and(|last| !part.follows(last)) {
                page.text.push('\n');
            }
            page.write(&part);
            last = Some(part);
        }
        page.text
    }
}

struct Page {
    terminal: Terminal,
    severity: Severity,
    text: String,
}

impl Page {
    fn write(&mut self, part: &Part) {
        match part {
            Part::Title(title) => self.title(title),
            Part::Paragraph(text) => self.lines(text, "", ""),
            Part::Heading(text) => self.lines(&format!("{text}:"), "", ""),
            Part::Item(text) => self.lines(text, "  - ", "    "),
            Part::Named { name, value, is_link: false } => {
                self.lines(&format!("{name}: {value}"), "", "  ");
            }
            Part::Named { name, value, is_link: true } => {
                let link = format!("{name}: {value}");
                self.text.push_str(&neutralise(&link, usize::MAX));
                self.text.push('\n');
            }
        }
    }

    fn title(&mut self, title: &str) {
        if !self.terminal.coloured {
            return self.lines(title, "", "");
        }
        self.text.push_str(match self.severity {
            Severity::Info => "\u{1b}[1;36m",
            Severity::Warning => "\u{1b}[1;33m",
            Severity::Error | Severity::Critical => "\u{1b}[1;31m",
        });
        self.lines(title, "", "");
        // Before the line end, so that no colour runs on.
        self.text.pop();
        self.text.push_str("\u{1b}[0m\n");
    }

    fn lines(&mut self, text: &str, first: &str, others: &str) {
        let text = neutralise(text, usize::MAX);
        let width = self.terminal.width.saturating_sub(first.len().max(others.len()));
        for (number, line) in wrap(&text, width).iter().enumerate() {
            self.text.push_str(if number == 0 { first } else { others });
            self.text.push_str(line);
            self.text.push('\n');
        }
    }
}

/// Columns below which nothing can be read.
const NARROWEST: usize = 20;

#[cfg(test)]
mod tests {
    use readmit_error::{Failure, Kind, Origin};

    use super::*;
    use crate::{Audience, Catalogue};

    #[test]
    fn colours_are_switched_off_where_the_title_ends() {
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Local).build();
        let catalogue = Catalogue::english();

        let text = catalogue.message(&failure).build().terminal(Terminal::new(80).coloured());

        assert!(text.starts_with("\u{1b}[1;31mSign-in not accepted\u{1b}[0m\n\n"), "{text:?}");
        assert_eq!(text.matches('\u{1b}').count(), 2);
    }

    #[test]
    fn a_user_is_not_shown_the_technical_details_and_a_developer_is() {
        let failure = Failure::builder(Kind::Conflict, Origin::Answer { status: 409 })
            .description("version 3")
            .build();
        let catalogue = Catalogue::english();
        let told = |audience| catalogue.message(&failure).audience(audience).build().plain();

        assert!(!told(Audience::User).contains("version 3"));
        assert!(told(Audience::Developer).contains("server_said: version 3\n"));
    }

    #[test]
    fn a_terminal_is_never_too_narrow_to_be_read() {
        assert_eq!(Terminal::new(0), Terminal::new(20));
    }
}
