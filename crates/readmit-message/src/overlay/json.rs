//! A file of texts in JSON; what is wrong in it is told with its line.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;

use super::{Overlay, fault_of};
use crate::BadFile;

/// A text of one line.
#[derive(Debug)]
pub(super) struct Line(String);

/// Some texts, a line each; in the file one text, or an array of them.
#[derive(Debug)]
pub(super) struct Lines(String);

impl Line {
    #[cfg(feature = "fluent")]
    pub(super) fn checked(text: String) -> Line {
        Line(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Lines {
    #[cfg(feature = "fluent")]
    pub(super) fn checked(text: String) -> Lines {
        Lines(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Overlay {
    pub(crate) fn from_json(text: &str) -> Result<Overlay, BadFile> {
        serde_json::from_str(text).map_err(|error| bad_file(&error))
    }
}

fn bad_file(error: &serde_json::Error) -> BadFile {
    let told = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let what = told.strip_suffix(&place).unwrap_or(&told);
    let (what, cure) = match (what.split_once("; "), error.classify()) {
        // What this crate refuses comes with its cure.
        (Some((what, cure)), Category::Data) => (what, cure),
        (_, Category::Data) => (what, "use a name and a type that `Catalogue::overlay` reads"),
        (_, Category::Syntax | Category::Eof | Category::Io) => (what, "write it as JSON"),
    };
    BadFile::new(error.line(), what, cure)
}

/// Reads an object whose names are all different; the last of two would silently win otherwise.
pub(super) fn unique<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    deserializer.deserialize_map(Unique(PhantomData))
}

struct Unique<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Unique<K, V> {
    type Value = BTreeMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((name, value)) = members.next_entry()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("the entry is there twice; make one of the two"));
            }
        }
        Ok(map)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        let line = String::deserialize(deserializer)?;
        match fault_of(&line) {
            Some(fault) => Err(D::Error::custom(fault)),
            None => Ok(Line(line)),
        }
    }
}

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Lines, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Lines;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or an array of texts")
    }

    fn visit_str<E: serde::de::Error>(self, line: &str) -> Result<Lines, E> {
        match fault_of(line) {
            Some(fault) => Err(E::custom(fault)),
            None => Ok(Lines(line.to_owned())),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Lines, A::Error> {
        let mut lines: Vec<String> = Vec::new();
        while let Some(Line(line)) = items.next_element()? {
            lines.push(line);
        }
        if lines.is_empty() {
            return Err(A::Error::custom("there is no text; write one, or leave the member out"));
        }
        Ok(Lines(lines.join("\n")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_its_cure() {
        for (file, line, what, cure) in [
            ("{\n  \"kinds\": {\n", 3, "EOF while parsing an object", "JSON"),
            ("{\n\"kinds\": {\"dns\": {\n\"titel\": \"x\"}}}", 3, "unknown field `titel`", "name"),
            ("{\n\"kinds\": {\n\"token_expird\": {}}}", 3, "unknown variant", "name"),
            ("{\"kinds\": {\"dns\": {\"title\":\n\"\"}}}", 2, "empty", "leave the member out"),
            ("{\"kinds\": {\"dns\": {\"title\":\n\"a\\u001b[31m\"}}}", 2, "acts", "leave it out"),
            ("{\"kinds\": {\"dns\": {\"causes\":\n[]}}}", 2, "no text", "leave the member out"),
            ("{\"kinds\": {\"dns\": {\"causes\":\n7}}}", 2, "expected a text or an array", "type"),
            ("{\"codes\": {\"A\": {},\n\"A\": {}}}", 2, "twice", "one of the two"),
            ("{\"codes\": {\"A\": {\"help_link\":\n\"//x\"}}}", 2, "not https", "write `https"),
            ("{\n\"help_base\": \"http://a.example\"}", 2, "not https", "write `https"),
        ] {
            let bad = Overlay::from_json(file).unwrap_err();

            assert_eq!(bad.line(), line, "{bad}");
            assert!(bad.what().contains(what) && bad.cure().contains(cure), "{bad}");
        }
    }
}
