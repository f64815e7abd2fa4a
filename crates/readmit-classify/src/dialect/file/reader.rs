use std::ops::Range;

use readmit_error::neutralise;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use super::rule::{Draft, RULE_KEYS};
use super::{Mistake, assemble, head, reach};
use crate::Dialect;

/// Reads a file, or finds everything that is wrong with it.
pub(super) fn read(toml: &str) -> Result<Dialect, Vec<Mistake>> {
    let mut reader = Reader::new(toml);
    let (table, errors) = DeTable::parse_recoverable(toml);
    for error in errors {
        let end = toml.len()..toml.len();
        reader.mistake(&error.span().unwrap_or(end), error.message());
    }
    // What cannot be read whole would be found to lack what it has.
    if reader.mistakes.is_empty() {
        let table = table.get_ref();
        let head = head::read(&mut reader, table);
        let drafts = rules(&mut reader, table);
        reach::check(&mut reader, &head, &drafts);
        let dialect = assemble::dialect(&mut reader, head, &drafts);
        if reader.mistakes.is_empty() {
            return Ok(dialect);
        }
    }
    Err(reader.into_mistakes())
}

fn rules<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>) -> Vec<Draft<'t>> {
    let Some(value) = table.get("rule") else { return Vec::new() };
    let DeValue::Array(items) = value.get_ref() else {
        reader.mistake(&value.span(), "`rule` is not a list of rules: begin each with `[[rule]]`");
        return Vec::new();
    };
    let mut drafts = Vec::with_capacity(items.len());
    for item in items.iter() {
        if let Some(rule) = item.get_ref().as_table() {
            reader.only(rule, RULE_KEYS);
            drafts.push(Draft::read(reader, rule, item.span()));
        } else {
            let found = name_of(item.get_ref());
            reader.mistake(&item.span(), format!("a rule is {found}: begin each with `[[rule]]`"));
        }
    }
    drafts
}

/// Takes values out of tables, and notes where they are not what they should be.
pub(super) struct Reader<'s> {
    source: &'s str,
    /// Where the lines begin.
    lines: Vec<usize>,
    /// What is wrong, and at which byte.
    mistakes: Vec<(usize, String)>,
}

/// A text of the file, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Text<'t> {
    pub(super) text: &'t str,
    pub(super) span: Range<usize>,
}

impl<'s> Reader<'s> {
    fn new(source: &'s str) -> Reader<'s> {
        let ends = source.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Reader { source, lines, mistakes: Vec::new() }
    }

    pub(super) fn mistake(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.mistakes.push((span.start, what.into()));
    }

    /// Returns the line of a byte, from 1.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.lines.partition_point(|&start| start <= byte)
    }

    /// Returns the mistakes in the order of the file, each once.
    ///
    /// The file is walked once for all of their columns.
    fn into_mistakes(mut self) -> Vec<Mistake> {
        self.mistakes.sort();
        self.mistakes.dedup();
        let mistakes = std::mem::take(&mut self.mistakes);
        let (mut at, mut column) = (0, 1);
        let placed = mistakes.into_iter().map(|(byte, what)| {
            let passed = self.source.get(at..byte).unwrap_or_default();
            at += passed.len();
            column = match passed.rsplit_once('\n') {
                Some((_, behind)) => behind.chars().count() + 1,
                None => column + passed.chars().count(),
            };
            Mistake { line: self.line(at), column, what }
        });
        placed.collect()
    }

    /// Notes the keys that a table must not have.
    pub(super) fn only(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for (key, _) in table.iter().filter(|(key, _)| !keys.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let cure = match nearest(name, keys.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys are {}", keys.join(", ")),
            };
            self.mistake(&key.span(), format!("unknown key {}: {cure}", quote(name)));
        }
    }

    /// Takes a text.
    pub(super) fn text<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Option<Text<'t>> {
        let value = table.get(key)?;
        self.as_text(key, value, "write a text")
    }

    /// Takes a text or a list of texts.
    pub(super) fn texts<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Vec<Text<'t>> {
        const CURE: &str = "write a text, or a list of texts";
        let Some(value) = table.get(key) else { return Vec::new() };
        let items = items(value);
        if items.is_empty() {
            self.mistake(&value.span(), format!("`{key}` is an empty list: leave it out"));
        }
        items.iter().filter_map(|item| self.as_text(key, item, CURE)).collect()
    }

    /// Takes one of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let told = self.text(table, key)?;
        let found = words.iter().find(|(word, _)| *word == told.text);
        if found.is_none() {
            let near = nearest(told.text, words.iter().map(|(word, _)| *word));
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let what = format!(
                "{} is no `{key}`: {near}it is one of {}",
                quote(told.text),
                all.join(", ")
            );
            self.mistake(&told.span, what);
        }
        found.map(|&(_, value)| value)
    }

    /// Takes `true` or `false`.
    pub(super) fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            let found = name_of(value.get_ref());
            self.mistake(&value.span(), format!("`{key}` is {found}: write true or false"));
        }
        flag
    }

    fn as_text<'t>(
        &mut self,
        key: &str,
        value: &'t Spanned<DeValue<'_>>,
        cure: &str,
    ) -> Option<Text<'t>> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            let found = name_of(value.get_ref());
            let what = match value.get_ref().as_integer() {
                Some(number) => {
                    format!("`{key}` is {found}: write it as a text, \"{number}\"")
                }
                None => format!("`{key}` is {found}: {cure}"),
            };
            self.mistake(&value.span(), what);
        }
        text.map(|text| Text { text, span: value.span() })
    }
}

/// The items of a list, or the one value that stands for a list.
pub(super) fn items<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> &'t [Spanned<DeValue<'i>>] {
    match value.get_ref().as_array() {
        Some(items) => items,
        None => std::slice::from_ref(value),
    }
}

/// Repeats a piece of the file, bounded and without what acts on a terminal.
pub(super) fn quote(text: &str) -> String {
    format!("`{}`", neutralise(text, QUOTE_LIMIT))
}

pub(super) fn name_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

const QUOTE_LIMIT: usize = 80;
