use std::fmt;

use readmit_log::redact::Redactor;
use readmit_log::{Rendering, Scribe, escape};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::redaction::Miss;
use crate::redaction::surface::{Shown, record};

/// What must hold of a text in each of its sinks.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Expected {
    sinks: Vec<String>,
    forbidden_codepoints: Vec<String>,
    forbidden_substrings: Vec<String>,
    forbidden_regex: Vec<String>,
    max_lines: Option<usize>,
    max_combining_run: Option<usize>,
    json_keys_unchanged: bool,
    json_no_duplicate_keys: bool,
    quoted: bool,
    csv_safe: bool,
    shell_safe: bool,
    rejected: bool,
    flag: Option<String>,
}

impl Expected {
    pub(crate) fn misses(
        &self,
        shown: &Shown,
        redactor: &Redactor,
        must_keep: &[String],
    ) -> Result<Vec<Miss>, String> {
        let mut misses = Vec::new();
        for sink in &self.sinks {
            let text = match write(sink, shown, redactor)? {
                Some(text) => text,
                // A sink that takes no such text shows nothing of it.
                None => continue,
            };
            let mut miss = |what: String| misses.push((format!("{sink}: {what}"), text.clone()));
            if self.rejected {
                miss("nothing".to_owned());
            }
            for code in &self.forbidden_codepoints {
                if text.contains(character(code)?) {
                    miss(format!("no {code}"));
                }
            }
            for part in self.forbidden_substrings.iter().filter(|part| text.contains(part.as_str()))
            {
                miss(format!("no {part}"));
            }
            for expression in &self.forbidden_regex {
                if is_bare(&text, unescaped(expression)?) {
                    miss(format!("nothing like {expression}"));
                }
            }
            for kept in must_keep.iter().filter(|kept| !text.contains(kept.as_str())) {
                miss(format!("{kept} is kept"));
            }
            if self.max_lines.is_some_and(|most| most < lines(&text)) {
                miss("one line".to_owned());
            }
            if self.max_combining_run.is_some_and(|most| most < longest_tower(&text)) {
                miss("few marks on a letter".to_owned());
            }
            for what in self.unsafe_in(sink, &text) {
                miss(what.to_owned());
            }
        }
        if let Some(flag) = &self.flag
            && !is_flagged(shown, flag)
        {
            misses.push((format!("{flag} is told"), shown.text().to_owned()));
        }
        Ok(misses)
    }

    fn unsafe_in(&self, sink: &str, text: &str) -> Vec<&'static str> {
        let mut faults = Vec::new();
        if sink == "json" {
            let names = names(text);
            let usual = usual_names();
            if names.is_none() {
                faults.push("valid JSON");
            } else if self.json_keys_unchanged && names != Some(usual) {
                faults.push("the members of every entry");
            }
            if self.json_no_duplicate_keys && names.is_some_and(has_twins) {
                faults.push("each member once");
            }
        }
        let is_quoted = 2 <= text.len() && text.starts_with('"') && text.ends_with('"');
        if self.quoted && !is_quoted {
            faults.push("quotes around it");
        }
        let cell = text.strip_prefix('"').unwrap_or(text);
        if self.csv_safe && cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            faults.push("no formula");
        }
        if self.shell_safe && !is_one_argument(text) {
            faults.push("one argument");
        }
        faults
    }
}

/// Writes what is shown into a sink, or returns `None` where the sink refuses it.
fn write(sink: &str, shown: &Shown, redactor: &Redactor) -> Result<Option<String>, String> {
    let text = shown.text();
    Ok(Some(match (sink, shown) {
        ("json", Shown::Entry(entry, _)) => entry.render(Rendering::Json),
        ("line" | "terminal", Shown::Entry(entry, _)) => entry.render(Rendering::Line),
        ("line" | "terminal", _) => escape::line(text),
        ("json", _) => {
            let entry = Scribe::new(redactor.clone()).entry(&record());
            entry.description(text).render(Rendering::Json)
        }
        ("html", _) => escape::html(text),
        ("markdown", _) => escape::markdown(text),
        ("logfmt", _) => escape::logfmt(text),
        ("csv", _) => escape::csv(text),
        ("prom_label", _) => escape::prometheus_label(text),
        ("shell_suggestion", _) => escape::shell_argument(text),
        ("outgoing_header", _) => return Ok(escape::header_value(text).map(str::to_owned)),
        ("link", _) => return Ok(escape::link(text).map(str::to_owned)),
        _ => return Err(format!("there is no sink `{sink}`")),
    }))
}

/// Whether an entry says by itself that something about it is odd.
fn is_flagged(shown: &Shown, flag: &str) -> bool {
    let Shown::Entry(entry, _) = shown else { return false };
    entry
        .attributes()
        .iter()
        .any(|(name, value)| name.ends_with(flag) && *value == Value::Bool(true))
}

fn character(code: &str) -> Result<char, String> {
    let digits = code.strip_prefix("U+").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    digits.and_then(char::from_u32).ok_or_else(|| format!("`{code}` is no character"))
}

/// Reads the one kind of expression that the cases have: a character without a backslash before it.
fn unescaped(expression: &str) -> Result<char, String> {
    let character = expression.strip_prefix(r"(?<!\\)").map(|rest| rest.trim_start_matches('\\'));
    let mut characters = character.unwrap_or_default().chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(format!("the expression {expression} is not understood")),
    }
}

fn is_bare(text: &str, character: char) -> bool {
    let before = std::iter::once(' ').chain(text.chars());
    before.zip(text.chars()).any(|(before, c)| c == character && before != '\\')
}

fn lines(text: &str) -> usize {
    let ends = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    text.split(ends).count()
}

fn longest_tower(text: &str) -> usize {
    let towers = text.split(|c| !matches!(c, '\u{300}'..='\u{36f}'));
    towers.map(|tower| tower.chars().count()).max().unwrap_or(0)
}

/// Whether a POSIX shell and the program behind it take this for one argument that is no option.
fn is_one_argument(text: &str) -> bool {
    let argument = text.strip_prefix("-- ");
    let word = argument.unwrap_or(text);
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,".contains(c);
    let mut in_quotes = false;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => in_quotes = !in_quotes,
            '\\' if !in_quotes => {
                chars.next();
            }
            _ if in_quotes || bare(c) => {}
            _ => return false,
        }
    }
    let begins_option = word.trim_start_matches('\'').starts_with('-');
    !in_quotes && (argument.is_some() || !begins_option)
}

fn usual_names() -> Vec<String> {
    let entry = Scribe::default().entry(&record());
    names(&entry.render(Rendering::Json)).unwrap_or_default()
}

fn has_twins(mut names: Vec<String>) -> bool {
    names.sort();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// Returns the names of the members of an object as they stand, twins included.
fn names(json: &str) -> Option<Vec<String>> {
    #[derive(Debug)]
    struct Names(Vec<String>);

    impl<'de> Deserialize<'de> for Names {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Names, D::Error> {
            from.deserialize_map(Collect)
        }
    }

    struct Collect;

    impl<'de> Visitor<'de> for Collect {
        type Value = Names;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
            let mut names = Vec::new();
            while let Some((name, IgnoredAny)) = members.next_entry()? {
                names.push(name);
            }
            Ok(Names(names))
        }
    }

    serde_json::from_str::<Names>(json).ok().map(|names| names.0)
}
