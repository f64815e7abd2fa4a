//! A Fluent file, taken apart and checked; what is wrong in it is told with its line.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use fluent_syntax::ast::{Entry, Message, Pattern};
use unic_langid::LanguageIdentifier;

use crate::BadFile;
use crate::overlay::fault_of;

/// What a file says, by the names in it.
pub(super) struct File {
    pub(super) bundle: FluentBundle<FluentResource>,
    source: String,
    names: Vec<Name>,
}

/// The name of a message, with those of its attributes.
pub(super) struct Name {
    pub(super) id: String,
    pub(super) has_value: bool,
    pub(super) attributes: Vec<String>,
}

impl File {
    pub(super) fn read(tag: &LanguageIdentifier, source: &str) -> Result<File, BadFile> {
        let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| {
            let first = errors.first();
            let line = first.map_or(1, |error| line_at(source, error.pos.start));
            let what = first.map_or_else(String::new, ToString::to_string);
            BadFile::new(line, what, "write it as a Fluent message")
        })?;
        let names: Vec<Name> = resource.entries().filter_map(name_of).collect();
        let mut bundle = FluentBundle::new_concurrent(vec![tag.clone()]);
        // The marks that Fluent puts around a value are characters that nobody sees (rule 83).
        bundle.set_use_isolating(false);
        let file = File {
            bundle: FluentBundle::new_concurrent(vec![tag.clone()]),
            source: source.to_owned(),
            names,
        };
        bundle.add_resource(resource).map_err(|errors| file.twice(&errors))?;
        Ok(File { bundle, ..file })
    }

    pub(super) fn names(&self) -> &[Name] {
        &self.names
    }

    /// Returns the text of an attribute, or of the message itself; `None` where it is not there.
    pub(super) fn text(
        &self,
        id: &str,
        attribute: Option<&str>,
        values: Option<&FluentArgs<'_>>,
    ) -> Result<Option<String>, BadFile> {
        let Some(pattern) = pattern(&self.bundle, id, attribute) else {
            return Ok(None);
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, values, &mut errors).into_owned();
        if let Some(error) = errors.first() {
            let cure = "use the values that this text has, and terms that are in the file";
            return Err(self.bad(id, attribute, error.to_string(), cure));
        }
        for line in text.split('\n') {
            if let Some((what, cure)) = fault_of(line).and_then(|fault| fault.split_once("; ")) {
                return Err(self.bad(id, attribute, what, cure));
            }
        }
        Ok(Some(text))
    }

    /// Says what is wrong with a message, or with one of its attributes.
    pub(super) fn bad(
        &self,
        id: &str,
        attribute: Option<&str>,
        what: impl Into<String>,
        cure: impl Into<String>,
    ) -> BadFile {
        BadFile::new(self.line_of(id, attribute), what, cure)
    }

    /// Returns the last line of the file, for what should be there and is not.
    pub(super) fn last_line(&self) -> usize {
        self.source.lines().count().max(1)
    }

    fn line_of(&self, id: &str, attribute: Option<&str>) -> usize {
        let is_named = |line: &str, name: &str| {
            line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let mut lines = self.source.lines().enumerate().map(|(at, line)| (at + 1, line));
        let Some((start, _)) = lines.find(|(_, line)| is_named(line, id)) else {
            return 1;
        };
        let Some(attribute) = attribute else {
            return start;
        };
        let attribute = format!(".{attribute}");
        let found = lines.find(|(_, line)| is_named(line.trim_start(), &attribute));
        found.map_or(start, |(line, _)| line)
    }

    fn twice(&self, errors: &[FluentError]) -> BadFile {
        let id = errors.iter().find_map(|error| match error {
            FluentError::Overriding { id, .. } => Some(id.as_str()),
            FluentError::ParserError(_) | FluentError::ResolverError(_) => None,
        });
        let id = id.unwrap_or_default();
        self.bad(id, None, format!("`{id}` is there twice"), "make one of the two")
    }
}

/// Returns the text of an attribute, or of the message itself, as it is written.
pub(super) fn pattern<'b>(
    bundle: &'b FluentBundle<FluentResource>,
    id: &str,
    attribute: Option<&str>,
) -> Option<&'b Pattern<&'b str>> {
    let message = bundle.get_message(id)?;
    match attribute {
        Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
        None => message.value(),
    }
}

fn name_of(entry: &Entry<&str>) -> Option<Name> {
    match entry {
        Entry::Message(message) => Some(name(message)),
        Entry::Term(_)
        | Entry::Comment(_)
        | Entry::GroupComment(_)
        | Entry::ResourceComment(_)
        | Entry::Junk { .. } => None,
    }
}

fn name(message: &Message<&str>) -> Name {
    let attributes = message.attributes.iter().map(|attribute| attribute.id.name.to_owned());
    Name {
        id: message.id.name.to_owned(),
        has_value: message.value.is_some(),
        attributes: attributes.collect(),
    }
}

fn line_at(source: &str, position: usize) -> usize {
    let before = source.as_bytes().get(..position).unwrap_or(source.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
