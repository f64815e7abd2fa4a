use std::fmt::Write;

use readmit_error::neutralise;

use crate::Message;
use crate::layout::occurrence;
use crate::phrase::Label;

impl Message {
    /// Renders the message as a `section` of a web page.
    ///
    /// All text is escaped, the help link is an `https` address out of the catalogue (or one of this
    /// machine, where the base is), and there is neither style nor script: the class
    /// `readmit-message` is yours to style. The technical details are folded; leave them out for
    /// people outside with [`without_details`](Message::without_details).
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::{Failure, Kind, Origin};
    /// use readmit_message::Catalogue;
    ///
    /// let failure = Failure::builder(Kind::Unknown, Origin::Answer { status: 400 })
    ///     .description("<script>alert(1)</script>")
    ///     .build();
    ///
    /// let html = Catalogue::english().message(&failure).build().html();
    /// assert!(html.contains("&lt;script&gt;") && !html.contains("<script"));
    /// ```
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(ROOM);
        self.write_html(&mut html);
        html
    }

    fn write_html(&self, html: &mut String) {
        let language = escape(self.language());
        html.push_str("<section class=\"readmit-message\" role=\"alert\" lang=\"");
        html.push_str(&language);
        html.push_str("\">\n");
        element(html, "h2", &self.title);
        element(html, "p", &self.message);
        element(html, "h3", &self.label(Label::Action));
        html.push_str("<ul>\n");
        self.actions.iter().for_each(|action| element(html, "li", action));
        html.push_str("</ul>\n");
        if let Some(when) = &self.when_retry {
            element(html, "p", when);
        }
        let (link, label) = (escape(&self.help_link), escape(&self.label(Label::Help)));
        // Writing to a string cannot fail.
        let _ = writeln!(html, "<p><a href=\"{link}\" rel=\"noreferrer\">{label}</a></p>");
        self.write_occurrence(html);
        self.write_details(html);
        html.push_str("</section>\n");
    }

    fn write_occurrence(&self, html: &mut String) {
        let known = occurrence(self).into_iter().filter_map(|(label, value)| Some((label, value?)));
        let rows: Vec<_> = known.map(|(label, value)| (self.label(label), value)).collect();
        definitions(html, rows.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    }

    fn write_details(&self, html: &mut String) {
        if self.details.is_empty() {
            return;
        }
        html.push_str("<details>\n");
        element(html, "summary", &self.label(Label::Details));
        definitions(html, self.details.iter().map(|detail| (detail.name(), detail.value())));
        html.push_str("</details>\n");
    }
}

fn definitions<'a>(html: &mut String, rows: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    html.push_str("<dl>\n");
    for (name, value) in rows {
        element(html, "dt", name);
        element(html, "dd", value);
    }
    html.push_str("</dl>\n");
}

fn element(html: &mut String, name: &'static str, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(html, "<{name}>{}</{name}>", escape(text));
}

/// Makes text fit for an element and for an attribute in quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in neutralise(text, usize::MAX).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '`' => escaped.push_str("&#96;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Bytes that most messages fit in.
const ROOM: usize = 2_048;
