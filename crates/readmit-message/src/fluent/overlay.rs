use readmit_error::Kind;
use unic_langid::LanguageIdentifier;

use super::file::{File, Name};
use crate::field::Field;
use crate::help_link::HelpLink;
use crate::overlay::{Overlay, Words};
use crate::{BadFile, Catalogue};

impl Catalogue {
    /// Puts the texts of a Fluent file before those that are there, as
    /// [`overlay`](Catalogue::overlay) does with JSON.
    ///
    /// A kind is a message under its name, a code one under its name behind `code-`; the texts are
    /// attributes as in the shipped languages, and `.help-link`. What stands on lines of its own in
    /// an action, in causes or in cures is an item of its own. The file should be in the language of
    /// the catalogue, whose plural forms it is read with.
    ///
    /// # Errors
    ///
    /// The file is refused whole, with the line, the reason and the cure, and the catalogue is as it
    /// was.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_message::{Audience, Catalogue};
    ///
    /// let mut catalogue = Catalogue::shipped("de");
    /// catalogue.overlay_fluent("
    /// token_expired =
    ///     .title = Abgemeldet
    ///     .user-action =
    ///         Melden Sie sich an.
    ///         Öffnen Sie das Dokument wieder.
    /// code-ACME_17 =
    ///     .title = Der Fluss ist gesperrt
    ///     .help-link = gesperrt
    /// ")?;
    ///
    /// let expired = catalogue.kind(readmit_error::Kind::TokenExpired);
    /// assert_eq!(expired.title(), "Abgemeldet");
    /// assert_eq!(expired.actions(Audience::User).len(), 2);
    /// assert_eq!(catalogue.code("ACME_17").title(), "Der Fluss ist gesperrt");
    /// # Ok::<_, readmit_message::BadFile>(())
    /// ```
    pub fn overlay_fluent(&mut self, fluent: &str) -> Result<(), BadFile> {
        let tag: LanguageIdentifier = self.language().parse().unwrap_or_default();
        self.put_before(read(&tag, fluent)?);
        Ok(())
    }
}

fn read(tag: &LanguageIdentifier, fluent: &str) -> Result<Overlay, BadFile> {
    let file = File::read(tag, fluent)?;
    let mut overlay = Overlay::default();
    for name in file.names() {
        let id = name.id.as_str();
        let words = words(&file, name)?;
        if let Some(code) = id.strip_prefix("code-") {
            overlay.codes.insert(code.to_owned(), words);
        } else if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == id) {
            overlay.kinds.insert(kind, words);
        } else {
            let what = format!("`{id}` is neither a kind nor a code");
            return Err(file.bad(id, None, what, "name a kind, or write `code-` before a code"));
        }
    }
    Ok(overlay)
}

fn words(file: &File, name: &Name) -> Result<Words, BadFile> {
    let id = name.id.as_str();
    if name.has_value {
        let what = format!("`{id}` has a text of its own");
        return Err(file.bad(id, None, what, "write it as one of its attributes"));
    }
    let mut words = Words::default();
    for attribute in &name.attributes {
        let bad = |what: String, cure: &str| file.bad(id, Some(attribute), what, cure);
        let text = file.text(id, Some(attribute), None)?.unwrap_or_default();
        let field = Field::ALL.into_iter().find(|field| field.attribute() == attribute);
        match field {
            Some(field) if !field.is_list() && 1 < text.lines().count() => {
                let what = format!("`.{attribute}` has more than one line");
                return Err(bad(what, "write it on one line"));
            }
            Some(field) => words.put(field, text),
            None if attribute == "help-link" => {
                let link = HelpLink::parse(&text).map_err(|reason| {
                    let reason = reason.to_string();
                    let (what, cure) = reason.split_once("; ").unwrap_or((&reason, ""));
                    bad(what.to_owned(), cure)
                })?;
                words.help_link = Some(link);
            }
            None => {
                let what = format!("`{id}` has no `.{attribute}`");
                return Err(bad(what, "remove it, or correct its name"));
            }
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_its_cure_and_changes_nothing() {
        for (file, line, what) in [
            ("dns =\n    .titel = x\n", 2, "`dns` has no `.titel`"),
            ("# a\n\ndnss =\n    .title = x\n", 3, "neither a kind nor a code"),
            ("dns = x\n", 1, "a text of its own"),
            ("dns =\n    .title = { $x }\n", 2, "Unknown variable"),
            ("dns =\n    .title = { -x }\n", 2, "Unknown term"),
            ("dns =\n    .title = a\u{202e}b\n", 2, "acts"),
            ("dns =\n    .title =\n        a\n        b\n", 2, "more than one line"),
            ("dns =\n    .help-link = javascript:x\n", 2, "not https"),
            ("dns =\n    .title = a\ndns =\n    .title = b\n", 1, "`dns` is there twice"),
            ("dns =\n    .title = a\n\n= x\n", 4, "Expected"),
        ] {
            let mut catalogue = Catalogue::english();

            let bad = catalogue.overlay_fluent(file).unwrap_err();

            assert!(bad.what().contains(what), "{bad}");
            assert_eq!(bad.line(), line, "{bad}");
            assert!(!bad.cure().is_empty(), "{bad}");
            assert_eq!(catalogue.kind(Kind::Dns).title(), "Address not found");
        }
    }
}
