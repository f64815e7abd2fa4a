use std::collections::HashMap;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::file::{File, pattern};
use crate::field::Field;
use crate::phrase::{Label, Phrase, Wait};
use crate::topic::Topic;
use crate::{BadFile, english};

/// All texts in one language.
///
/// The texts of the entries are read once; only what holds a value is put together for each
/// message.
pub(crate) struct Translation {
    tag: String,
    texts: HashMap<(Topic, Field), String>,
    bundle: FluentBundle<FluentResource>,
}

impl Translation {
    /// Reads a language that has every text, and nothing else (rule 93).
    pub(crate) fn read(tag: &LanguageIdentifier, source: &str) -> Result<Translation, BadFile> {
        let file = File::read(tag, source)?;
        check_names(&file)?;
        check_phrases(&file)?;
        let mut texts = HashMap::new();
        for topic in Topic::all() {
            for field in Field::ALL {
                texts.insert((topic, field), entry_text(&file, topic, field)?);
            }
        }
        Ok(Translation { tag: tag.to_string(), texts, bundle: file.bundle })
    }

    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    pub(crate) fn text(&self, topic: Topic, field: Field) -> &str {
        // A language is read whole or not at all.
        self.texts.get(&(topic, field)).map_or_else(|| english::text(topic, field), String::as_str)
    }

    pub(crate) fn phrase(&self, phrase: Phrase<'_>) -> String {
        let (id, values) = named(phrase);
        match pattern(&self.bundle, id, None) {
            Some(pattern) => {
                let mut errors = Vec::new();
                self.bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned()
            }
            None => english::phrase(phrase),
        }
    }
}

impl fmt::Debug for Translation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Translation").field("tag", &self.tag).finish_non_exhaustive()
    }
}

fn entry_text(file: &File, topic: Topic, field: Field) -> Result<String, BadFile> {
    let (id, attribute) = (topic.id(), field.attribute());
    let missing = || {
        let what = format!("`{id}` has no `.{attribute}`");
        BadFile::new(file.last_line(), what, "write it; a language has every text")
    };
    let text = file.text(id, Some(attribute), None)?.ok_or_else(missing)?;
    let (lines, expected) = (text.lines().count(), lines_of(topic, field));
    if expected != lines {
        let what =
            format!("`{id}` has {lines} lines of `.{attribute}`, and English has {expected}");
        return Err(file.bad(id, Some(attribute), what, "write a line for each of them"));
    }
    Ok(text)
}

fn lines_of(topic: Topic, field: Field) -> usize {
    english::text(topic, field).lines().count()
}

/// Refuses what no message is made of.
fn check_names(file: &File) -> Result<(), BadFile> {
    for name in file.names() {
        let id = name.id.as_str();
        let is_entry = Topic::all().any(|topic| topic.id() == id);
        let is_phrase = phrases().any(|phrase| named(phrase).0 == id);
        if !is_entry && !is_phrase {
            let what = format!("`{id}` is no text that messages have");
            return Err(file.bad(id, None, what, "remove it, or correct its name"));
        }
        if is_entry && name.has_value {
            let what = format!("`{id}` has a text of its own");
            return Err(file.bad(id, None, what, "write it as one of its attributes"));
        }
        let known = |attribute: &&String| {
            is_entry && Field::ALL.iter().any(|field| field.attribute() == attribute.as_str())
        };
        if let Some(other) = name.attributes.iter().find(|attribute| !known(attribute)) {
            let what = format!("`{id}` has no `.{other}`");
            return Err(file.bad(id, Some(other), what, "remove it, or correct its name"));
        }
    }
    Ok(())
}

/// Checks that every phrase is there, can be put together, and shows its value.
fn check_phrases(file: &File) -> Result<(), BadFile> {
    for phrase in phrases() {
        let (id, values) = named(phrase);
        let text = file.text(id, None, Some(&values))?.ok_or_else(|| {
            BadFile::new(file.last_line(), format!("`{id}` is missing"), "write it")
        })?;
        let shown = match phrase {
            Phrase::RunCommand(command) => text.contains(command),
            // One of something may be told in a word; more of it needs the number.
            Phrase::Wait(
                Wait::Seconds(count)
                | Wait::Minutes(count)
                | Wait::Hours(count)
                | Wait::Days(count),
            ) => count == 1 || text.contains(&count.to_string()),
            Phrase::CheckFirst | Phrase::Label(_) | Phrase::Wait(Wait::Now) => true,
        };
        if !shown {
            let what = format!("`{id}` does not show its value");
            return Err(file.bad(id, None, what, "use `{ $count }` or `{ $command }` in it"));
        }
    }
    Ok(())
}

/// Every phrase, with counts of each plural form that a language may have.
fn phrases() -> impl Iterator<Item = Phrase<'static>> {
    let counts = [1, 2, 3, 5, 11, 21, 59, 100].into_iter().flat_map(|count| {
        [Wait::Seconds(count), Wait::Minutes(count), Wait::Hours(count), Wait::Days(count)]
    });
    let waits = counts.chain([Wait::Now]).map(Phrase::Wait);
    let labels = Label::ALL.into_iter().map(Phrase::Label);
    waits.chain(labels).chain([Phrase::CheckFirst, Phrase::RunCommand("acme login")])
}

/// Returns the name of a phrase in a language file, and the values that it shows.
fn named(phrase: Phrase<'_>) -> (&'static str, FluentArgs<'_>) {
    let mut values = FluentArgs::new();
    let id = match phrase {
        Phrase::CheckFirst => "check-first",
        Phrase::Label(label) => label_id(label),
        Phrase::RunCommand(command) => {
            values.set("command", command);
            "run-command"
        }
        Phrase::Wait(wait) => {
            let (id, count) = match wait {
                Wait::Now => ("wait-now", None),
                Wait::Seconds(count) => ("wait-seconds", Some(count)),
                Wait::Minutes(count) => ("wait-minutes", Some(count)),
                Wait::Hours(count) => ("wait-hours", Some(count)),
                Wait::Days(count) => ("wait-days", Some(count)),
            };
            if let Some(count) = count {
                values.set("count", count);
            }
            id
        }
    };
    (id, values)
}

fn label_id(label: Label) -> &'static str {
    match label {
        Label::Action => "label-action",
        Label::Causes => "label-causes",
        Label::Credential => "label-credential",
        Label::Cures => "label-cures",
        Label::Details => "label-details",
        Label::Help => "label-help",
        Label::Host => "label-host",
        Label::Prevention => "label-prevention",
        Label::Request => "label-request",
        Label::Time => "label-time",
    }
}
