//! The parts of a message in their order, for every form that is read from top to bottom.

use readmit_error::rfc3339;

use crate::phrase::Label;
use crate::{Audience, Message};

/// One part of a message.
#[derive(Debug)]
pub(crate) enum Part {
    Title(String),
    Paragraph(String),
    Heading(String),
    Item(String),
    /// A name and a value; the value is an address that is not to be broken where `is_link`.
    Named {
        name: String,
        value: String,
        is_link: bool,
    },
}

impl Part {
    /// Returns whether the part stands right below the one before, without a space between.
    pub(crate) fn follows(&self, last: &Part) -> bool {
        match (last, self) {
            (Part::Heading(_), _)
            | (Part::Item(_), Part::Item(_))
            | (Part::Named { .. }, Part::Named { .. }) => true,
            (Part::Title(_) | Part::Paragraph(_) | Part::Item(_) | Part::Named { .. }, _) => false,
        }
    }
}

/// Returns the parts; the technical details only where the audience can use them.
pub(crate) fn parts(message: &Message) -> Vec<Part> {
    let mut parts =
        vec![Part::Title(message.title.clone()), Part::Paragraph(message.message.clone())];
    parts.push(Part::Heading(message.label(Label::Action)));
    parts.extend(message.actions.iter().cloned().map(Part::Item));
    if let Some(when) = &message.when_retry {
        parts.push(Part::Paragraph(when.clone()));
    }
    parts.extend(facts(message));
    let details = match message.audience {
        Audience::User => &[],
        Audience::Developer | Audience::Administrator => message.details.as_slice(),
    };
    if !details.is_empty() {
        parts.push(Part::Heading(message.label(Label::Details)));
    }
    for detail in details {
        let (name, value) = (detail.name().to_owned(), detail.value().to_owned());
        parts.push(Part::Named { name, value, is_link: false });
    }
    parts
}

/// Returns where to read more, and what tells this failure from others.
fn facts(message: &Message) -> Vec<Part> {
    let link = Some(message.help_link.clone());
    let mut facts = vec![(Label::Help, link, true)];
    facts.extend(occurrence(message).into_iter().map(|(label, value)| (label, value, false)));
    let named = facts.into_iter().filter_map(|(label, value, is_link)| {
        Some(Part::Named { name: message.label(label), value: value?, is_link })
    });
    named.collect()
}

/// Returns what tells this failure from others.
pub(crate) fn occurrence(message: &Message) -> [(Label, Option<String>); 4] {
    [
        (Label::Credential, message.credential.clone()),
        (Label::Host, message.host.clone()),
        (Label::Request, message.request_id.clone()),
        (Label::Time, message.timestamp.map(rfc3339::format)),
    ]
}
