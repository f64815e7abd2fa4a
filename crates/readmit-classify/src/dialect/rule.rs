use std::borrow::Cow;

use http::HeaderMap;
use readmit_error::{Action, Kind, Replay};

use super::phrase::Phrase;
use crate::fold::Path;
use crate::signal::{Grain, Reading};

/// What a rule says of an answer that it fits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(super) kind: Kind,
    pub(super) grain: Grain,
    pub(super) action: Option<Action>,
    pub(super) retryable: Option<bool>,
    pub(super) replay: Option<Replay>,
    /// Where its conditions begin and end among those of the dialect.
    pub(super) when: (u16, u16),
}

/// What else must hold for a rule, beside that by which it was looked up.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// The code stands in this place.
    At(Path),
    /// The header is there, with this value if one is told.
    Header(Cow<'static, str>, Option<Cow<'static, str>>),
    /// The status is one of these.
    Status(Cow<'static, [u16]>),
    /// One of these phrases stands in one of the texts.
    Text(Cow<'static, [Cow<'static, str>]>),
}

/// What is known of the answer when a rule is looked up.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    /// Says whether a phrase stands in one of the texts of the answer.
    pub(crate) texts: &'a dyn Fn(Phrase<'_>) -> bool,
}

/// A rule that decides, and by what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    pub(super) rule: &'a Rule,
    pub(super) order: u16,
    pub(super) by: By,
    pub(super) says: &'a str,
}

/// What a rule was looked up by, in the order of trust from the least to the most.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum By {
    Status,
    Text,
    Code,
}

impl Condition {
    /// Returns whether it holds; `at` is where the code stands, if it stands in the body.
    pub(super) fn holds(&self, at: Option<Path>, context: &Context<'_>) -> bool {
        match self {
            Condition::At(place) => at == Some(*place),
            Condition::Header(name, None) => context.headers.contains_key(name.as_ref()),
            Condition::Header(name, Some(value)) => {
                let wanted = value.as_bytes();
                let values = context.headers.get_all(name.as_ref());
                values.iter().any(|it| it.as_bytes().trim_ascii().eq_ignore_ascii_case(wanted))
            }
            Condition::Status(statuses) => statuses.contains(&context.status),
            Condition::Text(phrases) => {
                phrases.iter().any(|phrase| (context.texts)(Phrase(phrase)))
            }
        }
    }
}

impl<'a> Found<'a> {
    /// What happened, and how exactly the rule knows it.
    pub(crate) fn reading(&self) -> Reading {
        Reading { kind: self.rule.kind, grain: self.rule.grain }
    }

    /// The next step, where it is not the one of the kind.
    pub(crate) fn action(&self) -> Option<Action> {
        self.rule.action
    }

    /// Whether the same request can succeed later, where that is not what the kind says.
    pub(crate) fn retryable(&self) -> Option<bool> {
        self.rule.retryable
    }

    /// Whether the server may have acted, where the rule knows.
    pub(crate) fn replay(&self) -> Option<Replay> {
        self.rule.replay
    }

    /// What the rule was looked up by.
    pub(crate) fn by(&self) -> By {
        self.by
    }

    /// The code or the phrase as the file writes it; empty for a rule by its status alone.
    pub(crate) fn says(&self) -> &'a str {
        self.says
    }

    /// The place of the rule in its file: of two that hold, the lower decides.
    pub(crate) fn order(&self) -> u16 {
        self.order
    }
}
