use std::sync::Arc;

use fluent_langneg::{
    NegotiationStrategy, convert_vec_str_to_langids_lossy, negotiate_languages,
    parse_accepted_languages,
};
use unic_langid::LanguageIdentifier;

use super::{Translation, shipped};
use crate::language::Language;
use crate::{BadFile, Catalogue};

impl Catalogue {
    /// The languages that come with the crate; the first is the one to fall back on.
    pub const LANGUAGES: [&str; 4] = ["en", "de", "es", "ja"];

    /// Returns the catalogue in the shipped language that suits best, or in English.
    ///
    /// What is asked for may be a tag (`de-AT`), a locale of POSIX (`de_AT.UTF-8`), or the value of
    /// an `Accept-Language` header. A language is read when it is first asked for.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_message::Catalogue;
    ///
    /// assert_eq!(Catalogue::shipped("de-AT").language(), "de");
    /// assert_eq!(Catalogue::shipped("fr, es;q=0.5, ja;q=0.8").language(), "ja");
    /// assert_eq!(Catalogue::shipped("C.UTF-8").language(), "en");
    /// ```
    #[must_use]
    pub fn shipped(requested: &str) -> Catalogue {
        Catalogue::of(shipped::language(negotiate(requested)))
    }

    /// Returns the catalogue in a language of your own: a Fluent file with every text.
    ///
    /// The shipped ones, under `lang/` in the source of this crate, are the model; a list has as
    /// many lines as in English.
    ///
    /// # Errors
    ///
    /// The tag is not one, the file is not Fluent, or a text is missing, empty, too much, or does
    /// not show the value that it is given.
    pub fn translated(tag: &str, fluent: &str) -> Result<Catalogue, BadFile> {
        let tag: LanguageIdentifier = tag.parse().map_err(|_| {
            BadFile::new(1, format!("{tag:?} is no language tag"), "name one, such as `fr`")
        })?;
        let translation = Translation::read(&tag, fluent)?;
        Ok(Catalogue::of(Language::Other(Arc::new(translation))))
    }
}

/// Returns the tag of the shipped language that suits best.
fn negotiate(requested: &str) -> &'static str {
    let [fallback, ..] = Catalogue::LANGUAGES;
    let requested = parse_accepted_languages(&in_order(requested));
    let available = convert_vec_str_to_langids_lossy(Catalogue::LANGUAGES);
    let best = negotiate_languages(&requested, &available, None, NegotiationStrategy::Filtering);
    let best = best.first().map(ToString::to_string);
    Catalogue::LANGUAGES.into_iter().find(|tag| Some(*tag) == best.as_deref()).unwrap_or(fallback)
}

/// Returns the tags that are wanted, the most wanted first.
fn in_order(requested: &str) -> String {
    let wanted = requested.split(',').take(MOST).filter_map(|item| {
        let (tag, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok());
        // A weight of zero says "not this one" (RFC 9110 section 12.4.2).
        let weight: f32 = weight.filter(|weight| 0.0 < *weight && *weight <= 1.0)?;
        let tag = tag.trim().split(['.', '@']).next().unwrap_or_default().replace('_', "-");
        Some((tag, weight))
    });
    let mut wanted: Vec<(String, f32)> = wanted.collect();
    wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wanted.into_iter().map(|(tag, _)| tag).collect::<Vec<_>>().join(",")
}

/// Languages that anybody asks for; more are not looked at.
const MOST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_language_that_suits_best_is_taken() {
        for (requested, tag) in [
            ("de-AT", "de"),
            ("de_DE.UTF-8", "de"),
            ("es_ES@euro", "es"),
            ("es-419", "es"),
            ("ja-JP", "ja"),
            ("JA", "ja"),
            ("en-GB", "en"),
            ("fr", "en"),
            ("fr-CA, de;q=0.9", "de"),
            ("en;q=0.1, de;q=0.9, ja;q=0.5", "de"),
            ("de;q=0, es", "es"),
            ("de;q=nan, es;q=2, ja", "ja"),
            ("", "en"),
            ("C", "en"),
            ("POSIX", "en"),
            ("*", "en"),
            ("../../etc/passwd", "en"),
            ("\u{202e}de", "en"),
        ] {
            assert_eq!(negotiate(requested), tag, "{requested}");
        }
    }
}
