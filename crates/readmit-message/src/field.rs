use crate::Audience;

/// One of the texts of an entry.
///
/// What may be several sentences that stand apart, such as steps or causes, is one text with a line
/// for each.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Field {
    Title,
    Message(Audience),
    Action(Audience),
    Causes,
    Cures,
    Prevention,
}

impl Field {
    #[cfg(any(test, feature = "fluent"))]
    pub(crate) const ALL: [Field; 10] = [
        Field::Title,
        Field::Message(Audience::User),
        Field::Action(Audience::User),
        Field::Message(Audience::Developer),
        Field::Action(Audience::Developer),
        Field::Message(Audience::Administrator),
        Field::Action(Audience::Administrator),
        Field::Causes,
        Field::Cures,
        Field::Prevention,
    ];

    /// Returns the name of the text in a language file.
    #[cfg(feature = "fluent")]
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Field::Title => "title",
            Field::Message(Audience::User) => "user",
            Field::Action(Audience::User) => "user-action",
            Field::Message(Audience::Developer) => "developer",
            Field::Action(Audience::Developer) => "developer-action",
            Field::Message(Audience::Administrator) => "administrator",
            Field::Action(Audience::Administrator) => "administrator-action",
            Field::Causes => "causes",
            Field::Cures => "cures",
            Field::Prevention => "prevention",
        }
    }

    /// Returns whether the text may have more than one line.
    #[cfg(any(test, feature = "fluent"))]
    pub(crate) fn is_list(self) -> bool {
        match self {
            Field::Title | Field::Message(_) | Field::Prevention => false,
            Field::Action(_) | Field::Causes | Field::Cures => true,
        }
    }
}
