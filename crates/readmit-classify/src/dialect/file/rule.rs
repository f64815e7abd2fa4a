use std::ops::Range;

use readmit_error::{Action, Category, Kind, Replay};
use toml::de::{DeTable, DeValue};

use super::head::{check_header, place, says_something};
use super::reader::{Reader, Text, items, name_of, quote};
use crate::fold::{self, Path};
use crate::signal::Grain;
use crate::words::last_segment;

/// A rule as the file has it.
pub(super) struct Draft<'t> {
    pub(super) span: Range<usize>,
    pub(super) codes: Vec<Text<'t>>,
    pub(super) place: Option<At<'t>>,
    pub(super) statuses: Vec<(u16, Range<usize>)>,
    pub(super) texts: Vec<Text<'t>>,
    pub(super) header: Option<Header<'t>>,
    pub(super) kind: Kind,
    pub(super) grain: Grain,
    pub(super) action: Option<Action>,
    pub(super) retryable: Option<bool>,
    pub(super) replay: Option<Replay>,
}

/// The place that a code must stand in.
pub(super) struct At<'t> {
    pub(super) path: Path,
    pub(super) told: Text<'t>,
}

pub(super) struct Header<'t> {
    pub(super) name: &'t str,
    pub(super) value: Option<&'t str>,
}

/// The keys of a rule.
pub(super) const RULE_KEYS: &[&str] =
    &["code", "at", "status", "text", "header", "kind", "grain", "action", "retryable", "replay"];

impl<'t> Draft<'t> {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        table: &'t DeTable<'_>,
        span: Range<usize>,
    ) -> Draft<'t> {
        if !["code", "text", "status"].iter().any(|key| table.contains_key(*key)) {
            let what = "the rule has nothing to be found by: give it a `code`, a `text` or a \
                        `status`";
            reader.mistake(&span, what);
        }
        if !table.contains_key("kind") {
            let what = "the rule has no `kind`: say what happened where it fits";
            reader.mistake(&span, what);
        }
        let draft = Draft {
            codes: codes(reader, table),
            place: at(reader, table),
            statuses: statuses(reader, table),
            texts: phrases(reader, table),
            header: header(reader, table),
            kind: reader.word(table, "kind", &kinds()).unwrap_or(Kind::Unknown),
            grain: reader.word(table, "grain", &GRAINS).unwrap_or(Grain::Specific),
            action: reader.word(table, "action", &Action::ALL.map(|it| (it.as_str(), it))),
            retryable: reader.flag(table, "retryable"),
            replay: reader.word(table, "replay", &REPLAYS),
            span,
        };
        draft.check_next_step(reader);
        draft
    }

    /// What a person must do first does not succeed by sending it again.
    fn check_next_step(&self, reader: &mut Reader<'_>) {
        let action = self.action.unwrap_or_else(|| self.kind.action());
        if self.retryable == Some(true) && !action.is_automated() {
            let what = format!(
                "the rule is retryable and its action `{action}` takes a person: add `action = \
                 \"wait_and_retry\"`, or leave `retryable` out"
            );
            reader.mistake(&self.span, what);
        }
    }
}

fn codes<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>) -> Vec<Text<'t>> {
    let codes = reader.texts(table, "code");
    for (at, code) in codes.iter().enumerate() {
        let last = last_segment(code.text);
        if !says_something(reader, code, "a code") {
            continue;
        }
        if last != code.text {
            let what = format!(
                "{} is never met: a namespace is cut off before codes are compared, write {}",
                quote(code.text),
                quote(last)
            );
            reader.mistake(&code.span, what);
        }
        if let Some(first) = codes.iter().take(at).find(|it| fold::same(it.text, code.text)) {
            let what = format!(
                "{} is the same code as {}: write one, for codes are compared by letters and \
                 digits, case ignored",
                quote(code.text),
                quote(first.text)
            );
            reader.mistake(&code.span, what);
        }
    }
    codes
}

fn at<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>) -> Option<At<'t>> {
    let told = reader.text(table, "at")?;
    if !table.contains_key("code") {
        let what = "`at` says where a code stands, and the rule has no `code`: add one";
        reader.mistake(&told.span, what);
    }
    let path = place(reader, &told, told.text)?;
    Some(At { path, told })
}

fn statuses(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<(u16, Range<usize>)> {
    let Some(value) = table.get("status") else { return Vec::new() };
    if items(value).is_empty() {
        reader.mistake(&value.span(), "`status` is an empty list: leave it out");
    }
    let mut statuses: Vec<(u16, Range<usize>)> = Vec::new();
    for item in items(value) {
        let DeValue::Integer(number) = item.get_ref() else {
            let found = name_of(item.get_ref());
            let what = format!("`status` is {found}: write a number, or a list of numbers");
            reader.mistake(&item.span(), what);
            continue;
        };
        let status = u16::from_str_radix(number.as_str(), number.radix()).ok();
        let Some(status) = status.filter(|status| (100..=999).contains(status)) else {
            let what = format!("{number} is no status: statuses are 100 to 999");
            reader.mistake(&item.span(), what);
            continue;
        };
        if statuses.iter().any(|(other, _)| *other == status) {
            reader.mistake(&item.span(), format!("{status} stands twice in `status`"));
        }
        statuses.push((status, item.span()));
    }
    statuses
}

fn phrases<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>) -> Vec<Text<'t>> {
    let phrases = reader.texts(table, "text");
    for phrase in &phrases {
        says_something(reader, phrase, "a phrase");
    }
    phrases
}

/// Reads `name` and `name: value`.
fn header<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>) -> Option<Header<'t>> {
    let told = reader.text(table, "header")?;
    let (name, value) = match told.text.split_once(':') {
        None => (told.text.trim(), None),
        Some((name, value)) => (name.trim(), Some(value.trim())),
    };
    check_header(reader, name, &told);
    if value.is_some_and(str::is_empty) {
        let what = format!("{} has no value: leave the colon out", quote(told.text));
        reader.mistake(&told.span, what);
    }
    Some(Header { name, value })
}

/// The kinds that an answer can have; the others are the client's to say.
fn kinds() -> Vec<(&'static str, Kind)> {
    let kinds = Kind::ALL.into_iter();
    let of_answers =
        kinds.filter(|kind| !matches!(kind.category(), Category::Local | Category::Network));
    of_answers.map(|kind| (kind.as_str(), kind)).collect()
}

const GRAINS: [(&str, Grain); 2] = [("specific", Grain::Specific), ("coarse", Grain::Coarse)];

const REPLAYS: [(&str, Replay); 3] = [
    ("not_processed", Replay::NotProcessed),
    ("possibly_processed", Replay::PossiblyProcessed),
    ("processed", Replay::Processed),
];
