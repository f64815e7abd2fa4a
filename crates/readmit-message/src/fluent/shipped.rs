//! The languages that come with the crate, each read when it is first asked for.

use std::sync::{Arc, LazyLock};

use unic_langid::LanguageIdentifier;

use super::Translation;
use crate::BadFile;
use crate::language::Language;

/// Returns a shipped language; English where there is no such one.
pub(super) fn language(tag: &str) -> Language {
    let read = match tag {
        "de" => &*GERMAN,
        "es" => &*SPANISH,
        "ja" => &*JAPANESE,
        _ => return Language::English,
    };
    // They are tested, so that there is none that cannot be read.
    read.as_ref().map_or(Language::English, |translation| Language::Other(translation.clone()))
}

/// A translation, or why there is none.
type Read = Result<Arc<Translation>, BadFile>;

static GERMAN: LazyLock<Read> = LazyLock::new(|| read("de", include_str!("../../lang/de.ftl")));
static SPANISH: LazyLock<Read> = LazyLock::new(|| read("es", include_str!("../../lang/es.ftl")));
static JAPANESE: LazyLock<Read> = LazyLock::new(|| read("ja", include_str!("../../lang/ja.ftl")));

fn read(tag: &str, source: &str) -> Read {
    let tag: LanguageIdentifier = tag.parse().unwrap_or_default();
    Translation::read(&tag, source).map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r93_every_shipped_language_has_every_text_and_no_other() {
        for (tag, read) in [("de", &*GERMAN), ("es", &*SPANISH), ("ja", &*JAPANESE)] {
            if let Err(bad) = read {
                panic!("{tag}.ftl: {bad}");
            }
            assert_eq!(language(tag).tag(), tag);
        }
    }
}
