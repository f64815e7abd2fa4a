//! Texts of somebody's own, which stand before those of the language.

mod json;

use std::collections::BTreeMap;

use readmit_error::event::Severity;
use readmit_error::{Kind, neutralise};
use serde::Deserialize;

use crate::Audience;
use crate::field::Field;
use crate::help_link::{HelpBase, HelpLink};
use crate::overlay::json::{Line, Lines, unique};

/// What one file says otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    pub(crate) help_base: Option<HelpBase>,
    #[serde(default, deserialize_with = "unique")]
    pub(crate) kinds: BTreeMap<Kind, Words>,
    #[serde(default, deserialize_with = "unique")]
    pub(crate) codes: BTreeMap<String, Words>,
}

/// What is said otherwise of one kind or code.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) help_link: Option<HelpLink>,
    pub(crate) severity: Option<Severity>,
    title: Option<Line>,
    causes: Option<Lines>,
    cures: Option<Lines>,
    prevention: Option<Line>,
    #[serde(default)]
    user: Told,
    #[serde(default)]
    developer: Told,
    #[serde(default)]
    administrator: Told,
}

/// What is said otherwise to one audience.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    message: Option<Line>,
    action: Option<Lines>,
}

impl Words {
    pub(crate) fn text(&self, field: Field) -> Option<&str> {
        match field {
            Field::Title => self.title.as_ref().map(Line::as_str),
            Field::Message(audience) => self.told(audience).message.as_ref().map(Line::as_str),
            Field::Action(audience) => self.told(audience).action.as_ref().map(Lines::as_str),
            Field::Causes => self.causes.as_ref().map(Lines::as_str),
            Field::Cures => self.cures.as_ref().map(Lines::as_str),
            Field::Prevention => self.prevention.as_ref().map(Line::as_str),
        }
    }

    /// Sets a text that was checked.
    #[cfg(feature = "fluent")]
    pub(crate) fn put(&mut self, field: Field, text: String) {
        match field {
            Field::Title => self.title = Some(Line::checked(text)),
            Field::Message(audience) => self.told_mut(audience).message = Some(Line::checked(text)),
            Field::Action(audience) => self.told_mut(audience).action = Some(Lines::checked(text)),
            Field::Causes => self.causes = Some(Lines::checked(text)),
            Field::Cures => self.cures = Some(Lines::checked(text)),
            Field::Prevention => self.prevention = Some(Line::checked(text)),
        }
    }

    #[cfg(feature = "fluent")]
    fn told_mut(&mut self, audience: Audience) -> &mut Told {
        match audience {
            Audience::User => &mut self.user,
            Audience::Developer => &mut self.developer,
            Audience::Administrator => &mut self.administrator,
        }
    }

    fn told(&self, audience: Audience) -> &Told {
        match audience {
            Audience::User => &self.user,
            Audience::Developer => &self.developer,
            Audience::Administrator => &self.administrator,
        }
    }
}

/// Why a text is refused, and what to do about it: the two parts stand around a semicolon.
///
/// A text holds nothing that a terminal or a browser would act upon or hide (rule 83).
pub(crate) fn fault_of(line: &str) -> Option<&'static str> {
    if line.trim().is_empty() {
        return Some("a text is empty; write one, or leave the member out");
    }
    let shown_as_it_is = neutralise(line, usize::MAX) == line;
    (!shown_as_it_is).then_some(
        "a text holds a line end, or a character that acts or cannot be seen; leave it out",
    )
}
