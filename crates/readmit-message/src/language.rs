#[cfg(feature = "fluent")]
use std::sync::Arc;

use crate::english;
use crate::field::Field;
#[cfg(feature = "fluent")]
use crate::fluent::Translation;
use crate::phrase::Phrase;
use crate::topic::Topic;

/// The language that a catalogue speaks.
#[derive(Clone, Debug)]
pub(crate) enum Language {
    English,
    #[cfg(feature = "fluent")]
    Other(Arc<Translation>),
}

impl Language {
    /// Returns the language tag (BCP 47).
    pub(crate) fn tag(&self) -> &str {
        match self {
            Language::English => "en",
            #[cfg(feature = "fluent")]
            Language::Other(translation) => translation.tag(),
        }
    }

    pub(crate) fn text(&self, topic: Topic, field: Field) -> &str {
        match self {
            Language::English => english::text(topic, field),
            #[cfg(feature = "fluent")]
            Language::Other(translation) => translation.text(topic, field),
        }
    }

    pub(crate) fn phrase(&self, phrase: Phrase<'_>) -> String {
        match self {
            Language::English => english::phrase(phrase),
            #[cfg(feature = "fluent")]
            Language::Other(translation) => translation.phrase(phrase),
        }
    }
}
