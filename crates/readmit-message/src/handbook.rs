use std::fmt::Write;

use readmit_error::Kind;

use crate::phrase::{Label, Phrase};
use crate::topic::Topic;
use crate::{Audience, Catalogue, Entry};

impl Catalogue {
    /// Renders all entries as one page of Markdown: what each kind means, its causes with their
    /// cures, and how to prevent it.
    ///
    /// Its headings are the anchors that the help links of the catalogue name, so the page can stand
    /// at your [help base](Catalogue::help_base).
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_message::Catalogue;
    ///
    /// let page = Catalogue::english().handbook();
    /// assert!(page.contains("## token_expired\n\n**Session expired.**"));
    /// ```
    #[must_use]
    pub fn handbook(&self) -> String {
        let kinds = Kind::ALL.map(|kind| (kind.as_str(), self.kind(kind)));
        let codes = [Topic::AccessToken, Topic::ServiceKey].map(Topic::name);
        let codes = codes.map(|code| (code, self.code(code)));
        let mut page = String::with_capacity(ROOM);
        for (name, entry) in kinds.into_iter().chain(codes) {
            self.write_entry(&mut page, name, &entry);
        }
        page
    }

    fn write_entry(&self, page: &mut String, name: &str, entry: &Entry<'_>) {
        let label = |label| escape(&self.speaks().phrase(Phrase::Label(label)));
        let heading = if page.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _ = writeln!(page, "{heading}## {name}\n\n**{}.**", escape(entry.title()));
        let audience = Audience::Developer;
        let _ = writeln!(page, "{}", escape(entry.message(audience)));
        for action in entry.actions(audience) {
            let _ = writeln!(page, "{}", escape(action));
        }
        let _ =
            writeln!(page, "\n| {} | {} |\n|---|---|", label(Label::Causes), label(Label::Cures));
        let (causes, cures) = (entry.causes(), entry.cures());
        for row in 0..causes.len().max(cures.len()) {
            let cell = |of: &[&str]| escape(of.get(row).copied().unwrap_or_default());
            let _ = writeln!(page, "| {} | {} |", cell(&causes), cell(&cures));
        }
        let prevention = escape(entry.prevention());
        let _ = writeln!(page, "\n{}: {prevention}", label(Label::Prevention));
    }
}

/// Makes text fit for Markdown that is read as such.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_{}[]<>#|&~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Bytes that all entries fit in.
const ROOM: usize = 32_768;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_that_help_links_lead_to_is_that_of_the_catalogue() {
        let shipped = include_str!("help.md");
        let (_, entries) = shipped.split_once("\n## ").unwrap();

        let page = Catalogue::english().handbook();

        assert_eq!(format!("## {entries}"), page, "run the example `handbook` and keep its output");
    }

    #[test]
    fn r93_every_link_of_the_catalogue_has_its_heading_on_the_page() {
        let catalogue = Catalogue::english();
        let page = catalogue.handbook();
        let kinds = Kind::ALL.map(|kind| catalogue.kind(kind));
        let codes = Catalogue::CODES.map(|code| catalogue.code(code));

        for entry in kinds.into_iter().chain(codes) {
            let link = entry.help_link();
            let (_, anchor) = link.split_once('#').unwrap();
            let is_there = |line: &str| {
                line.strip_prefix("## ").is_some_and(|name| name.to_ascii_lowercase() == anchor)
            };
            assert!(page.lines().any(is_there), "{link}");
        }
    }

    #[test]
    fn r96_a_text_of_ones_own_is_no_markdown() {
        let mut catalogue = Catalogue::english();
        catalogue.overlay(r#"{"kinds": {"dns": {"title": "<b>|[x](y)"}}}"#).unwrap();

        assert!(catalogue.handbook().contains(r"**\<b\>\|\[x\](y).**"));
    }
}
